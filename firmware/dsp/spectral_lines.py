"""Says which one or two frequencies a piece of sound is made of, if it is a tone at all."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ

MIN_TONE_SHARE: Final = 0.8
"""Of the energy over 80 ms, in one or two spectral lines; noise 8 dB below still passes."""
MIN_SECOND_SHARE: Final = 0.1
MIN_EVENNESS: Final = 0.4
"""Of the side lines of a modulated tone: the weaker side over the stronger."""

WINDOW_BLOCKS: Final = 4
WINDOW_SAMPLES: Final = WINDOW_BLOCKS * BLOCK_SAMPLES
_BIN_HZ: Final = SAMPLE_RATE_HZ / WINDOW_SAMPLES
_HANN: Final = np.hanning(WINDOW_SAMPLES + 1)[:-1].astype(np.float32)
_LOWEST_BIN: Final = 9  # mains hum is below
_FIRST_BIN, _LAST_BIN = 22, 175  # where tones may lie: 275 to 2190 Hz
_LOBE: Final = np.arange(-2, 3)
_SIDE: Final = np.arange(1, 5)

Float32 = NDArray[np.float32]


def spectral_lines(audio: Float32) -> list[tuple[float, ...]]:
    """Return the one or two frequencies that make up each row, or () where other things do.

    audio: shape (n, 640), 80 ms. A modulated tone counts as its carrier. Good to
    about 1 Hz for one tone and 3 Hz for two that are 40 Hz apart.
    """
    magnitude = np.abs(np.fft.rfft(audio * _HANN, axis=1))
    power = magnitude**2
    total = power[:, _LOWEST_BIN:].sum(1) + 1e-6
    return [_lines(magnitude[i], power[i], float(total[i])) for i in range(len(audio))]


def _lines(magnitude: Float32, power: Float32, total: float) -> tuple[float, ...]:
    first = _FIRST_BIN + int(power[_FIRST_BIN:_LAST_BIN].argmax())
    share = float(power[first + _LOBE].sum()) / total
    if share >= MIN_TONE_SHARE or _modulated(power, first, total):
        return (_interpolated_hz(magnitude, first),)
    rest = power.copy()
    rest[first + _LOBE] = 0
    second = _FIRST_BIN + int(rest[_FIRST_BIN:_LAST_BIN].argmax())
    second_share = float(rest[second + _LOBE].sum()) / total
    if second_share < MIN_SECOND_SHARE or share + second_share < MIN_TONE_SHARE:
        return ()
    pair = (_interpolated_hz(magnitude, first), _interpolated_hz(magnitude, second))
    return (min(pair), max(pair))


def _modulated(power: Float32, carrier: int, total: float) -> bool:
    """Return whether all there is lies evenly on both sides of one line."""
    below, above = power[carrier - _SIDE].sum(), power[carrier + _SIDE].sum()
    even = min(below, above) >= MIN_EVENNESS * max(below, above)
    return bool(even and power[carrier] + below + above >= MIN_TONE_SHARE * total)


def _interpolated_hz(magnitude: Float32, peak: int) -> float:
    """Return the frequency between the bins, by the ratio that a Hann window gives."""
    side = 1 if magnitude[peak + 1] > magnitude[peak - 1] else -1
    ratio = float(magnitude[peak + side]) / (float(magnitude[peak]) + 1e-9)
    return _BIN_HZ * (peak + side * (2 * ratio - 1) / (ratio + 1))
