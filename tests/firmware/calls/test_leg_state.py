"""The leg's table: what may follow what, and that nothing else may."""

import pytest

from firmware.calls.leg_state import TRANSITIONS, next_state
from firmware.contract import messages as m
from firmware.contract.causes import Cause
from firmware.contract.errors import IllegalTransition
from firmware.contract.leg_state import LegState
from firmware.contract.message import LegMessage
from tests.firmware.calls.leg_state_drawing import PAGE, drawing

LEG = "leg-1"
UP = [state for state in LegState if state is not LegState.NULL]
PLACE = m.PlaceCall(leg_id=LEG, line_id="gsm-1", called="01632960011")
ALERT = m.AlertCall(leg_id=LEG, line_id="phone-1")
SETUP = m.Setup(leg_id=LEG, line_id="gsm-1")
CONNECT = m.Connect(leg_id=LEG)
CLEAR = m.ClearCall(leg_id=LEG)
RELEASE = m.Release(leg_id=LEG)
DISCONNECT = m.Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING)


def walk(*messages: LegMessage) -> LegState:
    state = LegState.NULL
    for message in messages:
        state = next_state(state, message)
    return state


def test_an_outgoing_call_goes_from_initiated_to_active_and_back() -> None:
    placed = (PLACE, m.Proceeding(leg_id=LEG), m.Alerting(leg_id=LEG), CONNECT)

    assert walk(*placed) is LegState.ACTIVE
    assert walk(*placed, DISCONNECT, CLEAR, RELEASE) is LegState.NULL


def test_an_incoming_call_is_active_only_after_the_line_has_connected() -> None:
    assert walk(SETUP, m.AnswerCall(leg_id=LEG)) is LegState.CONNECT_REQUEST
    assert walk(SETUP, m.AnswerCall(leg_id=LEG), CONNECT) is LegState.ACTIVE


def test_an_analogue_line_may_connect_without_ever_alerting() -> None:
    assert walk(PLACE, CONNECT) is LegState.ACTIVE
    assert walk(ALERT, CONNECT) is LegState.ACTIVE


@pytest.mark.parametrize("state", list(LegState))
def test_release_ends_a_leg_from_anywhere(state: LegState) -> None:
    assert next_state(state, RELEASE) is LegState.NULL


@pytest.mark.parametrize("state", UP)
def test_we_may_clear_a_leg_whatever_it_is_doing(state: LegState) -> None:
    assert next_state(state, CLEAR) is LegState.RELEASE_REQUEST


@pytest.mark.parametrize("message", [DISCONNECT, CONNECT, m.Digit(leg_id=LEG, digit="5")])
def test_what_crosses_our_clear_on_the_wire_changes_nothing(message: LegMessage) -> None:
    assert next_state(LegState.RELEASE_REQUEST, message) is LegState.RELEASE_REQUEST


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (LegState.NULL, CONNECT),
        (LegState.NULL, DISCONNECT),
        (LegState.ACTIVE, SETUP),
        (LegState.ACTIVE, PLACE),
        (LegState.CALL_RECEIVED, CONNECT),
        (LegState.CALL_DELIVERED, m.AnswerCall(leg_id=LEG)),
        (LegState.DISCONNECT_INDICATION, CONNECT),
    ],
)
def test_a_message_without_a_place_is_refused(state: LegState, message: LegMessage) -> None:
    with pytest.raises(IllegalTransition) as refused:
        next_state(state, message)

    assert refused.value.text.args["state"] == state.value


def test_every_state_has_a_way_to_null() -> None:
    assert set(TRANSITIONS) == set(LegState)
    assert all(exits[m.Release] is LegState.NULL for exits in TRANSITIONS.values())


def test_the_drawing_in_the_docs_is_current() -> None:
    assert PAGE.read_text("utf-8") == drawing()
