"""Only a number ever reaches ATD."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from drivers.gsm.dialling import SAFE, Dialling, checked, dialling
from firmware.contract.errors import LineError
from firmware.contract.messages import PlaceCall


@pytest.mark.parametrize(
    ("called", "wanted"),
    [
        ("01632960100", Dialling("ATD01632960100;", "")),
        ("+441632960100", Dialling("ATD+441632960100;", "")),
        ("01632960100,,12w3#", Dialling("ATD01632960100;", ",,12w3#")),
        ("112", Dialling("ATD112;", "")),
    ],
)
def test_a_number_is_dialled_and_what_follows_a_pause_waits(called: str, wanted: Dialling) -> None:
    assert dialling(called) == wanted


@pytest.mark.parametrize(
    "called",
    [
        "01632960100;AT+CFUN=0",
        "01632960100\rAT+CFUN=0",
        "01632960100;+CMGD=1,4",
        "*21*01632960100#",
        "#31#",
        "",
        "+",
        ",,1",
    ],
)
def test_anything_else_is_refused(called: str) -> None:
    with pytest.raises(LineError, match=r"gsm\.not-a-number"):
        dialling(called)


def test_a_smuggled_command_is_refused_before_any_driver_sees_it() -> None:
    with pytest.raises(ValidationError):
        PlaceCall(leg_id="a", line_id="gsm-1", called="0163;AT+CFUN=0")


@given(st.text(max_size=40))
def test_whatever_is_called_one_plain_command_comes_out(called: str) -> None:
    try:
        wanted = dialling(called)
    except LineError:
        return
    assert wanted.command.startswith("ATD")
    assert wanted.command.count(";") == 1
    assert wanted.command.endswith(";")
    assert SAFE.fullmatch(wanted.command)


@pytest.mark.parametrize("command", ["AT\r", "AT\nAT+CFUN=0", "AT\x1a", "", "ATDé;"])
def test_a_command_that_is_not_one_plain_line_never_leaves(command: str) -> None:
    with pytest.raises(LineError, match=r"gsm\.unsafe-command"):
        checked(command)
