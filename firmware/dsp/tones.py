"""The tones a telephone network plays, per country, and the sound of each.

    plan = tone_plan("GB")                          # or "gb"; unknown -> ITU-T E.180, 425 Hz
    render("GB", "busy", duration_ms=2_000)         # -> Samples
    source = ToneSource("GB", "ringback")           # a player takes one block a tick
    source.next_block()                             # -> Samples, shape (160,)
    dtmf("159#", on_ms=100, off_ms=100, high_dbm0=-9, low_dbm0=-11)

Names are dial, ringback, busy, congestion, sit and, for every country, call_waiting
(E.180's where it has none of its own), beep, hold, fax_calling, answer_tone. The values
stand in tones.json, which names their sources.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE, SAMPLE_RATE_HZ, Samples
from firmware.dsp import levels

TONES_FILE: Final = Path(__file__).with_name("tones.json")
LEVEL_DBM0: Final = -10.0
"""Of a whole tone, where the country's table gives no level (E.180: -10 +-5 dBm0)."""
MODULATION_DEPTH: Final = 0.95
DTMF_LOW_HZ: Final = (697.0, 770.0, 852.0, 941.0)
DTMF_HIGH_HZ: Final = (1209.0, 1336.0, 1477.0, 1633.0)
KEYPAD: Final = "123A456B789C*0#D"
"""The key of low tone r and high tone c is KEYPAD[4 * r + c] (Q.23)."""

_SAMPLES_PER_MS: Final = SAMPLE_RATE_HZ // 1_000


@dataclass(frozen=True, slots=True)
class ToneStep:
    """One element of a cadence; no frequency is silence, no duration lasts for ever."""

    frequencies_hz: tuple[float, ...]
    modulation_hz: float | None
    duration_ms: int | None
    level_dbm0: float
    """Of each frequency."""

    @property
    def silent(self) -> bool:
        return not self.frequencies_hz


@dataclass(frozen=True, slots=True)
class TonePlan:
    """One country's tones. A tone's steps repeat for ever."""

    code: str
    name: str
    tones: Mapping[str, tuple[ToneStep, ...]]
    dtmf_high_dbm0: float
    dtmf_low_dbm0: float
    accept_hz: tuple[float, float] | None
    """Where single tones may lie, if the country's real values are in doubt."""


def _step(frequency: str | int, duration_ms: int, level_dbm0: float | None) -> ToneStep:
    text = str(frequency)
    carrier, _, modulation = text.partition("*")
    frequencies = () if text == "0" else tuple(float(f) for f in carrier.split("+"))
    shared = LEVEL_DBM0 - 10 * float(np.log10(max(len(frequencies), 1)))
    return ToneStep(
        frequencies_hz=frequencies,
        modulation_hz=float(modulation) if modulation else None,
        duration_ms=duration_ms or None,
        level_dbm0=shared if level_dbm0 is None else level_dbm0,
    )


def _steps(cadence: list[list[Any]], level_dbm0: float | None) -> tuple[ToneStep, ...]:
    return tuple(_step(frequency, ms, level_dbm0) for frequency, ms in cadence)


def _plan(code: str, table: dict[str, Any], everywhere: dict[str, list[list[Any]]]) -> TonePlan:
    level = table.get("level_dbm0_per_tone", {})
    tones = everywhere | table["tones"]
    accept = table.get("accept_hz")
    return TonePlan(
        code=code,
        name=table["name"],
        tones=MappingProxyType({n: _steps(c, level.get(n)) for n, c in tones.items()}),
        dtmf_high_dbm0=table["dtmf_level_dbm0"]["high"],
        dtmf_low_dbm0=table["dtmf_level_dbm0"]["low"],
        accept_hz=(accept[0], accept[1]) if accept else None,
    )


@cache
def _tables() -> tuple[Mapping[str, TonePlan], TonePlan]:
    data = json.loads(TONES_FILE.read_text("utf-8"))
    plans = {
        code.upper(): _plan(code.upper(), table, data["everywhere"])
        for code, table in data["countries"].items()
    }
    for alias, code in data["aliases"].items():
        plans[alias.upper()] = plans[code.upper()]
    return MappingProxyType(plans), _plan("", data["e180_plan"], data["everywhere"])


