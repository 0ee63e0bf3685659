"""A configuration is either a Config or one clear sentence per fault, whatever is typed."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.config.load import check, load, missing
from firmware.config.model import Config
from firmware.contract.texts import LANGUAGES, Text, sentences, word
from tests.firmware.config.office_text import EXAMPLE, MINIMAL, PRACTICE, changed

SIM_TWICE = changed("8944000000000000022", "8944000000000000011")
# The text with one thing wrong; the fault, its key, and what its line begins or goes on with.
FAULTS = [
    ("[office\n", "config.broken-toml", "tipring.toml", "[office"),
    (changed('imei = "860000000000022"', 'imie = "860000000000022"'),
     "config.unknown-key-near", "lines.gsm-2.imie", "imie"),
    (changed('label = "EC25"', 'colour = "EC25"'),
     "config.unknown-key", "lines.gsm-4.colour", "colour"),
    (changed('name = "Practice office"', ""), "config.missing", "office.name", "[office]"),
    (changed('driver = "fxo"', ""),
     "config.missing", "lines.fxo-1.driver", '[[lines]]\nid = "fxo-1"'),
    (changed('driver = "fxo"', 'driver = "isdn"'),
     "config.not-one-of", "lines.fxo-1.driver", "isdn"),
    (changed("ring_s = 20", 'ring_s = "long"'),
     "config.not-a-whole-number", "extensions.101.ring_s", "ring_s ="),
    (changed("ring_s = 20", "ring_s = 2"),
     "config.too-small", "extensions.101.ring_s", "ring_s ="),
    (changed("ring_s = 20", "ring_s = 2000"),
     "config.too-big", "extensions.101.ring_s", "ring_s ="),
    (changed("record = true", 'record = "maybe"'),
     "config.not-true-or-false", "lines.gsm-1.record", 'record = "maybe"'),
    (changed("imei = \"860000000000011\"", "imei = \"86\""),
     "config.not-an-imei", "lines.gsm-1.imei", 'imei = "86"'),
    (changed('country = "GB"', 'country = "uk"'),
     "config.not-a-country", "office.country", "country"),
    (changed("Europe/London", "Europe/Londres"),
     "config.not-a-timezone", "office.timezone", "timezone"),
    (changed('numbers = ["+441632960011"]', 'numbers = ["01632 960011"]'),
     "config.not-a-phone-number", "office.numbers.1", "numbers ="),
    (changed('opens = "00:00"', 'opens = "9"'),
     "config.not-a-time-of-day", "timetables.always.weekly.1.opens", 'opens = "9"'),
    (changed('"en", "pt-BR"]', '"en", "de"]'), "config.not-one-of", "office.languages.2", '"de"]'),
    (changed('devices = ["phone-1"]', 'devices = "phone-1"'),
     "config.not-a-list", "extensions.101.devices", "devices ="),
    (SIM_TWICE,
     "config.two-lines-one-sim", "lines.gsm-2.iccid", '00011"\nnumber = "+447700900002'),
    (changed("860000000000022", "860000000000011"),
     "config.two-lines-one-imei", "lines.gsm-2.imei", '00011"\niccid = "8944000000000000022'),
    (changed("conexant-e1", "conexant-d1"),
     "config.two-lines-one-serial", "lines.fxo-2.serial", 'conexant-d1"\nnumber = "+441632960012'),
    (changed('id = "gsm-2"', 'id = "gsm-1"'),
     "config.id-twice", "lines.gsm-1.id", 'id = "gsm-1"\ndriver = "gsm"\nlabel = "SIM7600, second'),
    (changed('id = "102"', 'id = "101"'),
     "config.id-twice", "extensions.101.id", 'id = "101"\nname = "Workshop'),
    (changed('id = "102"', 'id = "112"'),
     "config.extension-hides-emergency", "extensions.112.id", 'id = "112"'),
    (changed('id = "102"', 'id = "99"'),
     "config.extension-hides-emergency", "extensions.99.id", 'id = "99"'),
    (changed('devices = ["phone-1"]', 'devices = ["phone-9"]'),
     "config.no-such-line", "extensions.101.devices", "devices ="),
    (changed('devices = ["phone-1"]', 'devices = ["gsm-1"]'),
     "config.device-no-phone", "extensions.101.devices", "devices ="),
    (changed('devices = ["phone-2"]', 'devices = ["phone-1"]'),
     "config.device-twice", "extensions.102.devices",
     'phone-1"]\nring_s = 20\nvoicemail = "office"\n\n[[extensions]]\nid = "103"'),
    (changed('user = "104"', 'user = "103"'),
     "config.two-phones-one-user", "lines.sip-2.user", 'user = "103"\n\n# ---- whom'),
    (changed('devices = ["phone-1"]', ""),
     "config.extension-without-device", "extensions.101", "[[extensions]]"),
    (changed('voicemail = "office"', 'voicemail = "home"'),
     "config.no-such-mailbox", "extensions.101.voicemail", 'voicemail = "home"'),
    (changed('to = { flow = "main" }', 'to = { flow = "mian" }'),
     "config.no-such-flow", "routes_in.1.to.flow", "to = {"),
    (changed('to = { flow = "main" }', 'to = { flow = "main", hang_up = true }'),
     "config.one-destination", "routes_in.1.to", "to = {"),
    (changed('to = { flow = "main" }', 'to = { flow = "main" }\ntimetable = "nights"'),
     "config.no-such-timetable", "routes_in.1.timetable", 'timetable = "nights"'),
    (changed('announcement = "announcement"', 'announcement = "anouncement"'),
     "config.no-such-prompt", "recording.announcement", "anouncement"),
    (changed("pt-BR.text", "es.text"),
     "config.prompt-not-in-language", "flows.main.nodes.welcome.prompt", 'prompt = "welcome"'),
    (changed("en.text =", 'en.sound = "abc"\nes.text ='),
     "config.not-a-sound-hash", "prompts.welcome.en.sound", "en.sound"),
    (changed('en.text = "Welcome', 'en.texts = "Welcome'),
     "config.unknown-key-near", "prompts.welcome.en.texts", "en.texts"),
    (changed('[flows.main.nodes.goodbye]', '[flows.main.nodes.Good]'),
     "config.not-a-name", "flows.main.nodes.Good", "[flows.main.nodes.Good]"),
    (changed('1 = "front-desk"', 'A = "front-desk"'),
     "config.not-a-key", "flows.main.nodes.welcome.keys.A", "A ="),
    (changed('type = "hangup"', 'type = "hangs"'),
     "config.not-one-of", "flows.main.nodes.goodbye.type", "hangs"),
    (changed('timeout = "message"', ""),
     "config.missing", "flows.main.nodes.welcome.timeout", "[flows.main.nodes.welcome]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "key", "place"), FAULTS, ids=[row[2] for row in FAULTS])
def test_a_fault_names_its_key_and_its_line(text: str, code: str, key: str, place: str) -> None:
    line = text[: text.index(place)].count("\n") + 1
    found = [(fault.code, fault.args["key"], fault.args.get("line")) for fault in check(text)]

    assert (code, key, line) in found


@pytest.mark.parametrize("text", [PRACTICE, EXAMPLE, MINIMAL], ids=["practice", "example", "min"])
def test_the_files_that_come_with_the_box_have_no_faults(text: str) -> None:
    assert check(text) == ()


def test_the_practice_office_is_what_the_practice_network_expects() -> None:
    config = load(PRACTICE)

    assert [line.id for line in config.lines] == [
        "gsm-1", "gsm-2", "gsm-3", "gsm-4", "fxo-1", "fxo-2", "phone-1", "phone-2",
        "sip-1", "sip-2",
    ]  # fmt: skip
    assert [line.record for line in config.lines] == [True] * 6 + [False] * 4
    device = config.extension_of_device("phone-2")
    assert device is not None
    assert device.id == "102"


def test_phones_and_trunks_without_passwords_go_live_but_are_missed() -> None:
    trunk = (
        "[[lines]]",
        'id = "t"',
        'driver = "sip"',
        'account = "trunk"',
        'server = "sip.example"',
    )
    text = PRACTICE + "\n".join(["", *trunk, 'user = "box"', ""])
    given = '[lines.sip-1]\nsecret = "practice-only"\n'

    assert check(text) == ()
    assert [(one.code, one.args["key"]) for one in missing(text, given)] == [
        ("config.sip-phone-without-secret", "lines.sip-2"),
        ("config.trunk-without-secret", "lines.t"),
    ]


def test_a_providers_account_is_one_line() -> None:
    trunk = '[[lines]]\nid = "{}"\ndriver = "sip"\naccount = "trunk"\n'
    trunk += 'server = "a.example"\nuser = "1"\n'
    text = "\n".join([PRACTICE, trunk.format("t-1"), trunk.format("t-2")])

    assert [one.code for one in check(text)] == ["config.two-trunks-one-account"]


def test_a_broken_file_says_line_and_column_and_shows_the_place() -> None:
    (fault,) = check(changed('timezone = "Europe/London"', "timezone = Europe/London"))

    assert fault.code == "config.broken-toml"
    assert (fault.args["line"], fault.args["near"]) == (7, "timezone = Europe/London")


def test_one_fault_does_not_hide_the_next() -> None:
    text = changed("ring_s = 20", "ring_s = 2", changed('country = "GB"', 'country = "uk"'))

    assert {fault.code for fault in check(text)} == {"config.not-a-country", "config.too-small"}


def test_an_unknown_key_says_which_are_known() -> None:
    (fault,) = check(changed("ring_s = 20", "zzz = 20"))

    assert "ring_s" in str(fault.args["allowed"])


def test_a_secret_never_shows_in_a_fault() -> None:
    text = changed('imei = "860000000000011"', 'imei = "860000000000011"\nsim_pin = "12x45"')

    (fault,) = check(text)

    assert fault.code == "config.not-a-pin"
    assert "12x45" not in str(fault.args)


@pytest.mark.parametrize(
    "nonsense",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 400 + "]" * 400,
        "a = " + "{b=" * 300 + "1" + "}" * 300,
        ".".join(["a"] * 50_000) + " = 1",
        "[" + ".".join(["a"] * 50_000) + "]",
        " . ".join(['"a"'] * 50_000) + " = 1",
        "a" * 400_000,
        "#" * 600_000,
        "\n".join(f"[[x{n}]]\na = 1" for n in range(10_000)),
    ],
    ids=["open", "lists", "tables", "dots", "header", "quoted", "word", "long", "many"],
)
def test_nonsense_of_any_size_is_refused_soon_and_in_few_words(nonsense: str) -> None:
    faults = check(MINIMAL + nonsense)

    assert 1 <= len(faults) <= 50


def every_fault() -> Iterable[Text]:
    return (fault for row in FAULTS for fault in check(row[0]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_is_one_sentence_in_every_language(language: str) -> None:
    for fault in every_fault():
        assert fault.code in sentences(language)
        sentence = word(fault, language)
        assert str(fault.args["key"]) in sentence
        assert not re.search(r"\{\w+\}", sentence), sentence
        assert "\n" not in sentence


LINES = PRACTICE.split("\n")


@settings(max_examples=80, deadline=None)
@given(
    line=st.integers(0, len(LINES) - 1),
    column=st.integers(0, 80),
    typed=st.text(alphabet="abc019_-.=\"'[]{}#,\n\\ é\x00", max_size=6),
    eaten=st.integers(0, 12),
)
def test_whatever_is_typed_every_fault_has_its_sentence(
    line: int, column: int, typed: str, eaten: int
) -> None:
    here = LINES[line]
    edited = [*LINES[:line], here[:column] + typed + here[column + eaten :], *LINES[line + 1 :]]
    assert all(fault.code in sentences("en") for fault in check("\n".join(edited)))


TOML_VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "type", "driver", "nodes", "x"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None)
@given(
    chapter=st.sampled_from([*Config.model_fields, "typo"]),
    value=TOML_VALUES,
)
def test_a_chapter_of_any_shape_is_refused_in_words(chapter: str, value: object) -> None:
    import tomlkit  # noqa: PLC0415  only here

    document = tomlkit.parse(MINIMAL)
    document[chapter] = value
    for fault in check(tomlkit.dumps(document)):
        assert fault.code in sentences("en")
        assert fault.args["key"]
