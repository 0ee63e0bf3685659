"""What the public network makes audible: its country's tones, and digits as DTMF.

Made here and not by firmware.dsp, so that a wrong frequency there cannot hide
behind the same mistake on both ends of the wire. Only the table is shared.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import (
    BLOCK_SAMPLES,
    FULL_SCALE,
    FULL_SCALE_SINE_DBM0,
    SAMPLE_RATE_HZ,
    Samples,
)

TONE_DBM0: Final = -10.0
"""The whole tone; ITU-T E.180 allows -5 to -15 dBm0."""
KEYPAD: Final = ("123A", "456B", "789C", "*0#D")
LOW_GROUP_HZ: Final = (697, 770, 852, 941)
HIGH_GROUP_HZ: Final = (1209, 1336, 1477, 1633)
DTMF_LOW_DBM0: Final = -11.0
DTMF_HIGH_DBM0: Final = -9.0

SILENCE: Final = np.zeros(BLOCK_SAMPLES, dtype=np.int16)
SILENCE.setflags(write=False)

Wave = NDArray[np.float64]
_TABLE_NAMES: Final = {"GB": "uk", "CA": "us"}
"""Countries whose row in tones.json has another name than their code."""


def amplitude(level_dbm0: float) -> float:
    """Return the peak of a sine of this level, in units of one sample step."""
    return float(FULL_SCALE * 10 ** ((level_dbm0 - FULL_SCALE_SINE_DBM0) / 20))


def sine(frequency_hz: float, duration_ms: float, level_dbm0: float) -> Wave:
    count = round(duration_ms * SAMPLE_RATE_HZ / 1000)
    phase = 2 * np.pi * frequency_hz * np.arange(count) / SAMPLE_RATE_HZ
    wave: Wave = amplitude(level_dbm0) * np.sin(phase)
    return wave


def dtmf(digit: str, on_ms: int = 100, off_ms: int = 100) -> Samples:
    """Return the key as sound, then silence. Raises ValueError for what is no key."""
    row = next((n for n, keys in enumerate(KEYPAD) if digit in keys), None)
    if row is None or len(digit) != 1:
        raise ValueError(f"no such key: {digit!r}")
    column = KEYPAD[row].index(digit)
    pair = sine(LOW_GROUP_HZ[row], on_ms, DTMF_LOW_DBM0)
    pair = pair + sine(HIGH_GROUP_HZ[column], on_ms, DTMF_HIGH_DBM0)
    gap = np.zeros(off_ms * SAMPLE_RATE_HZ // 1000)
    return np.concatenate([pair, gap]).astype(np.int16)


def speech_marker(duration_ms: int, tone_hz: float = 1_000.0) -> Samples:
    """Return a warbling tone nothing in a network makes: it proves that a voice got through."""
    wave = sine(tone_hz, duration_ms, -14.0)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(len(wave)) / SAMPLE_RATE_HZ)
    return (wave * swell).astype(np.int16)


@cache
def tone(country: str, name: str) -> Samples:
    """Return one period of the country's tone, ready to be looped.

    Raises KeyError when the table has no such country or tone.
    """
    table = json.loads(files("firmware.dsp").joinpath("tones.json").read_text("utf-8"))
    row = table["countries"][_TABLE_NAMES.get(country, country.lower())]
    parts = [_part(str(what), duration_ms) for what, duration_ms in row["tones"][name]]
    period = np.concatenate(parts).astype(np.int16)
    period.setflags(write=False)
    return period


def _part(what: str, duration_ms: int) -> Wave:
    """One stretch of a cadence; a continuous one is a whole second, which loops without a click."""
    duration_ms = duration_ms or 1_000
    if what == "0":
        return sine(0, duration_ms, TONE_DBM0)
    if "*" in what:
        carrier_hz, modulation_hz = (float(part) for part in what.split("*"))
        swell = 1 + 0.9 * sine(modulation_hz, duration_ms, FULL_SCALE_SINE_DBM0) / FULL_SCALE
        return sine(carrier_hz, duration_ms, TONE_DBM0 - 3) * swell
    frequencies = [float(part) for part in what.split("+")]
    each_dbm0 = TONE_DBM0 - 10 * float(np.log10(len(frequencies)))
    return np.sum([sine(f, duration_ms, each_dbm0) for f in frequencies], axis=0)  # type: ignore[no-any-return]


class Loop:
    """A stretch of sound repeated for ever (a BlockSource)."""

    def __init__(self, period: Samples) -> None:
        self._period = period
        self._at = 0

    def next_block(self) -> Samples:
        places = np.arange(self._at, self._at + BLOCK_SAMPLES) % len(self._period)
        self._at = int(places[-1]) + 1
        block: Samples = self._period[places]
        return block


class Tape:
    """Stretches of sound one after another, silence when there are no more (a BlockSource)."""

    def __init__(self, stretches: Sequence[Samples] = ()) -> None:
        self._rest = np.concatenate([*stretches, SILENCE[:0]])

    @property
    def is_over(self) -> bool:
        return len(self._rest) == 0

    def add(self, stretch: Samples) -> None:
        self._rest = np.concatenate([self._rest, stretch])

    def next_block(self) -> Samples:
        block, self._rest = self._rest[:BLOCK_SAMPLES], self._rest[BLOCK_SAMPLES:]
        if len(block) == BLOCK_SAMPLES:
            return block
        return np.concatenate([block, SILENCE[len(block) :]])
