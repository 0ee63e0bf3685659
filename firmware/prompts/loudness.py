"""Brings speech to one loudness: its active level in dBm0, silence not counted.

The active level follows the idea of ITU-T P.56 method B (200 ms hangover,
15.9 dB margin) on 10 ms blocks instead of samples; on speech the two agree to
within about a decibel, which is all a prompt needs.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import FULL_SCALE, SAMPLE_RATE_HZ
from firmware.dsp.levels import SILENCE_DBM0, from_mean_square, mean_square

Waveform: TypeAlias = NDArray[np.float32]
"""Mono at 8 kHz in int16 steps, not yet rounded; shape (n,)."""

NOMINAL_DBM0: Final = -20.0
MARGIN_DB: Final = 15.9
HANGOVER_BLOCKS: Final = 20
BLOCK: Final = SAMPLE_RATE_HZ // 100
MAX_GAIN_DB: Final = 40.0
PEAK: Final = 0.95 * FULL_SCALE
INAUDIBLE_DBM0: Final = -65.0
TRIM_BELOW_ACTIVE_DB: Final = 38.0
KEPT_BLOCKS: Final = 5
"""50 ms of what is before the first and behind the last sound, so that nothing is clipped."""


def active_level_dbm0(audio: Waveform) -> float:
    """Return the level while there is sound; silence reads SILENCE_DBM0."""
    power = _block_power(audio)
    if not len(power):
        return SILENCE_DBM0
    level = float(np.mean(power))
    for _ in range(30):
        threshold = max(level * 10 ** (-MARGIN_DB / 10), mean_square(SILENCE_DBM0))
        active = _held(power > threshold)
        if not active.any():
            break
        before, level = level, float(np.mean(power[active]))
        if abs(before - level) <= 1e-6 * level:
            break
    return float(from_mean_square(np.array([level]))[0])


def levelled(audio: Waveform, level_dbm0: float = NOMINAL_DBM0) -> Waveform:
    """Return the audio at that active level, or softer where its peaks would be cut off."""
    peak = float(np.max(np.abs(audio), initial=0.0))
    gain_db = min(level_dbm0 - active_level_dbm0(audio), MAX_GAIN_DB)
    gain = float(min(10 ** (gain_db / 20), PEAK / peak if peak else 1.0))
    return audio * np.float32(gain)


def trimmed(audio: Waveform) -> Waveform:
    """Return the audio without the silence before and behind; empty when nothing is audible."""
    active = active_level_dbm0(audio)
    if active < INAUDIBLE_DBM0:
        return audio[:0]
    levels = from_mean_square(_block_power(audio))
    heard = np.flatnonzero(levels > max(active - TRIM_BELOW_ACTIVE_DB, INAUDIBLE_DBM0))
    first = max(0, int(heard[0]) - KEPT_BLOCKS)
    last = int(heard[-1]) + 1 + KEPT_BLOCKS
    return audio[first * BLOCK : last * BLOCK]


def _block_power(audio: Waveform) -> NDArray[np.float64]:
    whole = len(audio) // BLOCK * BLOCK
    blocks = audio[:whole].astype(np.float64).reshape(-1, BLOCK)
    return np.asarray(np.mean(blocks**2, axis=1), dtype=np.float64)


def _held(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return `active` with every run lasting HANGOVER_BLOCKS longer."""
    window = np.ones(HANGOVER_BLOCKS + 1)
    return np.convolve(active, window)[: len(active)] > 0
