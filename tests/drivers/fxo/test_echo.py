"""The line echo canceller against the practice network's hybrids."""

import ctypes
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.fxo.echo import EchoPath, carries_key, likely_delay, speexdsp
from drivers.simulators.impairments import hybrid
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.dsp.tones import dtmf

ECHO_RETURN_LOSS_DB = 12.0


@pytest.fixture
def library() -> ctypes.CDLL:
    found = speexdsp()
    assert found is not None, "libspeexdsp1 is not installed; make setup installs it"
    return found


@cache
def voice(seconds: float, seed: int) -> Samples:
    """Noise with three formants that move from syllable to syllable, at about -20 dBm0."""
    random = np.random.default_rng(seed)
    wanted = int(seconds * SAMPLE_RATE_HZ)
    syllables: list[NDArray[np.float64]] = []
    while sum(map(len, syllables)) < wanted:
        count = int(random.integers(1_200, 2_400))
        wave = random.normal(0, 1, count)
        for low_hz, high_hz in ((300, 800), (900, 2000), (2200, 3200)):
            ring_at = 2 * np.pi * random.uniform(low_hz, high_hz) / SAMPLE_RATE_HZ * np.arange(60)
            wave = (
                wave
                + 2
                * np.convolve(random.normal(0, 1, count), 0.9 ** np.arange(60) * np.cos(ring_at))[
                    :count
                ]
            )
        syllables.append(wave * np.hanning(count) * random.uniform(0.3, 1.0))
    whole = np.concatenate(syllables)[:wanted]
    samples: Samples = (whole / whole.std() * 2000).clip(-30_000, 30_000).astype(np.int16)
    return samples


def echo_of(sent: Samples, seed: int, delay_samples: int) -> Samples:
    echo = np.convolve(sent, hybrid(ECHO_RETURN_LOSS_DB, seed))
    late = np.concatenate([np.zeros(delay_samples), echo])[: len(sent)]
    noise = np.random.default_rng(seed + 100).normal(0, 8, len(sent))
    return (late + noise).astype(np.int16)


def through(path: EchoPath, heard: Samples, sent: Samples) -> Samples:
    places = range(0, len(heard) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES)
    return np.concatenate(
        [
            path.cancelled(heard[at : at + BLOCK_SAMPLES], sent[at : at + BLOCK_SAMPLES])
            for at in places
        ]
    )


def loss_db(before: Samples, after: Samples, begin_s: float, end_s: float) -> float:
    """Echo return loss enhancement in a stretch of the call."""
    stretch = slice(int(begin_s * SAMPLE_RATE_HZ), int(end_s * SAMPLE_RATE_HZ))
    power = [float(np.mean(x[stretch].astype(float) ** 2)) + 1e-9 for x in (before, after)]
    return 10 * float(np.log10(power[0] / power[1]))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("delay_ms", [0, 20, 60, 190])
