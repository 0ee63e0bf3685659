"""A list of tables put in another order: what stays keeps its comments."""

import tomllib

from firmware.config.lists import put_list

TEXT = """[office]
name = "Here"

# ---- the rules

# friends first
[[routes_in]]
callers = ["vip"]   # known ones
to = { extension = "101" }

[[routes_in]]
[routes_in.to]
flow = "main"

# ---- the end
[recording]
retention_days = 30
"""
VIP = {"callers": ["vip"], "to": {"extension": "101"}}
MAIN = {"to": {"flow": "main"}}
NIGHT = {"timetable": "night", "to": {"hang_up": True}}
PATH = ("routes_in",)


def test_the_same_entries_leave_the_text_as_it_is() -> None:
    assert put_list(TEXT, PATH, [VIP, MAIN]) == TEXT


def test_another_order_takes_the_comments_along() -> None:
    changed = put_list(TEXT, PATH, [NIGHT, MAIN, VIP])

    assert tomllib.loads(changed)["routes_in"] == [NIGHT, MAIN, VIP]
    assert "# friends first\n[[routes_in]]\ncallers" in changed
    assert "# ---- the end\n[recording]" in changed
    assert put_list(changed, PATH, [VIP, MAIN]) == TEXT


def test_a_list_can_be_emptied_and_begun() -> None:
    none = put_list(TEXT, PATH, [])
    again = put_list(none, PATH, [MAIN])

    assert "routes_in" not in tomllib.loads(none)
    assert tomllib.loads(again)["routes_in"] == [MAIN]
    assert tomllib.loads(again)["recording"] == {"retention_days": 30}


def test_a_list_inside_a_table_stays_in_its_form() -> None:
    inline = '[routes_out]\nlines = [{ line = "a" }]\n'
    path = ("routes_out", "lines")

    assert put_list(inline, path, [{"line": "b"}]) == inline.replace('"a"', '"b"')
    fresh = put_list("[routes_out]\n", path, [{"line": "b"}, {"line": "c"}])
    assert [one["line"] for one in tomllib.loads(fresh)["routes_out"]["lines"]] == ["b", "c"]
