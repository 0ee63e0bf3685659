"""Frame time: deadlines, catching up, and what counts as missed."""

from hypothesis import given
from hypothesis import strategies as st

from firmware.highway.clock import CATCH_UP_FRAMES, FRAME_NS, Due, FrameClock


def test_nothing_is_due_before_the_deadline_and_one_frame_at_it() -> None:
    clock = FrameClock(0)

    assert clock.due(FRAME_NS - 1) == Due(0, 0)
    assert clock.due(FRAME_NS) == Due(1, 0)
    assert clock.deadline_ns == 2 * FRAME_NS


def test_a_late_loop_catches_up_and_deadlines_do_not_move() -> None:
    clock = FrameClock(0)

    assert clock.due(3 * FRAME_NS + 5) == Due(3, 2)
    assert clock.deadline_ns == 4 * FRAME_NS


def test_a_loop_that_stood_still_skips_what_the_rings_cannot_hold() -> None:
    clock = FrameClock(0)
    due = clock.due(50 * FRAME_NS)

    assert due == Due(CATCH_UP_FRAMES, 49)
    assert [clock.advance() for _ in range(due.frames)][-1] == 49


@given(st.lists(st.integers(0, 30 * FRAME_NS), max_size=50))
def test_however_the_loop_is_woken_frame_numbers_follow_the_time(waits_ns: list[int]) -> None:
    clock = FrameClock(0)
    now_ns = 0
    for wait_ns in waits_ns:
        now_ns += wait_ns
        for _ in range(clock.due(now_ns).frames):
            clock.advance()
        assert clock.frame == now_ns // FRAME_NS
        assert now_ns < clock.deadline_ns == (clock.frame + 1) * FRAME_NS
