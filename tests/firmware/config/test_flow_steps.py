"""The newer kinds of step: what they demand, and what a value may be compared with."""

from typing import Literal

import pytest

from firmware.config.flow_node import filled
from firmware.config.flow_values import CompareValue
from firmware.config.load import check
from tests.firmware.config.office_text import flow

END = '[flows.main.nodes.z]\ntype = "hangup"\n'
SET = 'type = "set"\nvariable = "kind"\nnext = "z"\n'
WEB = 'type = "web"\nnext = "z"\nfailed = "z"\n'
Compare = Literal["equals", "begins", "contains", "at-least", "at-most", "empty"]


def faults(lines: str, more: str = "") -> list[tuple[str, str]]:
    text = flow(f"[flows.main.nodes.a]\n{lines}\n{more}{END}", "a")
    return [(fault.code, str(fault.args["key"])) for fault in check(text)]


@pytest.mark.parametrize(
    ("compare", "value", "found", "holds"),
    [
        ("equals", "Gold", " gold ", True),
        ("equals", "gold", "golden", False),
        ("begins", "+4477", "+447700900123", True),
        ("contains", "77", "+447700900123", True),
        ("contains", "78", "+447700900123", False),
        ("at-least", "10", "9.5", False),
        ("at-least", "10", "10", True),
        ("at-most", "10", "9.5", True),
        ("at-most", "10", "many", False),
        ("at-least", "10", "nan", False),
        ("empty", "", "  ", True),
        ("empty", "", "0", False),
    ],
)
def test_a_value_is_compared(compare: Compare, value: str, found: str, holds: bool) -> None:
    step = CompareValue(type="test", variable="kind", compare=compare, value=value, yes="a", no="b")

    assert step.holds(found) is holds


def test_a_text_is_filled_with_values_and_nothing_else() -> None:
    values = {"name": "{caller}", "n": "2"}

    assert filled("{n} for {name}, {n}", values.__getitem__) == "2 for {caller}, 2"


def test_a_value_nobody_gives_is_a_fault_at_its_step() -> None:
    used = SET + 'value = "{kindd} {caller}"'
    test = 'type = "test"\nvariable = "order"\nyes = "z"\nno = "z"'

    assert faults(used) == [("config.no-such-value", "flows.main.nodes.a.value")]
    assert faults(test) == [("config.no-such-value", "flows.main.nodes.a.variable")]
    assert faults(SET + 'value = "{kind} {caller}"') == []


@pytest.mark.parametrize("value", ["{", "{}", "}{", "{Kind}", "{kind", "a}"])
def test_curly_brackets_stand_around_names_only(value: str) -> None:
    found = faults(SET + f'value = "{value}"')

    assert found == [("config.not-a-filled-text", "flows.main.nodes.a.value")]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://crm.example/",
        "crm.example",
        "http://",
        "http://{caller}/",
        "http://a@crm.example/",
        "http://crm.example:port/",
        "http://crm.example/a b",
        "javascript:alert(1)",
    ],
)
def test_a_value_never_decides_who_is_asked(url: str) -> None:
    found = faults(WEB + f'url = "{url}"')

    assert found == [("config.not-a-web-address", "flows.main.nodes.a.url")]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("speak = true", "config.web-needs-field"),
        ('variable = "kind"', "config.web-needs-field"),
        ('field = "kind"\nexpected = "gold"', "config.web-match-half"),
        ('field = "kind"\nmatches = "z"', "config.web-match-half"),
    ],
)
def test_half_a_web_step_is_refused(lines: str, code: str) -> None:
    assert [one for one, _ in faults(WEB + 'url = "http://crm.example/"\n' + lines)] == [code]


def test_a_loop_of_steps_that_ask_nobody_is_refused() -> None:
    web = WEB.replace('failed = "z"', 'failed = "a"') + 'url = "http://crm.example/"'

    assert faults(web) == [("config.loop-without-caller", "flows.main.nodes.a")]
