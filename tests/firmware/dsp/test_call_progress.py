"""What the progress detector reports, and when; the countries are in tests/standards."""

import numpy as np
import pytest

from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.contract.switching import HeardTone
from firmware.dsp.call_progress import ProgressDetector, ToneEvent
from firmware.dsp.tones import countries, render


def heard(
    detector: ProgressDetector, rows: list[Samples], active: list[bool] | None = None
) -> list[ToneEvent]:
    audio = np.stack(rows)
    listening = np.array([True] * len(rows) if active is None else active)
    return [
        event
        for start in range(0, audio.shape[1] - BLOCK_SAMPLES + 1, BLOCK_SAMPLES)
        for event in detector.hear(audio[:, start : start + BLOCK_SAMPLES], listening)
    ]


def silence(ms: int) -> Samples:
    return np.zeros(8 * ms, np.int16)


def test_busy_counts_its_periods_and_says_when_it_ended() -> None:
    audio = np.concatenate([silence(200), render("DE", "busy", 4 * 960), silence(1_500)])
    events = heard(ProgressDetector(1, "DE"), [audio])

    assert {event.tone for event in events} == {HeardTone.BUSY}
    assert [(event.periods, event.ended) for event in events] == [
        (2, False),
        (3, False),
        (4, False),
        (4, True),
    ]
    assert events[-1].frequency_hz == pytest.approx(425, abs=1)
    assert events[-1].on_ms == pytest.approx(480, abs=5)
    assert events[-1].off_ms == pytest.approx(480, abs=5)
    assert events[-1].start_ms == pytest.approx(200, abs=5)


def test_each_timeslot_has_its_own_country() -> None:
    detector = ProgressDetector(2)
    detector.listen_for(0, "BR")
    detector.listen_for(1, "RO")
    same = render("BR", "busy", 3_000)
    events = heard(detector, [same, same])

    assert {(event.timeslot, event.tone) for event in events} == {
        (0, HeardTone.BUSY),
        (1, HeardTone.CONGESTION),
    }


def test_nothing_is_reported_where_nobody_asked() -> None:
    busy = render("GB", "busy", 4_000)

    assert heard(ProgressDetector(1, "GB"), [busy], [False]) == []


def test_a_reset_forgets_the_periods_heard() -> None:
    detector = ProgressDetector(1, "GB")
    assert heard(detector, [render("GB", "busy", 1_600)])[-1].periods == 2
    detector.reset(0)

    assert heard(detector, [silence(3_000)]) == []


def test_a_tone_that_turns_into_another_is_reported_as_ended_first() -> None:
    audio = np.concatenate([render("GB", "ringback", 3_000), render("GB", "busy", 4_000)])
    events = heard(ProgressDetector(1, "GB"), [audio])
    order = [(event.tone, event.ended) for event in events]

    assert order.index((HeardTone.RINGBACK, True)) < order.index((HeardTone.BUSY, False))


def test_an_unknown_tone_is_reported_when_learning_and_only_then() -> None:
    at = np.arange(8 * 300)
    burst = np.rint(4_000 * np.sin(2 * np.pi * 620 * at / 8_000)).astype(np.int16)
    audio = np.tile(np.concatenate([burst, silence(140)]), 6)
    detector = ProgressDetector(1, "DE")
    assert heard(detector, [audio]) == []
    detector.listen_for(0, "DE", learning=True)
    learned = heard(detector, [audio])[-1]

    assert learned.tone is HeardTone.BUSY_OR_CONGESTION
    assert learned.frequency_hz == pytest.approx(620, abs=1)
    assert learned.on_ms == pytest.approx(300, abs=5)
    assert learned.off_ms == pytest.approx(140, abs=5)


def test_a_melody_with_the_rhythm_of_a_busy_tone_is_none() -> None:
    rng = np.random.default_rng(8)
    at = np.arange(8 * 500)
    notes = [
        np.concatenate(
            [np.rint(6_000 * np.sin(2 * np.pi * hz * at / 8_000)).astype(np.int16), silence(500)]
        )
        for hz in rng.uniform(330, 660, 30)
    ]
    melody = np.concatenate(notes)

    for country in countries():
        events = heard(ProgressDetector(1, country), [melody])
        assert not [event for event in events if event.periods >= 3]


def test_extremes_are_survived() -> None:
    rng = np.random.default_rng(4)
    extreme = rng.choice(np.array([-32_768, 32_767], np.int16), 16_000)
    deepest = np.full(16_000, -32_768, np.int16)

    assert heard(ProgressDetector(2), [extreme, deepest]) == []
