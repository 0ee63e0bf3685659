"""Voice activity on real speech, in noise, and on everything that is none."""

import numpy as np
import pytest

from firmware.contract.pcm import Samples
from firmware.dsp import levels
from firmware.dsp.tones import countries, dtmf, render
from firmware.dsp.voice import VoiceDetector, VoiceEvent
from tests.standards.signals import SPEECH_FOLDER, amplitude, blocks, noise, recordings


def heard(audio: Samples) -> tuple[list[VoiceEvent], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return the events of one timeslot, and for each block whether somebody spoke."""
    detector = VoiceDetector(1)
    events: list[VoiceEvent] = []
    speaking: list[bool] = []
    for block in blocks(audio[None, :]):
        events += detector.hear(block, np.ones(1, bool))
        speaking.append(bool(detector.speaking[0]))
    return events, np.array(speaking)


def with_noise(audio: Samples, dbm0: float) -> Samples:
    rng = np.random.default_rng(6)
    noisy = audio + noise(audio.shape, dbm0, rng)
    return np.clip(np.rint(noisy), -32_768, 32_767).astype(np.int16)


@pytest.mark.parametrize(("noise_dbm0", "found"), [(-75.0, 0.90), (-42.0, 0.88), (-32.0, 0.80)])
def test_most_of_real_speech_is_found(noise_dbm0: float, found: float) -> None:
    speech = recordings(SPEECH_FOLDER)[: 120 * 8_000]
    loud = (
        levels.from_mean_square(np.mean(speech.reshape(-1, 160).astype(np.float64) ** 2, axis=1))
        > -38
    )
    _events, speaking = heard(with_noise(speech, noise_dbm0))

    assert np.mean(speaking[loud]) >= found


@pytest.mark.parametrize("noise_dbm0", [-60.0, -45.0, -30.0])
def test_noise_is_no_voice(noise_dbm0: float) -> None:
    events, _speaking = heard(with_noise(np.zeros(30 * 8_000, np.int16), noise_dbm0))

    assert events == []


@pytest.mark.parametrize("country", countries())
@pytest.mark.parametrize("noise_dbm0", [-75.0, -45.0])
def test_network_tones_are_no_voice(country: str, noise_dbm0: float) -> None:
    for name in ("dial", "ringback", "busy", "congestion", "sit"):
        tone = np.concatenate([np.zeros(4_000, np.int16), render(country, name, 6_000)])
        quiet = np.rint(tone * (0.1 if noise_dbm0 > -50 else 1.0)).astype(np.int16)
        events, _speaking = heard(with_noise(quiet, noise_dbm0))
        assert events == [], name


@pytest.mark.parametrize(("on_ms", "off_ms"), [(40, 40), (60, 60), (100, 100)])
def test_digits_are_no_voice(on_ms: int, off_ms: int) -> None:
    keys = dtmf("0123456789ABCD*#" * 3, on_ms, off_ms)
    audio = np.concatenate([np.zeros(4_000, np.int16), keys])

    assert heard(with_noise(audio, -70.0))[0] == []


def test_speech_begins_and_ends_where_it_does() -> None:
    word = recordings(SPEECH_FOLDER)[:16_000]
    audio = np.concatenate([np.zeros(8_000, np.int16), word, np.zeros(12_000, np.int16)])
    events, _speaking = heard(with_noise(audio, -70.0))

    assert not events[0].ended
    assert 1_000 <= events[0].at_ms <= 1_500
    assert events[-1].ended
    assert events[-1].at_ms <= 3_100


def test_levels_are_those_of_the_last_block() -> None:
    detector = VoiceDetector(2)
    at = np.arange(160)
    tone = np.rint(amplitude(-20.0) * np.sin(2 * np.pi * 1_000 * at / 8_000)).astype(np.int16)
    detector.hear(np.stack([tone, np.zeros(160, np.int16)]), np.ones(2, bool))

    assert detector.levels_dbm0 == pytest.approx([-20.0, levels.SILENCE_DBM0], abs=0.1)


def test_nothing_is_reported_where_nobody_asked_and_after_a_reset() -> None:
    speech = recordings(SPEECH_FOLDER)[: 3 * 8_000]
    detector = VoiceDetector(1)
    for block in blocks(speech[None, :]):
        assert detector.hear(block, np.zeros(1, bool)) == []
    for block in blocks(speech[None, :]):
        detector.hear(block, np.ones(1, bool))
    detector.reset(0)

    for block in blocks(np.zeros((1, 16_000), np.int16)):
        assert detector.hear(block, np.ones(1, bool)) == []
