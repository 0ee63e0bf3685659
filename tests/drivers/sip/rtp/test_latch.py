"""Who may send to an endpoint: symmetric RTP that nobody can take over."""

import pytest

from drivers.sip.rtp.latch import (
    SILENT_TICKS,
    UNSETTLED_TICKS,
    Latch,
    allowed_hosts,
    is_address,
)

PHONE, ROUTER, STRANGER = ("192.0.2.7", 4000), ("192.0.2.7", 61_000), ("198.51.100.9", 4000)


def latch() -> Latch:
    latch = Latch()
    latch.signal(allowed_hosts("192.0.2.7", is_own=False), PHONE)
    return latch


def test_sound_goes_where_the_sdp_says_until_something_comes() -> None:
    assert latch().target == PHONE


def test_the_port_may_differ_from_the_signalled_one() -> None:
    one = latch()
    assert one.admits(ROUTER, tick=1)
    one.settle(ROUTER, tick=1)

    assert one.target == ROUTER


def test_another_address_is_never_admitted() -> None:
    one = latch()
    assert not one.admits(STRANGER, tick=0)
    one.settle(PHONE, tick=1)
    assert not one.admits(STRANGER, tick=10 * SILENT_TICKS)


def test_the_signalled_port_wins_at_first_and_then_nobody() -> None:
    one = latch()
    one.settle(ROUTER, tick=1)
    assert one.admits(PHONE, tick=UNSETTLED_TICKS)
    one.heard = UNSETTLED_TICKS + 5
    assert not one.admits(PHONE, tick=UNSETTLED_TICKS + 5)


def test_a_source_silent_for_long_may_be_replaced() -> None:
    one = latch()
    one.settle(ROUTER, tick=0)
    one.heard = 500
    other = ("192.0.2.7", 62_000)
    assert not one.admits(other, tick=500 + SILENT_TICKS)
    assert one.admits(other, tick=501 + SILENT_TICKS)


def test_a_new_sdp_begins_again_and_the_same_one_does_not() -> None:
    one = latch()
    one.settle(ROUTER, tick=0)
    one.signal(frozenset({"192.0.2.7"}), PHONE)
    assert one.target == ROUTER
    one.signal(frozenset({"198.51.100.9"}), STRANGER)
    assert one.target == STRANGER
    assert not one.admits(ROUTER, tick=1)


def test_after_the_call_nobody_is_admitted() -> None:
    one = latch()
    one.forget()
    assert not one.admits(PHONE, tick=1)
    assert one.target is None


def test_a_program_on_this_box_may_come_over_loopback() -> None:
    assert allowed_hosts("192.0.2.1", is_own=True) == {"192.0.2.1", "127.0.0.1", "::1"}


@pytest.mark.parametrize(("text", "is_one"), [("192.0.2.1", True), ("::1", True), ("pbx", False)])
def test_a_name_is_no_address(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one
