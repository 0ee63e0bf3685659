"""What the tones of a country look like in time: the table that bursts are compared with.

Values: tones.json. Tolerances: its block match_defaults.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.tone_bursts import Burst
from firmware.dsp.tones import ToneStep, tone_plan

FREQUENCY_TOLERANCE_HZ: Final = 25.0
PAIR_TOLERANCE_HZ: Final = 15.0
LEARNED_TOLERANCE_HZ: Final = 12.0
CADENCE_TOLERANCE: Final = 0.20
MIN_CADENCE_TOLERANCE_MS: Final = 40.0
DIAL_MIN_MS: Final = 700.0
ANSWER_TONE_MIN_MS: Final = 450.0
MIN_PERIODS: Final = 2

Element = tuple[float, float]
"""On and off, in ms."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """A tone to be recognised. No elements: it is continuous, for `continuous_ms` at least."""

    tone: HeardTone
    ranges_hz: tuple[tuple[float, float], ...]
    elements: tuple[Element, ...]
    modulated: bool = False
    continuous_ms: float = 0.0
    min_periods: int = MIN_PERIODS

    def sounds_like(self, burst: Burst) -> bool:
        return len(burst.frequencies_hz) == len(self.ranges_hz) and all(
            low <= hz <= high
            for hz, (low, high) in zip(burst.frequencies_hz, self.ranges_hz, strict=True)
        )

    @property
    def longest_on_ms(self) -> float:
        return max((on for on, _ in self.elements), default=0.0)

    @property
    def longest_off_ms(self) -> float:
        return max((off for _, off in self.elements), default=0.0)


def near_ms(measured: float, nominal: float) -> bool:
    return abs(measured - nominal) <= max(MIN_CADENCE_TOLERANCE_MS, CADENCE_TOLERANCE * nominal)


_NAMES: Final = {
    "dial": HeardTone.DIAL,
    "ringback": HeardTone.RINGBACK,
    "busy": HeardTone.BUSY,
    "congestion": HeardTone.CONGESTION,
    # "Number unobtainable" is the British way to say what SIT says elsewhere.
    "number_unobtainable": HeardTone.SIT,
    "fax_calling": HeardTone.FAX_CALLING,
    "answer_tone": HeardTone.ANSWER_TONE,
}
_AFTER_ONE_PERIOD: Final = frozenset({HeardTone.RINGBACK, HeardTone.FAX_CALLING})


def _ranges(
    step: ToneStep, accept_hz: tuple[float, float] | None
) -> tuple[tuple[float, float], ...]:
    if len(step.frequencies_hz) == 1:
        only = step.frequencies_hz[0]
        if accept_hz is not None and accept_hz[0] <= only <= accept_hz[1]:
            return (accept_hz,)
        return ((only - FREQUENCY_TOLERANCE_HZ, only + FREQUENCY_TOLERANCE_HZ),)
    return tuple(
        (hz - PAIR_TOLERANCE_HZ, hz + PAIR_TOLERANCE_HZ) for hz in sorted(step.frequencies_hz)
    )


def _elements(steps: Sequence[ToneStep]) -> tuple[Element, ...]:
    """Return the on/off pairs of a table's steps; a continuous tone has none."""
    if steps[0].duration_ms is None:
        return ()
    return tuple(
        (float(on.duration_ms or 0), float(off.duration_ms or 0))
        for on, off in zip(steps[::2], steps[1::2], strict=True)
    )


def _cadence(
    name: str, steps: Sequence[ToneStep], accept_hz: tuple[float, float] | None
) -> Cadence | None:
    if name == "answer_tone":
        return Cadence(
            HeardTone.ANSWER_TONE,
            _ranges(steps[0], None),
            (),
            modulated=True,
            continuous_ms=ANSWER_TONE_MIN_MS,
        )
    # A SIT of three tones is recognised apart (is_sit); Spain's table has a single one.
    tone = HeardTone.SIT if name == "sit" and len(steps) == 2 else _NAMES.get(name)
    if tone is None:
        return None
    return Cadence(
        tone=tone,
        ranges_hz=_ranges(steps[0], accept_hz),
        elements=_elements(steps),
        modulated=any(step.modulation_hz for step in steps),
        continuous_ms=DIAL_MIN_MS,
        min_periods=1 if tone in _AFTER_ONE_PERIOD else MIN_PERIODS,
    )


