"""One entry is changed in the text of tipring.toml; all that the owner wrote besides stays."""

import tomllib
from copy import deepcopy
from pathlib import Path

import pytest

import firmware.config
from firmware.config.entries import put_entry, put_table, remove_entry
from firmware.contract.errors import NotFound, RequestRefused

OFFICE = """\
# our office
[office]
name = "Practice"   # as people know us

# ---- lines
[[lines]]
id = "phone-1"  # front desk
driver = "virtual"
serial = "f1"

# ---- whom callers reach
[[extensions]]
id = "101"
name = "Front desk"
devices = [
  "phone-1",  # grey
]
ring_s = 20  # seconds

# one more line, apart
[[lines]]
id = "fxo-1"
driver = "fxo"
serial = "d1"
[lines.hangup_tone]
on_ms = 500

# ---- out
[routes_out]
rules = [{ kinds = ["fixed"] }]
"""


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def test_a_value_changes_on_its_own_line_and_its_comment_stays() -> None:
    changed = put_entry(OFFICE, "extensions", "101", {"ring_s": 45})

    assert changed == OFFICE.replace("ring_s = 20  # seconds", "ring_s = 45  # seconds")


@pytest.mark.parametrize("letter", ["\x85", "\u2028", "\u2029"])
def test_a_name_may_hold_what_elsewhere_ends_a_line(letter: str) -> None:
    odd = put_entry(OFFICE, "extensions", "101", {"name": f"Front{letter}desk"})
    changed = put_table(odd, "office", {"name": f"Our{letter}office"})

    read = tomllib.loads(changed)
    assert read["extensions"][0]["name"] == f"Front{letter}desk"
    assert read["office"]["name"] == f"Our{letter}office"
    assert put_entry(changed, "extensions", "101", {"name": "Front desk"}).count(letter) == 1


def test_the_same_value_again_changes_nothing_at_all() -> None:
    same = {"name": "Front desk", "devices": ["phone-1"], "mobile": None}

    assert put_entry(OFFICE, "extensions", "101", same) == OFFICE


def test_a_value_over_several_lines_is_replaced_as_a_whole() -> None:
    changed = put_entry(OFFICE, "extensions", "101", {"devices": ["sip-101", "phone-1"]})

    assert 'devices = ["sip-101", "phone-1"]\nring_s = 20' in changed


def test_a_new_key_stands_with_its_entry_and_not_below_the_next_headline() -> None:
    changed = put_entry(OFFICE, "lines", "phone-1", {"label": 'The "old" one'})

    assert 'serial = "f1"\nlabel = "The \\"old\\" one"\n\n# ---- whom callers reach' in changed


def test_a_key_of_an_entry_with_a_table_stands_before_the_table() -> None:
    changed = put_entry(OFFICE, "lines", "fxo-1", {"label": "Street"})

    assert 'serial = "d1"\nlabel = "Street"\n[lines.hangup_tone]' in changed


def test_a_new_entry_comes_after_the_last_of_its_chapter() -> None:
    changed = put_entry(OFFICE, "lines", "sip-101", {"driver": "sip", "user": "101"})

    assert changed.index("on_ms") < changed.index('id = "sip-101"') < changed.index("# ---- out")
    assert [line["id"] for line in tomllib.loads(changed)["lines"]] == [
        "phone-1",
        "fxo-1",
        "sip-101",
    ]
    assert comments(changed) == comments(OFFICE)


def test_a_first_entry_of_a_chapter_comes_at_the_end() -> None:
    changed = put_entry(OFFICE, "mailboxes", "m101", {"name": "Front desk"})

    assert changed == OFFICE + '\n[[mailboxes]]\nid = "m101"\nname = "Front desk"\n'


@pytest.mark.parametrize("entry_id", ["phone-1", "fxo-1"])
def test_an_entry_goes_with_its_tables_and_no_headline_goes_with_it(entry_id: str) -> None:
    changed = remove_entry(OFFICE, "lines", entry_id)

    (left,) = tomllib.loads(changed)["lines"]
    assert left["id"] != entry_id
    assert "hangup_tone" in left or entry_id == "fxo-1"
    assert {"# ---- whom callers reach", "# ---- out", "# ---- lines"} <= set(changed.splitlines())
    assert "\n\n\n" not in changed


def test_adding_and_removing_is_as_if_nothing_had_been() -> None:
    added = put_entry(OFFICE, "extensions", "102", {"name": "Workshop"})

    assert remove_entry(added, "extensions", "102") == OFFICE


def test_a_table_is_changed_or_made() -> None:
    changed = put_table(OFFICE, "routes_out", {"rules": [{"kinds": ["fixed", "mobile"]}]})
    made = put_table(OFFICE, "codes", {"pick_up": "*8", "park": None})

    assert tomllib.loads(changed)["routes_out"] == {"rules": [{"kinds": ["fixed", "mobile"]}]}
    assert comments(changed) == comments(OFFICE)
    assert made == OFFICE + '\n[codes]\npick_up = "*8"\n'


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(NotFound):
        remove_entry(OFFICE, "extensions", "999")


def test_a_chapter_written_as_one_value_is_left_alone() -> None:
    with pytest.raises(RequestRefused) as refused:
        put_entry('lines = [{ id = "a" }]\n', "lines", "b", {"driver": "sip"})

    assert refused.value.text.code == "config.chapter-in-one-value"


def test_a_header_inside_a_sentence_is_no_header() -> None:
    text = '[prompts.welcome]\nen.text = """\n[[lines]]\nid = "no"\n"""\n\n[[lines]]\nid = "yes"\n'

    changed = put_entry(text, "lines", "yes", {"label": "x"})

    assert changed == text + 'label = "x"\n'
    with pytest.raises(NotFound):
        remove_entry(text, "lines", "no")


@pytest.mark.parametrize("name", ["practice.toml", "example.toml"])
def test_what_we_ship_changes_in_one_entry_only(name: str) -> None:
    text = (Path(firmware.config.__file__).parent / name).read_text("utf-8")
    data = tomllib.loads(text)
    chapters = [key for key, value in data.items() if isinstance(value, list)]
    assert {"lines", "extensions"} <= set(chapters)
    for chapter in chapters:
        for at, entry in enumerate(one for one in data[chapter] if "id" in one):
            changed = put_entry(text, chapter, entry["id"], {"label": "Changed"})
            expected = deepcopy(data)
            expected[chapter][at]["label"] = "Changed"

            assert put_entry(text, chapter, entry["id"], {"id": entry["id"]}) == text
            assert tomllib.loads(changed) == expected
            assert comments(changed) == comments(text) or "label" in entry
            removed = tomllib.loads(remove_entry(text, chapter, entry["id"]))
            assert [one.get("id") for one in removed.get(chapter, [])] == [
                one.get("id") for one in data[chapter] if one is not entry
            ]
