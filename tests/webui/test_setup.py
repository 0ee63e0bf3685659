"""The first set-up's side of the server: what is found, what answers do, where one goes on."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import firmware.config
from firmware.config.history import History
from firmware.config.load import load
from firmware.contract import views
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.texts import LANGUAGES, Text
from tests.webui.practice_office import now
from tests.webui.served import OWNER, PASSWORD, Served
from webui.accounts import CodePurpose
from webui.report_card import ReportCard
from webui.setup_answers import Answers, usual_answers
from webui.setup_edit import with_setup
from webui.setup_facts import country_of

CONFIGS = Path(firmware.config.__file__).parent
CALLS = frozenset({Ability.PLACE, Ability.RECEIVE, Ability.SMS})


def plugged(
    driver: str, name: str, *, why: str = "", audio: Audio = Audio.FULL, **identity: str
) -> views.LineView:
    abilities = {"gsm": CALLS, "virtual": frozenset({Ability.PHONE})}
    return views.LineView(
        line=LineState(
            line_id=f"new-{name}",
            driver=driver,
            health=Health.UNASSIGNED,
            why=Text(code=why, args={"model": "E173", "serial": name}) if why else None,
            audio=audio,
            abilities=abilities.get(driver, frozenset({Ability.RECEIVE, Ability.PLACE})),
            identity={"serial": name, **identity},
        )
    )


SIM = plugged("gsm", "simcom-a1", imei="860000000000011", iccid="8944000000000000011")
STICK = plugged(
    "gsm", "huawei-b1", why="gsm.no-voice", audio=Audio.NONE, imei="860000000000033"
).model_copy(update={"number": "+447700900003"})
HALF = plugged("fxo", "conexant-e1", why="fxo.half-duplex", audio=Audio.HALF, model="Conexant")
DESK = plugged("virtual", "phone-f1")
WORKSHOP = plugged("virtual", "phone-f2")
FOUND = (DESK, HALF, STICK, SIM, WORKSHOP)
ONE_MORE = (plugged("virtual", "phone-f9"),)


@pytest.fixture
def minimal(box: Served) -> Served:
    """A box that nobody set up yet, with five devices plugged in."""
    text = (CONFIGS / "minimal.toml").read_text("utf-8")
    (box.state / "tipring.toml").write_text(text, "utf-8")
    History(box.state).start(now())
    box.exchange.snapshot = box.exchange.snapshot.model_copy(
        update={"lines": FOUND, "config_version": 1}
    )
    return box


async def get(box: Served, path: str) -> Any:
    answer = await box.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def of_office(
    toml: str, found: tuple[views.LineView, ...] = ONE_MORE, **answers: object
) -> tuple[str, dict[str, Any]]:
    """The text and the tables of an office with these answers; it is one that may go live."""
    config = load(toml)
    usual = usual_answers(config, found, practice=False, untouched=True)
    asked = Answers.model_validate({**usual.model_dump(), **answers})
    text = with_setup(toml, config, asked, found)
    load(text)
    return text, tomllib.loads(text)


def test_the_country_is_told_by_sim_cards_and_numbers() -> None:
    brazil = plugged("gsm", "a", imei="1", iccid="8955100000000000011")
    states = plugged("gsm", "b", imei="2", iccid="89014100000000000012")
    assert country_of([SIM]) == "GB"
    assert country_of([brazil, brazil, SIM]) == "BR"
    assert country_of([states]) == "US"
    assert country_of([STICK]) == "GB"
    assert country_of([DESK, HALF]) is None


def test_a_card_says_what_each_device_can_do_and_why_not() -> None:
    def points(view: views.LineView) -> dict[str, bool | None]:
        return {point.what: point.can for point in ReportCard.of(view).points}

    assert points(SIM) == {"voice": True, "two-way": True, "caller-id": True, "sms": True}
    assert points(STICK) == {"voice": False, "two-way": False, "caller-id": False, "sms": True}
    assert points(HALF) == {"voice": True, "two-way": False, "caller-id": None, "sms": False}
    assert points(DESK) == {"voice": True, "two-way": True}
    unknown = plugged("fxo", "usr-1", why="fxo.unassigned")
    assert points(unknown)["voice"] is None
    assert ReportCard.of(unknown).why is None
    assert ReportCard.of(STICK).why == Text(
        code="gsm.no-voice", args={"model": "E173", "serial": "huawei-b1"}
    )


async def test_a_fresh_box_has_a_default_for_everything(minimal: Served) -> None:
    view = await get(minimal, "/api/setup")

    assert (view["step"], view["open"], view["untouched"]) == ("language", False, True)
    assert (view["country_found"], view["practice"], view["flow_now"]) == ("GB", False, None)
    assert view["usual"]["key_1"] == ["new-phone-f1"]
    assert view["usual"]["key_0"] == ["new-phone-f2"]
    assert (view["usual"]["ready_made"], view["usual"]["record"]) == (True, False)
    devices = await get(minimal, "/api/setup/devices")
    assert len(devices["cards"]) == len(FOUND)
    assert [phone["id"] for phone in devices["phones"]] == ["new-phone-f1", "new-phone-f2"]


async def test_what_a_country_settles_is_told_in_facts(minimal: Served) -> None:
    facts = await get(minimal, "/api/setup/countries/BR")

    assert "190" in facts["emergency"]
    assert facts["example_abroad"].startswith("+55")
    assert facts["zones"][0] == "America/Sao_Paulo"
    assert facts["next_holiday"] is not None
    wrong = await minimal.client.get("/api/setup/countries/XX")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "setup.no-such-country")


async def test_one_step_makes_it_all_live_and_history_takes_it_back(minimal: Served) -> None:
    before = (minimal.state / "tipring.toml").read_text("utf-8")
    answers = (await get(minimal, "/api/setup"))["usual"]
    answers |= {"office": "Sea Charts Ltd", "language": "pt-BR", "record": True}

    done = await minimal.client.post("/api/setup", json=answers)

    assert (done.status_code, done.json()) == (200, {"version": 2})
    config = minimal.desk.history.check(minimal.desk.history.live_text())
    assert (config.office.name, config.office.languages) == ("Sea Charts Ltd", ("pt-BR", "en"))
    assert {line.id: line.record for line in config.lines} == {
        "fxo-1": True,
        "gsm-1": True,
        "gsm-2": True,
        "phone-1": False,
        "phone-2": False,
    }
    assert [(one.id, one.name, one.devices) for one in config.extensions] == [
        ("101", "Telefone 101", ("phone-1",)),
        ("102", "Telefone 102", ("phone-2",)),
    ]
    (route,) = config.routes_in
    assert route.to.flow == "reception"
    welcome = config.prompts["reception-welcome"]["pt-BR"].text
    assert welcome is not None
    assert welcome.startswith("Olá! Você ligou para Sea Charts Ltd. Para falar conosco")
    versions = minimal.desk.history.versions()
    assert [(one.number, one.who) for one in versions] == [(2, OWNER), (1, "tipring")]
    await minimal.client.post("/api/config/versions/1/restore")
    assert (minimal.state / "tipring.toml").read_text("utf-8") == before


async def test_a_phone_that_was_unplugged_is_named_in_one_sentence(minimal: Served) -> None:
    answers = (await get(minimal, "/api/setup"))["usual"] | {"key_1": ["new-phone-f9"]}

    refused = await minimal.client.post("/api/setup", json=answers)

    assert (refused.status_code, refused.json()["code"]) == (409, "setup.no-such-phone")
    assert "new-phone-f9" in refused.json()["detail"]
    assert minimal.desk.history.current() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_office_that_is_set_up_already_is_changed_and_not_replaced(language: str) -> None:
    before = (CONFIGS / "practice.toml").read_text("utf-8")
    _, office = of_office(before, language=language, key_1=["102"], key_0=["new-phone-f9"])

    assert office["office"]["languages"][0] == language
    assert set(office["flows"]) == {"main", "reception"}
    assert office["flows"]["main"] == tomllib.loads(before)["flows"]["main"]
    assert office["routes_in"] == [{"to": {"flow": "reception"}}]
    nodes = office["flows"]["reception"]["nodes"]
    assert nodes["people"]["extensions"] == ["102"]
    assert nodes["desk"]["extensions"] == [office["extensions"][-1]["id"]]
    assert office["prompts"]["welcome"]["en"] == tomllib.loads(before)["prompts"]["welcome"]["en"]


def test_who_keeps_their_own_flow_keeps_where_calls_go() -> None:
    before = (CONFIGS / "practice.toml").read_text("utf-8")
    text, office = of_office(before, ready_made=False)

    assert office["routes_in"] == [{"to": {"flow": "main"}}]
    assert "reception" not in office["flows"]
    assert "# The practice office" in text


def test_a_rule_of_the_owner_goes_before_the_ready_made_flow() -> None:
    rule = '\n[[routes_in]]\nlines = ["gsm-1"]\nto = { voicemail = "office" }\n'
    before = (CONFIGS / "practice.toml").read_text("utf-8")
    alone = before.replace('[[routes_in]]\nto = { flow = "main" }\n', rule)
    _, office = of_office(alone)

    assert office["routes_in"] == [
        {"lines": ["gsm-1"], "to": {"voicemail": "office"}},
        {"to": {"flow": "reception"}},
    ]


def test_an_office_without_phones_takes_messages() -> None:
    minimal = (CONFIGS / "minimal.toml").read_text("utf-8")
    _, office = of_office(minimal, (SIM,), key_1=[], key_0=[])

    reception = office["flows"]["reception"]["nodes"]
    assert reception["menu"]["keys"] == {"1": "message", "0": "message"}
    assert set(reception) == {"hours", "menu", "closed", "message"}
    said = office["prompts"]["reception-welcome"]["en"]["text"]
    assert said.endswith("To leave a message, press 1.")


def test_going_through_it_again_begins_with_what_was_chosen() -> None:
    minimal = (CONFIGS / "minimal.toml").read_text("utf-8")
    wishes = {"greeting": "Hello from the quay.", "days": ["sat"], "opens": "08:30"}
    text, _ = of_office(minimal, FOUND, key_0=[], **wishes)
    again = usual_answers(load(text), (), practice=False, untouched=False)

    assert again.model_dump(include={"greeting", "days", "opens", "key_1", "key_0"}) == {
        "greeting": "Hello from the quay.",
        "days": ["sat"],
        "opens": "08:30",
        "key_1": ["101"],
        "key_0": [],
    }
    same = with_setup(text, load(text), again, ())
    assert tomllib.loads(same) == tomllib.loads(text)


def test_the_usual_greeting_is_not_taken_for_the_owners_own_words() -> None:
    text, _ = of_office((CONFIGS / "minimal.toml").read_text("utf-8"), FOUND)

    assert usual_answers(load(text), (), practice=False, untouched=False).greeting == ""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_greeting_says_which_keys_ring_somebody(minimal: Served, language: str) -> None:
    usual = (await get(minimal, "/api/setup"))["usual"]
    sentences = set()
    fewer: list[dict[str, list[str]]] = [{}, {"key_0": []}, {"key_1": [], "key_0": []}]
    for keys in fewer:
        answer = await minimal.client.post("/api/setup/greetings", json=usual | keys)
        sentences.add(answer.json()["sentences"][language])
    assert len(sentences) == 3
    assert all("{office}" in sentence for sentence in sentences)


async def test_after_the_claim_one_is_led_there_until_it_is_over(fresh: Served) -> None:
    text = (CONFIGS / "minimal.toml").read_text("utf-8")
    (fresh.state / "tipring.toml").write_text(text, "utf-8")
    code = fresh.desk.accounts.new_code(CodePurpose.CLAIM)
    form = {"code": code, "name": OWNER, "password": PASSWORD, "again": PASSWORD}
    claimed = await fresh.client.post("/claim", data=form)
    assert (claimed.status_code, claimed.headers["location"]) == (303, "/setup")
    fresh.client.headers["X-CSRF-Token"] = (await get(fresh, "/api/me"))["csrf"]

    usual = (await get(fresh, "/api/setup"))["usual"] | {"office": "Half done"}
    kept = await fresh.client.put("/api/setup/place", json={"step": "office", "answers": usual})
    assert kept.status_code == 204
    log_in = {"name": OWNER, "password": PASSWORD}
    assert (await fresh.client.post("/login", data=log_in)).headers["location"] == "/setup"
    fresh.client.headers["X-CSRF-Token"] = (await get(fresh, "/api/me"))["csrf"]
    there = await get(fresh, "/api/setup")
    assert (there["step"], there["open"]) == ("office", True)
    assert Answers.model_validate(there["answers"]).office == "Half done"

    assert (await fresh.client.post("/api/setup/end")).status_code == 204
    assert (await fresh.client.post("/login", data=log_in)).headers["location"] == "/"


async def test_nonsense_is_refused_in_words(minimal: Served) -> None:
    usual = (await get(minimal, "/api/setup"))["usual"]
    zone = await minimal.client.post("/api/setup", json=usual | {"timezone": "Atlantis/Centre"})
    assert zone.status_code in (400, 409, 422)
    assert "timezone" in zone.text
    wrongs: list[dict[str, object]] = [{"days": []}, {"opens": "25:00"}, {"office": ""}]
    for wrong in (*wrongs, {"language": "tlh"}):
        answer = await minimal.client.post("/api/setup", json=usual | wrong)
        assert answer.status_code == 422, wrong
