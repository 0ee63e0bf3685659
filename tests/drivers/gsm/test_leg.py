"""How the modem's call list moves a leg, without a modem."""

import pytest

from drivers.gsm.at import ClccStatus, ListedCall
from drivers.gsm.leg import RING_STOP_S, STEPS, UNLISTED_S, GsmLeg, Step
from drivers.gsm.ringing import CALLER_ID_S, Ringing
from firmware.contract.leg_state import LegState
from tests.drivers.rig import RecordedTimeslot


def leg(state: LegState) -> GsmLeg:
    return GsmLeg("leg", RecordedTimeslot(0, lambda _index: None), state, began_at=0.0)


def listed(status: ClccStatus, index: int = 1) -> list[ListedCall]:
    return [ListedCall(index, False, status, None)]


@pytest.mark.parametrize("state", list(LegState))
@pytest.mark.parametrize("status", list(ClccStatus))
def test_the_table_alone_decides_where_a_listed_call_goes(
    state: LegState, status: ClccStatus
) -> None:
    if status in (ClccStatus.ENDED, ClccStatus.WAITING):
        return
    mine = leg(state)
    expected = STEPS.get((state, status), (state, None))
    step = mine.listed(listed(status), now=1.0)
    assert (mine.state, step) == expected


def test_a_call_just_dialled_may_be_missing_from_the_list_for_a_while() -> None:
    mine = leg(LegState.CALL_PROCEEDING)
    assert mine.listed([], now=UNLISTED_S - 0.1) is None
    assert mine.listed([], now=UNLISTED_S + 0.1) is Step.DISCONNECT


def test_a_call_the_modem_called_over_is_not_waited_for() -> None:
    mine = leg(LegState.CALL_PROCEEDING)
    mine.is_over = True
    assert mine.listed([], now=0.1) is Step.DISCONNECT


def test_a_call_once_listed_is_over_when_it_is_gone_or_marked_ended() -> None:
    for gone in ([], listed(ClccStatus.ENDED)):
        mine = leg(LegState.CALL_PROCEEDING)
        mine.listed(listed(ClccStatus.ALERTING), now=0.1)
        assert mine.listed(gone, now=0.2) is Step.DISCONNECT
        assert mine.listed(gone, now=0.3) is None


def test_another_call_in_the_list_is_not_ours() -> None:
    mine = leg(LegState.CALL_PROCEEDING)
    mine.listed(listed(ClccStatus.ALERTING, index=1), now=0.1)
    assert mine.listed(listed(ClccStatus.ACTIVE, index=2), now=0.2) is Step.DISCONNECT


def test_without_a_list_a_ringing_call_ends_when_the_rings_stop() -> None:
    mine = leg(LegState.CALL_RECEIVED)
    mine.rang_at = 10.0
    assert mine.unlistable(now=10.0 + RING_STOP_S - 0.1) is None
    assert mine.unlistable(now=10.0 + RING_STOP_S + 0.1) is Step.DISCONNECT
    assert mine.unlistable(now=99.0) is None


def test_without_a_list_a_connected_call_ends_when_the_modem_says_so() -> None:
    mine = leg(LegState.ACTIVE)
    assert mine.unlistable(now=99.0) is None
    mine.is_over = True
    assert mine.unlistable(now=99.0) is Step.DISCONNECT


def test_a_ring_waits_briefly_for_its_caller() -> None:
    ringing = Ringing(began_at=0.0)
    assert not ringing.is_ready(now=0.1)
    assert ringing.is_ready(now=CALLER_ID_S)
    ringing.rings = 2
    assert ringing.is_ready(now=0.1)
    told = Ringing(began_at=0.0, caller_told=True)
    assert told.is_ready(now=0.0)
