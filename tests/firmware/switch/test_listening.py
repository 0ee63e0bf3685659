"""Detectors on legs: heard where asked for, told once and with its frame."""

import numpy as np

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS
from firmware.contract.switching import (
    Detect,
    Detector,
    DigitHeard,
    HeardTone,
    ToneHeard,
    VoiceHeard,
)
from firmware.dsp.tones import dtmf, render
from tests.firmware.switch.board import Board, level


def detect(board: Board, leg_id: str, *what: Detector, connected: bool = False) -> None:
    board.switchboard.apply(
        Detect(leg_id=leg_id, what=frozenset(what), country="GB", connected=connected)
    )


def test_every_digit_is_told_once_with_its_leg_and_frame() -> None:
    board = Board()
    for leg in "ab":
        board.connect(leg, "room")
        detect(board, leg, Detector.DTMF)
    for _ in range(10):
        board.step()
    board.speak("b", np.concatenate([dtmf("5*D", on_ms=60, off_ms=60), np.zeros(800, np.int16)]))

    heard = board.notices(DigitHeard)
    assert [(n.leg_id, n.digit) for n in heard] == [("b", "5"), ("b", "*"), ("b", "D")]
    for number, notice in enumerate(heard):
        began = 10 + number * 120 / FRAME_MS
        assert began <= notice.at_frame <= began + 4


def test_a_leg_nobody_listens_to_says_nothing() -> None:
    board = Board()
    for leg in "ab":
        board.connect(leg, "room")
    detect(board, "a", Detector.DTMF)
    detect(board, "b", Detector.DTMF)
    detect(board, "b")
    board.speak("b", dtmf("5"))
    board.speak("a", dtmf("6"))

    assert [n.digit for n in board.notices(DigitHeard)] == ["6"]


def test_a_new_leg_on_an_old_row_starts_with_a_clean_ear() -> None:
    board = Board()
    board.connect("old")
    detect(board, "old", *Detector)
    board.speak("old", dtmf("5")[: 2 * BLOCK_SAMPLES])
    board.disconnect("old")
    board.connect("new")
    detect(board, "new", *Detector)
    board.notices(DigitHeard)
    for _ in range(20):
        board.step()

    assert not board.notices(DigitHeard)


def test_busy_tone_is_told_with_its_periods() -> None:
    board = Board()
    board.connect("a")
    detect(board, "a", Detector.PROGRESS)
    board.speak("a", render("GB", "busy", 4_000))

    heard = [n for n in board.notices(ToneHeard) if not n.ended]
    assert {n.tone for n in heard} == {HeardTone.BUSY}
    assert max(n.periods for n in heard) >= 4


def test_speech_begins_and_ends() -> None:
    board = Board()
    board.connect("a")
    detect(board, "a", Detector.VOICE)
    rng = np.random.default_rng(1)
    for _ in range(50):
        board.step({"a": rng.normal(0, 5, BLOCK_SAMPLES).astype(np.int16)})
    loud = rng.normal(0, 3000, 50 * BLOCK_SAMPLES)
    loud = np.convolve(loud, np.ones(8) / 8, "same")  # as low as a voice
    board.speak("a", loud.astype(np.int16))
    for _ in range(100):
        board.step({"a": rng.normal(0, 5, BLOCK_SAMPLES).astype(np.int16)})

    assert [n.ended for n in board.notices(VoiceHeard)] == [False, True]


def test_listening_goes_on_when_the_table_of_legs_grows() -> None:
    board = Board(timeslots=100)
    board.connect("a")
    detect(board, "a", Detector.DTMF)
    for number in range(80):
        board.connect(f"leg-{number}")
    detect(board, "leg-79", Detector.DTMF)
    board.speak("a", dtmf("1"))
    board.speak("leg-79", dtmf("2"))

    assert [(n.leg_id, n.digit) for n in board.notices(DigitHeard)] == [("a", "1"), ("leg-79", "2")]


def test_orders_about_a_leg_nobody_knows_are_dropped() -> None:
    board = Board()
    detect(board, "nobody", *Detector)
    board.play("nobody", "p", level(1))

    assert not board.switchboard.notices
