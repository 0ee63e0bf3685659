"""What the DTMF detector reports, and when; the limits are in tests/standards."""

import numpy as np
import pytest

from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp.dtmf import DtmfDetector, DtmfEvent
from firmware.dsp.tones import dtmf


def heard(detector: DtmfDetector, rows: list[Samples], active: list[bool]) -> list[DtmfEvent]:
    longest = max(len(row) for row in rows)
    longest += -longest % BLOCK_SAMPLES
    audio = np.stack([np.pad(row, (0, longest - len(row))) for row in rows])
    return [
        event
        for start in range(0, longest, BLOCK_SAMPLES)
        for event in detector.hear(audio[:, start : start + BLOCK_SAMPLES], np.array(active))
    ]


def silence(ms: int) -> Samples:
    return np.zeros(8 * ms, np.int16)


def test_a_digit_is_reported_while_it_sounds_and_again_with_its_length() -> None:
    audio = np.concatenate([silence(100), dtmf("7", 120, 200)])
    began, ended = heard(DtmfDetector(1), [audio], [True])

    assert (began.digit, began.ended) == ("7", False)
    assert 20 * (began.frame + 1) - 100 <= 60
    assert (ended.digit, ended.ended) == ("7", True)
    assert ended.duration_ms == pytest.approx(120, abs=20)
    assert ended.start_ms == pytest.approx(100, abs=20)
    assert ended.end_ms == pytest.approx(220, abs=20)


def test_timeslots_do_not_hear_each_other() -> None:
    rows = [dtmf("12"), silence(400), dtmf("*#")]
    events = heard(DtmfDetector(3), rows, [True, True, True])

    digits = [(e.timeslot, e.digit) for e in events if not e.ended]
    assert sorted(digits) == [(0, "1"), (0, "2"), (2, "#"), (2, "*")]


def test_nothing_is_reported_where_nobody_asked() -> None:
    assert heard(DtmfDetector(2), [dtmf("1"), silence(200)], [False, True]) == []


def test_one_digit_may_follow_another_without_a_pause() -> None:
    events = heard(DtmfDetector(1), [dtmf("159", 80, 0)], [True])

    assert [e.digit for e in events if not e.ended] == ["1", "5", "9"]
    assert [e.digit for e in events if e.ended][:2] == ["1", "5"]


def test_a_reset_in_mid_digit_forgets_it() -> None:
    detector = DtmfDetector(1)
    heard(detector, [dtmf("3", 100, 0)], [True])
    detector.reset(0)

    assert heard(detector, [silence(300)], [True]) == []


def test_full_scale_square_waves_and_the_deepest_negative_sample_are_survived() -> None:
    rng = np.random.default_rng(4)
    extreme = rng.choice(np.array([-32_768, 32_767], np.int16), 16_000)

    assert heard(DtmfDetector(2), [extreme, np.full(16_000, -32_768, np.int16)], [True, True]) == []
