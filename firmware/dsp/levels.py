"""Levels in dBm0 and the amplitudes that go with them (full-scale sine = +3.14 dBm0, G.711)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import FULL_SCALE, FULL_SCALE_SINE_DBM0, Samples

SILENCE_DBM0: Final = -100.0
"""What silence reads as: below any line's noise, and never -inf."""

Floats = NDArray[np.float32] | NDArray[np.float64]


def peak(level_dbm0: float) -> float:
    """Return the peak amplitude, in int16 steps, of a sine of that level."""
    return float(FULL_SCALE * 10 ** ((level_dbm0 - FULL_SCALE_SINE_DBM0) / 20))


def mean_square(level_dbm0: float) -> float:
    """Return the mean square, in int16 steps squared, of any signal of that level."""
    return peak(level_dbm0) ** 2 / 2


def from_mean_square(power: Floats) -> NDArray[np.float64]:
    """Return the level of each mean square, in dBm0; same shape, SILENCE_DBM0 at the least."""
    least = mean_square(SILENCE_DBM0)
    ratio = np.maximum(power, least) * (2 / FULL_SCALE**2)
    return np.asarray(FULL_SCALE_SINE_DBM0 + 10 * np.log10(ratio), dtype=np.float64)


def level_dbm0(audio: Samples) -> float:
    """Return the level of a stretch of audio, in dBm0; nothing at all reads SILENCE_DBM0."""
    if not len(audio):
        return SILENCE_DBM0
    return float(from_mean_square(np.array([np.mean(audio.astype(np.float64) ** 2)]))[0])
