"""What differs between two configurations, sentence by sentence."""

from firmware.config.differences import MOST, differences
from firmware.contract.texts import word

OFFICE = """
[office]
name = "Riverside"
languages = ["en"]
[[lines]]
id = "mobile"
label = "Mobile"
[[lines]]
id = "landline"
"""


def said(old: str, new: str) -> list[str]:
    return [word(text) for text in differences(old, new)]


def test_the_same_is_no_difference() -> None:
    assert said(OFFICE, "# a comment\n" + OFFICE) == []


def test_a_changed_value_is_told_with_the_old_one() -> None:
    assert said(OFFICE, OFFICE.replace("Riverside", "Harbour")) == [
        "office.name was Riverside and becomes Harbour"
    ]


def test_entries_go_by_their_id() -> None:
    new = OFFICE.replace('label = "Mobile"', 'label = "Cell"') + '[[lines]]\nid = "third"\n'

    assert said(OFFICE, new) == [
        "lines.mobile.label was Mobile and becomes Cell",
        "New: lines.third",
    ]


def test_what_is_gone_is_told() -> None:
    assert said(OFFICE, OFFICE.replace('[[lines]]\nid = "landline"\n', "")) == [
        "Gone: lines.landline"
    ]


def test_a_new_setting_is_told_with_its_value() -> None:
    new = OFFICE.replace("[office]\n", '[office]\ncurrency = "GBP"\n')

    assert said(OFFICE, new) == ["office.currency is set to GBP"]


def test_a_list_of_plain_values_reads_like_one() -> None:
    new = OFFICE.replace('["en"]', '["en", "pt-BR"]')

    assert said(OFFICE, new) == ["office.languages was en and becomes en, pt-BR"]
    assert said(OFFICE, OFFICE.replace('["en"]', "[]")) == ["office.languages was en and becomes -"]


def test_another_order_is_told() -> None:
    lines = OFFICE.split("[[lines]]")

    assert said(OFFICE, "[[lines]]".join([lines[0], lines[2], lines[1]])) == [
        "lines are in another order"
    ]


def test_entries_without_an_id_go_by_their_place() -> None:
    old = '[[routes_in]]\nto = { flow = "a" }\n'

    assert said(old, old.replace('"a"', '"b"')) == ["routes_in.1.to.flow was a and becomes b"]


def test_a_list_that_was_empty_gets_its_entries() -> None:
    assert said("", '[[lines]]\nid = "mobile"\n') == ["New: lines.mobile"]
    assert said("lines = []\n", '[[lines]]\nid = "mobile"\n') == ["New: lines.mobile"]


def test_secrets_are_not_shown() -> None:
    new = OFFICE.replace('id = "mobile"', 'id = "mobile"\nsim_pin = "1234"')
    newer = new.replace("1234", "5678")

    assert "1234" not in " ".join([*said(OFFICE, new), *said(new, newer), *said(new, OFFICE)])
    assert "5678" not in " ".join(said(new, newer))
    assert said(new, newer) == ["lines.mobile.sim_pin changes; it is secret and not shown"]


def test_a_chapter_that_changes_its_kind_is_told_in_one_sentence() -> None:
    assert len(said("callers = 1\n", '[callers]\nvip = ["+441632960001"]\n')) == 1


def test_of_too_many_the_rest_is_counted() -> None:
    many = "".join(f"key{number} = 1\n" for number in range(MOST + 5))

    told = said("", many)

    assert len(told) == MOST + 1
    assert told[-1] == "And 5 more changes"