def _after_ringback(cadence: Cadence, all_of_them: Sequence[Cadence]) -> Cadence:
    """Where dial tone and ringback share a frequency, dial tone must outlast a ring."""
    if cadence.elements or cadence.tone is HeardTone.ANSWER_TONE:
        return cadence
    rings = [
        other.longest_on_ms * (1 + CADENCE_TOLERANCE) + MIN_CADENCE_TOLERANCE_MS
        for other in all_of_them
        if other.elements and _overlap(cadence, other)
    ]
    return replace(cadence, continuous_ms=max([cadence.continuous_ms, *rings]))


def _overlap(one: Cadence, other: Cadence) -> bool:
    return len(one.ranges_hz) == len(other.ranges_hz) and all(
        a[0] <= b[1] and b[0] <= a[1] for a, b in zip(one.ranges_hz, other.ranges_hz, strict=True)
    )


def _run_inside(cadence: Cadence, other: Cadence) -> int:
    """Return how many bursts in a row of `other` pass for `cadence`'s."""
    if other is cadence or not _overlap(cadence, other):
        return 0
    if len(other.elements) < 2 or len(cadence.elements) != 1:
        return 0
    on, off = cadence.elements[0]
    run = best = 0
    pause_fits = longer = False
    for other_on, other_off in other.elements * 2:
        # A longer burst before, cut short at its beginning, may pass for one too.
        before = max(run, int(longer)) if pause_fits else 0
        run = before + 1 if near_ms(other_on, on) else 0
        pause_fits, longer = near_ms(other_off, off), other_on > on
        best = max(best, run)
    return best


def _told_apart(cadence: Cadence, all_of_them: Sequence[Cadence]) -> Cadence:
    """Ask for more periods than another tone of the country contains by itself (Spain)."""
    inside = max((_run_inside(cadence, other) for other in all_of_them), default=0)
    return replace(cadence, min_periods=max(cadence.min_periods, inside + 1))


def _merged(cadences: Sequence[Cadence]) -> list[Cadence]:
    """Where a country makes no difference between busy and congestion, neither do we."""
    found = {cadence.tone: cadence for cadence in cadences}
    busy, congestion = found.get(HeardTone.BUSY), found.get(HeardTone.CONGESTION)
    if busy is None or congestion is None or busy.elements != congestion.elements:
        return list(cadences)
    either = replace(busy, tone=HeardTone.BUSY_OR_CONGESTION)
    return [either, *(c for c in cadences if c is not busy and c is not congestion)]


@cache
def cadences(country: str) -> tuple[Cadence, ...]:
    """Return everything to be recognised in a country; unknown ones get E.180's plan."""
    plan = tone_plan(country)
    built = [_cadence(name, steps, plan.accept_hz) for name, steps in plan.tones.items()]
    kept = _merged([cadence for cadence in built if cadence is not None])
    if not any(c.tone is HeardTone.DIAL and not c.elements for c in kept):
        # Italy's cadenced dial tone is sent continuous by newer exchanges.
        dial = next(c for c in kept if c.tone is HeardTone.DIAL)
        kept.append(replace(dial, elements=()))
    return tuple(_told_apart(_after_ringback(cadence, kept), kept) for cadence in kept)


def learned_cadence(learned: LearnedTone) -> Cadence:
    """Return the line's own hang-up tone as something to recognise."""
    low = learned.frequency_hz - LEARNED_TOLERANCE_HZ
    return Cadence(
        tone=HeardTone.BUSY_OR_CONGESTION,
        ranges_hz=((low, low + 2 * LEARNED_TOLERANCE_HZ),),
        elements=((float(learned.on_ms), float(learned.off_ms)),),
    )
