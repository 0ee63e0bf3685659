"""Concealment by the book of G.711 Appendix I."""

import numpy as np
import pytest

from drivers.sip.rtp.concealment import DELAY, FILLED, Concealment, Taken, pitch
from firmware.contract.pcm import BLOCK_SAMPLES, Samples

ROWS = np.array([1])
PEAK = 8_000.0


def sine(tone_hz: float, blocks: int) -> Samples:
    at = np.arange(blocks * BLOCK_SAMPLES)
    return np.rint(PEAK * np.sin(2 * np.pi * tone_hz * at / 8000)).astype(np.int16)


def heard(sound: Samples, lost: dict[int, slice]) -> Samples:
    """Return the sound as heard when stretches of some blocks are lost."""
    concealment, out = Concealment(3), []
    concealment.start(1)
    for number, block in enumerate(sound.reshape(-1, 1, BLOCK_SAMPLES)):
        missing = np.zeros((1, BLOCK_SAMPLES), bool)
        missing[0, lost.get(number, slice(0, 0))] = True
        torn = np.flatnonzero(missing.any(axis=1))
        came = np.where(missing, -32_768, block).astype(np.int16)
        out.append(concealment.conceal(ROWS, Taken(came, torn, missing[torn]))[0][0])
    return np.concatenate(out)


def snr_db(clean: Samples, got: Samples) -> float:
    wrong = got.astype(float) - clean
    return float(10 * np.log10((clean.astype(float) ** 2).mean() / max((wrong**2).mean(), 1e-6)))


def test_whole_sound_passes_untouched_3_75_ms_later() -> None:
    sound = sine(300, 10)

    assert np.array_equal(heard(sound, {})[DELAY:], sound[:-DELAY])
    assert DELAY / 8 == 3.75


@pytest.mark.parametrize("period", [40, 57, 80, 120])
def test_the_pitch_of_a_voice_is_found(period: int) -> None:
    glottis = np.zeros(480, np.float32)
    glottis[::period] = 1000
    voice = np.convolve(glottis, np.exp(-np.arange(30) / 8), "same").astype(np.float32)

    assert pitch(voice) % period == 0


@pytest.mark.parametrize("tone_hz", [100, 133, 200, 250, 400])
def test_a_steady_tone_goes_on_through_a_lost_frame(tone_hz: float) -> None:
    sound = sine(tone_hz, 12)
    ten_ms = heard(sound, {6: slice(0, 80)})

    start = 6 * BLOCK_SAMPLES
    assert snr_db(sound[start : start + 80], ten_ms[start + DELAY : start + DELAY + 80]) >= 20


def test_a_lost_stretch_fades_20_percent_each_10_ms_and_is_silent_after_60() -> None:
    sound = sine(200, 16)
    got = heard(sound, {number: slice(None) for number in range(6, 12)})
    gone = got[6 * BLOCK_SAMPLES + DELAY : 12 * BLOCK_SAMPLES].astype(float)

    levels = [np.abs(gone[at : at + 80]).max() / PEAK for at in range(0, FILLED, 80)]
    assert levels == pytest.approx([1.0, 1.0, 0.8, 0.6, 0.4, 0.2], abs=0.06)
    assert not gone[FILLED:].any()


def test_the_sound_returns_without_a_click() -> None:
    sound = sine(200, 16)
    whole = heard(sound, {})
    for lost in ({7: slice(None)}, {7: slice(40, 130)}, {n: slice(None) for n in range(6, 11)}):
        got = heard(sound, lost)
        steepest = np.abs(np.diff(whole.astype(float))).max()
        assert np.abs(np.diff(got.astype(float))).max() <= 1.5 * steepest
        assert np.array_equal(got[-3 * BLOCK_SAMPLES :], whole[-3 * BLOCK_SAMPLES :])


def test_nothing_is_made_up_where_nothing_was_heard() -> None:
    silence = np.zeros(8 * BLOCK_SAMPLES, np.int16)

    assert not heard(silence, {0: slice(None), 1: slice(None), 5: slice(None)}).any()