def countries() -> tuple[str, ...]:
    """Return the codes of all countries with a table of their own (GB also as UK, CA as US)."""
    return tuple(_tables()[0])


def tone_plan(country: str) -> TonePlan:
    """Return the country's plan by ISO 3166-1 code; an unknown country gets E.180's 425 Hz."""
    plans, default = _tables()
    return plans.get(country.upper(), default)


def _sound(step: ToneStep, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the step's waveform at the sample numbers `at`, so that phases never jump."""
    seconds = at / SAMPLE_RATE_HZ
    wave = np.zeros(len(at))
    for frequency_hz in step.frequencies_hz:
        wave += np.sin(2 * np.pi * frequency_hz * seconds)
    wave *= levels.peak(step.level_dbm0)
    if step.modulation_hz is not None:
        envelope = 1 + MODULATION_DEPTH * np.sin(2 * np.pi * step.modulation_hz * seconds)
        wave *= envelope / np.sqrt(1 + MODULATION_DEPTH**2 / 2)
    return wave


def to_samples(wave: NDArray[np.float64]) -> Samples:
    """Return a waveform in int16 steps as samples, rounded and clipped."""
    return np.clip(np.rint(wave), -FULL_SCALE, FULL_SCALE).astype(np.int16)


class ToneSource:
    """One tone as a player takes it: a block a tick, silence once it is over.

    Raises KeyError if the country has no tone of that name.
    """

    def __init__(self, country: str, name: str, duration_ms: int | None = None) -> None:
        self._steps = tone_plan(country).tones[name]
        self._left = None if duration_ms is None else duration_ms * _SAMPLES_PER_MS
        self._at = 0
        self._step = 0
        self._step_left = self._length(0)

    @property
    def done(self) -> bool:
        return self._left == 0

    def next_block(self) -> Samples:
        return self.next_samples(BLOCK_SAMPLES)

    def next_samples(self, count: int) -> Samples:
        """Return the next `count` samples; zeros after the duration is over."""
        wave = np.zeros(count)
        wanted = count if self._left is None else min(count, self._left)
        for start, length in self._stretches(wanted):
            at = np.arange(self._at, self._at + length)
            wave[start : start + length] = _sound(self._steps[self._step], at)
            self._advance(length)
        if self._left is not None:
            self._left -= wanted
        return to_samples(wave)

    def _stretches(self, wanted: int) -> Iterator[tuple[int, int]]:
        start = 0
        while start < wanted:
            left = wanted - start
            length = left if self._step_left is None else min(left, self._step_left)
            yield start, length
            start += length

    def _advance(self, length: int) -> None:
        self._at += length
        if self._step_left is None:
            return
        self._step_left -= length
        if self._step_left == 0:
            self._step = (self._step + 1) % len(self._steps)
            self._step_left = self._length(self._step)

    def _length(self, step: int) -> int | None:
        duration_ms = self._steps[step].duration_ms
        return None if duration_ms is None else duration_ms * _SAMPLES_PER_MS


def render(country: str, name: str, duration_ms: int) -> Samples:
    """Return so much of the country's tone. Raises KeyError if there is no such tone."""
    return ToneSource(country, name).next_samples(duration_ms * _SAMPLES_PER_MS)


def dtmf(
    digits: str,
    on_ms: int = 100,
    off_ms: int = 100,
    high_dbm0: float = -9.0,
    low_dbm0: float = -11.0,
) -> Samples:
    """Return the digits as DTMF, each followed by its pause (Q.23 frequencies, exact).

    A country's sending levels stand in its TonePlan. Raises ValueError for
    anything that is no key.
    """
    at = np.arange(on_ms * _SAMPLES_PER_MS) / SAMPLE_RATE_HZ
    pause = np.zeros(off_ms * _SAMPLES_PER_MS)
    waves: list[NDArray[np.float64]] = []
    for digit in digits:
        row, column = divmod(KEYPAD.index(digit), 4)
        low = levels.peak(low_dbm0) * np.sin(2 * np.pi * DTMF_LOW_HZ[row] * at)
        high = levels.peak(high_dbm0) * np.sin(2 * np.pi * DTMF_HIGH_HZ[column] * at)
        waves += [low + high, pause]
    return to_samples(np.concatenate(waves)) if waves else np.zeros(0, np.int16)
