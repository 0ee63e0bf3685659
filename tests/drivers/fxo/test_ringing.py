"""When a ringing call is offered, and when it has gone."""

from drivers.fxo.ringing import Bell, Offer
from drivers.fxo.v253 import CallerIdField, CallerIdLabel

NUMBER = CallerIdField(CallerIdLabel.NUMBER, "01632960100")
WITHHELD = CallerIdField(CallerIdLabel.NUMBER, None)
NAME = CallerIdField(CallerIdLabel.NAME, "SMITH J")


def rung(*at_s: float, answer_after: int = 1) -> Bell:
    bell = Bell(answer_after)
    for moment_s in at_s:
        bell.ring(moment_s)
    return bell


def test_a_call_is_not_offered_before_its_caller_id() -> None:
    bell = rung(0.0)
    assert bell.offer(1.0) is None
    bell.caller_id(NUMBER, 1.5)
    bell.caller_id(NAME, 1.6)
    assert bell.offer(1.6) is None
    assert bell.offer(1.9) == Offer(1, "01632960100", "SMITH J")


def test_a_call_is_offered_once() -> None:
    bell = rung(0.0)
    bell.caller_id(NUMBER, 0.5)
    assert bell.offer(2.0) is not None
    assert bell.offer(3.0) is None


def test_without_caller_id_the_second_ring_or_four_seconds_are_waited_for() -> None:
    assert rung(0.0).offer(3.9) is None
    assert rung(0.0).offer(4.1) == Offer(1, None, None)
    assert rung(0.0, 3.0).offer(3.0) == Offer(2, None, None)


def test_a_withheld_number_is_as_good_as_a_number() -> None:
    bell = rung(0.0)
    bell.caller_id(WITHHELD, 0.5)
    assert bell.offer(1.0) == Offer(1, None, None)


def test_the_owner_s_count_of_rings_is_waited_for() -> None:
    bell = rung(0.0, 3.0, answer_after=3)
    bell.caller_id(NUMBER, 1.0)
    assert bell.offer(5.0) is None
    bell.ring(6.0)
    assert bell.offer(6.0) == Offer(3, "01632960100", None)


def test_two_bursts_of_one_cadence_are_one_ring() -> None:
    assert rung(0.0, 0.6, 3.0, 3.6, answer_after=3).offer(3.7) is None


def test_caller_id_before_the_first_ring_belongs_to_it() -> None:
    bell = Bell(1)
    bell.caller_id(NUMBER, 0.0)
    bell.ring(1.0)
    assert bell.offer(1.0) == Offer(1, "01632960100", None)


def test_an_old_caller_id_does_not_stick_to_a_later_call() -> None:
    bell = Bell(1)
    bell.caller_id(NUMBER, 0.0)
    bell.ring(60.0)
    assert bell.offer(64.5) == Offer(1, None, None)


def test_a_caller_is_gone_seven_seconds_after_the_last_ring() -> None:
    bell = rung(0.0, 6.0)
    assert not bell.is_gone(12.9)
    assert bell.is_gone(13.1)


def test_the_tinkle_after_our_own_hang_up_is_no_ring() -> None:
    bell = Bell(1)
    bell.hung_up(10.0)
    bell.ring(11.0)
    assert not bell.is_ringing
    bell.ring(12.5)
    assert bell.is_ringing