def test_echo_is_20_db_down_after_three_seconds(
    library: ctypes.CDLL, seed: int, delay_ms: int
) -> None:
    sent = voice(6.0, seed)
    heard = echo_of(sent, seed, delay_ms * SAMPLE_RATE_HZ // 1000)
    path = EchoPath(library)
    after = through(path, heard, sent)
    path.close()
    assert loss_db(heard, after, 3.0, 6.0) >= 20.0


@pytest.mark.parametrize("seed", range(4))
def test_a_known_delay_needs_a_second_and_not_three(library: ctypes.CDLL, seed: int) -> None:
    sent = voice(3.0, seed)
    heard = echo_of(sent, seed, 480)
    path = EchoPath(library, delay_samples=456)
    assert loss_db(heard, through(path, heard, sent), 1.0, 3.0) >= 15.0
    path.close()


@pytest.mark.parametrize("seed", range(4))
def test_double_talk_does_not_make_it_diverge(library: ctypes.CDLL, seed: int) -> None:
    sent = voice(12.0, seed)
    echo = echo_of(sent, seed, 480)
    near = np.zeros(len(sent), np.int16)
    talking = slice(4 * SAMPLE_RATE_HZ, 8 * SAMPLE_RATE_HZ)
    near[talking] = voice(12.0, seed + 50)[talking]
    path, without_echo = EchoPath(library), EchoPath(library)
    after = through(path, (echo + near).astype(np.int16), sent)
    # What the canceller itself does to a talker (it takes out direct current) is no echo.
    left = (after - through(without_echo, near, sent)).astype(np.int16)
    path.close()
    without_echo.close()
    assert loss_db(echo, after, 3.0, 4.0) >= 20.0
    assert loss_db(echo, left, 4.5, 8.0) > 0.0
    assert loss_db(echo, after, 8.05, 8.5) > 0.0
    assert loss_db(echo, after, 9.0, 12.0) >= 10.0


@pytest.mark.parametrize("seed", range(3))
def test_without_echo_the_near_talker_passes(library: ctypes.CDLL, seed: int) -> None:
    near, sent = voice(5.0, seed), voice(5.0, seed + 9)
    path = EchoPath(library)
    after = through(path, near, sent)
    path.close()
    assert abs(loss_db(near, after, 2.0, 5.0)) < 2.0


def test_silence_and_a_steady_tone_have_no_delay_to_be_found() -> None:
    silence = np.zeros(8192, np.float32)
    assert likely_delay(silence, silence) is None
    tone = np.sin(2 * np.pi * 425 / SAMPLE_RATE_HZ * np.arange(8192)).astype(np.float32) * 3000
    assert likely_delay(np.roll(tone, 480), tone) is None


@pytest.mark.parametrize("seed", range(3))
def test_keys_we_send_are_taken_out_and_teach_nothing(library: ctypes.CDLL, seed: int) -> None:
    keys = dtmf("159D#0246A" * 2, 80, 80)
    sent = np.concatenate([voice(4.0, seed), keys, voice(3.0, seed + 1)])
    heard = echo_of(sent, seed, 480)
    path = EchoPath(library)
    after = through(path, heard, sent)
    path.close()
    keys_end_s = 4.0 + len(keys) / SAMPLE_RATE_HZ
    assert loss_db(heard, after, 4.1, keys_end_s) >= 20.0
    assert loss_db(heard, after, keys_end_s + 0.2, keys_end_s + 2.0) >= 20.0


def test_keys_of_both_sides_at_once_do_not_leak_into_each_other(library: ctypes.CDLL) -> None:
    ours, theirs = dtmf("1590" * 10, 60, 60), dtmf("D7*2" * 10, 60, 60)
    path, alone = EchoPath(library), EchoPath(library)
    wanted = through(alone, theirs, np.zeros(len(ours), np.int16))
    left = (through(path, theirs, ours) - wanted).astype(np.int16)
    path.close()
    alone.close()
    assert loss_db(wanted, left, 0.0, len(left) / SAMPLE_RATE_HZ) > 20.0


@pytest.mark.parametrize("seed", range(3))
def test_speech_is_no_key(seed: int) -> None:
    speech = voice(10.0, seed)
    blocks = speech[: len(speech) // BLOCK_SAMPLES * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES)
    assert sum(carries_key(block) for block in blocks) < len(blocks) / 10
    assert all(carries_key(block) for block in dtmf("5", 100, 0).reshape(-1, BLOCK_SAMPLES))


def test_a_delay_that_jumps_is_found_again(library: ctypes.CDLL) -> None:
    """A standstill of our process leaves more in the modem's buffer than before."""
    sent = voice(12.0, 3)
    half = len(sent) // 2
    heard = np.concatenate([echo_of(sent, 3, 320)[:half], echo_of(sent, 3, 800)[half:]])
    path = EchoPath(library)
    after = through(path, heard, sent)
    path.close()
    assert loss_db(heard, after, 3.0, 6.0) >= 20.0
    assert loss_db(heard, after, 9.0, 12.0) >= 20.0
