"""Blocks through the rings, both sides: nothing is lost or doubled but by a counted slip."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.contract.errors import LineError
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.highway.card_side import CardTimeslot, TimeslotPool
from firmware.highway.slips import STANDING_READS
from firmware.highway.span import RING_BLOCKS, Ring, Span
from firmware.highway.switch_side import SwitchSide

ANY_WORD = st.integers(0, (1 << 64) - 1)


class Highway:
    """One card and the switch on the same span, in one process."""

    def __init__(self, timeslots: int = 4) -> None:
        self.span = Span.create("test", timeslots)
        self.pool = TimeslotPool(self.span)
        self.switch = SwitchSide(self.span)

    def seize(self) -> CardTimeslot:
        timeslot = self.pool.seize()
        self.switch.open(timeslot.index)
        return timeslot

    def gather(self, *timeslots: CardTimeslot) -> Samples:
        return self.switch.gather(np.array([timeslot.index for timeslot in timeslots]))

    def scatter(self, timeslot: CardTimeslot, block: Samples) -> None:
        self.switch.scatter(np.array([timeslot.index]), block[None, :])

    def __del__(self) -> None:
        self.span.close()


def numbered(number: int) -> Samples:
    return np.full(BLOCK_SAMPLES, number, np.int16)


def test_what_the_card_writes_the_switch_gathers_and_back() -> None:
    highway = Highway()
    timeslot = highway.seize()
    for number in range(1, 100):
        timeslot.write(numbered(number))
        heard = highway.gather(timeslot)
        highway.scatter(timeslot, heard[0] * 2)
        assert timeslot.read().tolist() == [number * 2] * BLOCK_SAMPLES

    assert highway.switch.slips == 0
    assert timeslot.heard_slips.total == timeslot.sent_slips.total == 0


def test_every_timeslot_gets_its_own_block() -> None:
    highway = Highway()
    timeslots = [highway.seize() for _ in range(4)]
    for number, timeslot in enumerate(timeslots, start=1):
        timeslot.write(numbered(number))

    heard = highway.gather(*reversed(timeslots))

    assert heard[:, 0].tolist() == [4, 3, 2, 1]


@pytest.mark.parametrize("block", [np.zeros(159, np.int16), np.zeros(160, np.float32)])
def test_a_block_of_another_shape_is_refused(block: Samples) -> None:
    with pytest.raises(ValueError, match="160 int16"):
        Highway().seize().write(block)


def test_a_missing_block_is_repeated_softer_then_silent() -> None:
    highway = Highway()
    timeslot = highway.seize()
    timeslot.write(numbered(1000))
    highway.scatter(timeslot, numbered(1000))

    heard = [int(highway.gather(timeslot)[0, 0]) for _ in range(6)]
    sent = [int(timeslot.read()[0]) for _ in range(6)]

    assert heard == sent == [1000, 800, 500, 200, 0, 0]
    assert highway.switch.repeated[timeslot.index] == 4
    assert timeslot.sent_slips.repeated == 4


def test_a_queue_that_stands_for_a_second_loses_its_surplus_and_counts_it() -> None:
    highway = Highway()
    timeslot = highway.seize()
    highway.scatter(timeslot, numbered(0))
    assert timeslot.read()[0] == 0
    for number in range(3):
        timeslot.write(numbered(number))
        highway.scatter(timeslot, numbered(number))

    heard, sent = [], []
    for number in range(3, 3 + STANDING_READS):
        heard.append(int(highway.gather(timeslot)[0, 0]))
        sent.append(int(timeslot.read()[0]))
        timeslot.write(numbered(number))
        highway.scatter(timeslot, numbered(number))

    expected = [*range(STANDING_READS - 1), STANDING_READS + 1]
    assert heard == sent == expected
    assert highway.switch.dropped[timeslot.index] == 2
    assert timeslot.sent_slips.dropped == 2


def test_a_new_leg_hears_nothing_of_the_leg_before() -> None:
    highway = Highway(timeslots=1)
    first = highway.seize()
    for number in range(1, 6):
        first.write(numbered(number))
        highway.scatter(first, numbered(number))
    first.free()
    first.write(numbered(9))

    second = highway.seize()

    assert first.read().any() == second.read().any() == highway.gather(second).any() == np.False_


def test_what_waited_before_the_first_read_is_old_and_no_slip() -> None:
    highway = Highway()
    timeslot = highway.seize()
    for number in range(1, 30):
        highway.scatter(timeslot, numbered(number))

    assert timeslot.read()[0] == RING_BLOCKS
    assert timeslot.sent_slips.total == highway.switch.slips == 0


def test_a_full_span_says_so_and_a_freed_timeslot_comes_back() -> None:
    highway = Highway(timeslots=2)
    first, second = highway.pool.seize(), highway.pool.seize()
    with pytest.raises(LineError, match="no-timeslot"):
        highway.pool.seize()
    second.free()
    second.free()

    assert highway.pool.seize().index == second.index
    with pytest.raises(LineError, match="no-timeslot"):
        highway.pool.seize()
    assert first.index != second.index


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("wg"), max_size=400))
def test_blocks_heard_arrive_once_in_order_or_are_counted(steps: list[str]) -> None:
    highway = Highway(timeslots=1)
    timeslot = highway.seize()
    timeslot.write(numbered(1))
    assert highway.gather(timeslot)[0, 0] == 1
    written, taken, repeats = 1, [1], 0
    for step in steps:
        if step == "w":
            written += 1
            timeslot.write(numbered(written))
        else:
            before = int(highway.switch.repeated[0])
            number = int(highway.gather(timeslot)[0, 0])
            repeated = int(highway.switch.repeated[0]) - before
            repeats += repeated
            if number and not repeated:
                taken.append(number)

    waiting = int(highway.span.heard.written[0] - highway.span.heard.read[0])
    dropped = int(highway.switch.dropped[0]) + timeslot.heard_slips.dropped
    assert taken == sorted(set(taken))
    assert written == len(taken) + waiting + dropped
    assert highway.switch.repeated[0] == repeats


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("sr"), max_size=400))
def test_blocks_sent_arrive_once_in_order_or_are_counted(steps: list[str]) -> None:
    highway = Highway(timeslots=1)
    timeslot = highway.seize()
    highway.scatter(timeslot, numbered(1))
    assert timeslot.read()[0] == 1
    sent, taken = 1, [1]
    for step in steps:
        if step == "s":
            sent += 1
            highway.scatter(timeslot, numbered(sent))
        else:
            repeated = timeslot.sent_slips.repeated
            number = int(timeslot.read()[0])
            if number and repeated == timeslot.sent_slips.repeated:
                taken.append(number)

    waiting = int(highway.span.sent.written[0] - highway.span.sent.read[0])
    assert taken == sorted(set(taken))
    dropped = timeslot.sent_slips.dropped + int(highway.switch.overrun[0])
    assert sent == len(taken) + waiting + dropped


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["heard", "sent"]),
            st.sampled_from(["frames", "written", "read"]),
            ANY_WORD,
            st.integers(0, RING_BLOCKS - 1),
        ),
        max_size=30,
    )
)
def test_garbage_from_the_other_side_never_stops_either_side(
    scribbles: list[tuple[str, str, int, int]],
) -> None:
    highway = Highway(timeslots=2)
    victim, other = highway.seize(), highway.seize()
    for direction, field, word, place in scribbles:
        ring: Ring = getattr(highway.span, direction)
        words = getattr(ring, field)[victim.index : victim.index + 1].reshape(-1)
        words[place % len(words)] = word
        victim.write(numbered(5))
        other.write(numbered(7))
        heard = highway.gather(victim, other)
        highway.switch.scatter(np.array([victim.index, other.index]), heard)
        victim.read()
        assert heard[1, 0] == other.read()[0] == 7

    for _ in range(2 * RING_BLOCKS):  # once it stops scribbling, audio flows again
        victim.write(numbered(6))
        heard = highway.gather(victim)
        highway.scatter(victim, heard[0])
        last = victim.read()
    assert heard[0, 0] == last[0] == 6
