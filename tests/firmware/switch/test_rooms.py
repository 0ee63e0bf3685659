"""Who hears whom: pairs, conferences, levels, and cards that die in the middle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE
from firmware.contract.switching import ConnectLeg, SetLegGain
from firmware.highway.span import Span
from firmware.highway.switch_side import SwitchSide
from firmware.switch.rooms import NO_ROOM, Rooms
from firmware.switch.switchboard import SpanDown, SpanUp
from tests.firmware.switch.board import Board, level


def test_two_legs_of_a_room_hear_each_other_and_not_themselves() -> None:
    board = Board()
    board.connect("a", "room")
    board.connect("b", "room")

    heard = board.step({"a": level(100), "b": level(-7)})

    assert heard["a"].tolist() == [-7] * BLOCK_SAMPLES
    assert heard["b"].tolist() == [100] * BLOCK_SAMPLES


def test_what_is_too_loud_saturates_and_does_not_wrap() -> None:
    board = Board()
    for leg in "abc":
        board.connect(leg, "room")

    heard = board.step({"a": level(30_000), "b": level(20_000), "c": level(-32_768)})

    assert heard["c"][0] == FULL_SCALE
    assert heard["a"][0] == 20_000 - 32_768
    assert heard["b"][0] == 30_000 - 32_768


def test_a_leg_alone_or_without_a_room_hears_nothing() -> None:
    board = Board()
    board.connect("a", "room")
    board.connect("b")

    heard = board.step({"a": level(100), "b": level(200)})

    assert not heard["a"].any()
    assert not heard["b"].any()


def test_a_leg_moves_to_another_room_at_once() -> None:
    board = Board()
    for leg, room in (("a", "one"), ("b", "one"), ("c", "two")):
        board.connect(leg, room)
    board.step()
    board.connect("a", "two")

    heard = board.step({"a": level(1), "b": level(10), "c": level(100)})

    assert (heard["a"][0], heard["b"][0], heard["c"][0]) == (100, 0, 1)


def test_gains_work_on_what_is_said_and_heard() -> None:
    board = Board()
    for leg in "abc":
        board.connect(leg, "room")
    board.switchboard.apply(SetLegGain(leg_id="a", said_db=-6.0206))
    board.switchboard.apply(SetLegGain(leg_id="b", said_db=-96))
    board.switchboard.apply(SetLegGain(leg_id="c", heard_db=6.0206))

    heard = board.step({"a": level(1000), "b": level(5000), "c": level(20_000)})

    assert heard["a"][0] == 20_000
    assert heard["b"][0] == 20_500
    assert heard["c"][0] in (999, 1000)


def test_a_connect_repeated_loses_no_block_and_a_disconnect_frees_the_leg() -> None:
    board = Board()
    board.connect("a", "room")
    board.connect("b", "room")
    board.timeslots["a"].write(level(5))
    board.connect("a", "room")
    board.switchboard.tick(0)

    assert board.timeslots["b"].read()[0] == 5
    board.disconnect("a")
    assert not board.step({"b": level(3)})["b"].any()


def test_more_legs_than_rows_are_carried_all_the_same() -> None:
    board = Board(timeslots=200)
    for number in range(100):
        board.connect(f"a-{number}", f"room-{number}")
        board.connect(f"b-{number}", f"room-{number}")

    heard = board.step({f"a-{number}": level(number + 1) for number in range(100)})

    assert [int(heard[f"b-{number}"][0]) for number in range(100)] == list(range(1, 101))


def test_a_card_that_dies_gives_silence_and_others_go_on() -> None:
    board = Board()
    other = Span.create("gsm", 1)
    board.switchboard.apply(SpanUp(SwitchSide(other)))
    board.switchboard.apply(ConnectLeg(leg_id="g", span="gsm", timeslot=0, room="room"))
    board.connect("a", "room")
    board.connect("b", "room")
    board.switchboard.apply(SpanDown(other.memory))

    heard = board.step({"a": level(9)})

    assert heard["b"][0] == 9
    assert not heard["a"].any()


def test_a_leg_comes_back_with_its_memory_but_not_with_another_cards() -> None:
    board = Board()
    board.connect("a", "room")
    board.connect("b", "room")
    board.switchboard.apply(SpanDown(board.span.memory))
    assert board.step({"a": level(9)})["b"][0] == 0

    board.span = Span.create("virtual", 64)  # the card process started anew
    board.switchboard.apply(SpanUp(SwitchSide(board.span)))
    assert board.step({"a": level(9)})["b"][0] == 0

    again = Span.attach(board.span.fd, "virtual")
    board.switchboard.apply(ConnectLeg(leg_id="c", span="virtual", timeslot=0, room="room"))
    board.switchboard.apply(SpanUp(SwitchSide(again)))
    again.heard.blocks[0, 0], again.heard.frames[0, 0] = 4, 1
    again.heard.written[0] = 1
    board.switchboard.tick(0)
    assert not again.sent.blocks[1].any()  # b was never on this memory


def test_legs_connected_before_their_card_is_there_are_heard_once_it_comes() -> None:
    board = Board()
    board.switchboard.apply(ConnectLeg(leg_id="g", span="gsm", timeslot=0, room="room"))
    board.connect("a", "room")
    board.step()
    late = Span.create("gsm", 1)
    board.switchboard.apply(SpanUp(SwitchSide(late)))

    board.step({"a": level(11)})

    assert late.sent.blocks[0, 0, 0] == 11


def test_a_timeslot_seized_anew_belongs_to_the_new_leg_only() -> None:
    board = Board()
    timeslot = board.connect("old", "old room")
    board.connect("listener", "old room")
    board.switchboard.apply(
        ConnectLeg(leg_id="new", span="virtual", timeslot=timeslot.index, room="new room")
    )

    heard = board.step({"old": level(50)})

    assert not heard["listener"].any()


@pytest.mark.parametrize("timeslot", [64, 1023])
def test_a_timeslot_the_card_does_not_have_is_silent(timeslot: int) -> None:
    board = Board()
    board.switchboard.apply(ConnectLeg(leg_id="x", span="virtual", timeslot=timeslot, room="room"))
    board.connect("a", "room")

    assert not board.step({"a": level(1)})["a"].any()


def test_who_tests_the_echo_hears_itself_and_nobody_else_does() -> None:
    said = np.arange(3 * 160, dtype=np.int16).reshape(3, 160)
    heard = np.zeros_like(said)
    Rooms(np.array([0, 1, 1], np.intp), [0]).mix(said, heard)

    assert (heard == said[[0, 2, 1]]).all()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(NO_ROOM, 4), min_size=1, max_size=20), st.integers(0, 2**32 - 1))
def test_every_seating_gives_each_leg_the_sum_of_the_others(rooms: list[int], seed: int) -> None:
    room_of = np.array(rooms, np.intp)
    said = np.random.default_rng(seed).integers(-32_768, 32_768, (len(rooms), 160)).astype(np.int16)
    heard = np.zeros_like(said)
    Rooms(room_of).mix(said, heard)

    for row, room in enumerate(rooms):
        others = [r for r in range(len(rooms)) if rooms[r] == room != NO_ROOM and r != row]
        expected = said[others].astype(np.int64).sum(0).clip(-FULL_SCALE, FULL_SCALE)
        assert (heard[row] == expected).all()
