"""Levels of a metered leg, twice a second, in dBm0."""

import numpy as np
import pytest

from firmware.contract.pcm import BLOCK_SAMPLES
from firmware.contract.switching import LegLevels, Meter
from firmware.dsp.levels import peak
from tests.firmware.switch.board import Board, sine

HALF_A_SECOND = 25 * BLOCK_SAMPLES


def test_both_directions_of_a_metered_leg_are_told_twice_a_second() -> None:
    board = Board()
    board.connect("a", "room")
    board.connect("b", "room")
    board.switchboard.apply(Meter(leg_id="a"))
    said = sine(1000, 2 * HALF_A_SECOND, peak(-20.0)).reshape(-1, BLOCK_SAMPLES)
    heard = sine(600, 2 * HALF_A_SECOND, peak(-30.0)).reshape(-1, BLOCK_SAMPLES)

    for one, other in zip(said, heard, strict=True):
        board.step({"a": one, "b": other})

    told = board.notices(LegLevels)
    assert [notice.leg_id for notice in told] == ["a", "a"]
    # The first half second begins with the frame in which the card's block is still under way.
    assert told[1].said_dbm0 == pytest.approx(-20.0, abs=0.2)
    assert told[1].heard_dbm0 == pytest.approx(-30.0, abs=0.2)


def test_nobody_is_metered_who_was_not_asked_for_or_has_gone() -> None:
    board = Board()
    board.connect("a")
    board.connect("b")
    board.switchboard.apply(Meter(leg_id="a"))
    board.switchboard.apply(Meter(leg_id="b"))
    board.switchboard.apply(Meter(leg_id="b", on=False))
    board.switchboard.apply(Meter(leg_id="nobody"))
    board.disconnect("a")

    board.speak("b", np.zeros(2 * HALF_A_SECOND, np.int16))

    assert board.notices(LegLevels) == []
