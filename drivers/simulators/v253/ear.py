"""The chip's own DTMF receiver: crude, as in the real ones, and no relation of firmware.dsp's."""

from typing import Final

import numpy as np

from drivers.simulators.sounds import HIGH_GROUP_HZ, KEYPAD, LOW_GROUP_HZ
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

MIN_AMPLITUDE: Final = 200.0
MIN_SHARE: Final = 0.7
"""Of the block's energy that the two tones must make up."""

_HZ: Final = np.array(LOW_GROUP_HZ + HIGH_GROUP_HZ, dtype=np.float64)
_WAVES: Final = np.exp(-2j * np.pi * np.outer(_HZ, np.arange(BLOCK_SAMPLES)) / SAMPLE_RATE_HZ)


def key_in(block: Samples) -> str | None:
    """Return the key whose two tones fill most of the block."""
    wave = block.astype(np.float64)
    levels = 2 * np.abs(_WAVES @ wave) / BLOCK_SAMPLES
    row, column = int(np.argmax(levels[:4])), int(np.argmax(levels[4:]))
    low, high = levels[row], levels[4 + column]
    power = float(np.mean(wave**2))
    if min(low, high) < MIN_AMPLITUDE or (low**2 + high**2) / 2 < MIN_SHARE * power:
        return None
    return KEYPAD[row][column]


class KeyReports:
    """Turns what the ear hears into the codes that follow DLE: `/` begins, `~` ends a key."""

    def __init__(self, framed: bool) -> None:
        self._framed = framed
        self._key: str | None = None

    def hear(self, block: Samples) -> str:
        """Return the event codes of this block, mostly none."""
        key, before = key_in(block), self._key
        self._key = key
        if not self._framed:
            return key if key and key != before else ""
        ended = "~" if before and key != before else ""
        begun = "/" if key and key != before else ""
        return ended + begun + (key or "")
