"""What the tones of a country look like in time, and which of them a row of bursts fits.

Values: tones.json. Tolerances: its block match_defaults; E.180 where a country's
own table does not fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Final

from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.tone_bursts import MAX_DRIFT_HZ, MAX_WOBBLE_HZ, Burst
from firmware.dsp.tones import ToneStep, tone_plan

FREQUENCY_TOLERANCE_HZ: Final = 25.0
PAIR_TOLERANCE_HZ: Final = 15.0
LEARNED_TOLERANCE_HZ: Final = 12.0
CADENCE_TOLERANCE: Final = 0.20
MIN_CADENCE_TOLERANCE_MS: Final = 40.0
DIAL_MIN_MS: Final = 700.0
ANSWER_TONE_MIN_MS: Final = 450.0
MIN_PERIODS: Final = 2
WHOLE_BEFORE_CUT: Final = 2
"""A burst cut short at its beginning counts once so many whole ones have followed it."""

E180_HZ: Final = (375.0, 475.0)
E180_PERIOD_MS: Final = (300.0, 1_100.0)
E180_ON_OVER_OFF: Final = (0.67, 1.5)
E180_PERIODS: Final = 3
"""A busy tone of no table must be seen once more before it is believed."""
LEARNING_HZ: Final = (300.0, 700.0)
LEARNING_PERIOD_MS: Final = (120.0, 4_000.0)
LEARNING_ON_OVER_OFF: Final = (0.2, 5.0)
EVEN_MS: Final = 40.0
"""How alike the periods of a busy tone of no table must be."""

SIT_HZ: Final = ((870.0, 1_030.0), (1_310.0, 1_495.0), (1_700.0, 1_860.0))
SIT_MS: Final = (220.0, 460.0)
SIT_GAP_MS: Final = 60.0

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


@dataclass(frozen=True, slots=True)
class Match:
    """A cadence that the latest bursts fit, and for how many of its periods."""

    cadence: Cadence
    periods: int
    bursts: int


def near_ms(measured: float, nominal: float) -> bool:
    return abs(measured - nominal) <= max(MIN_CADENCE_TOLERANCE_MS, CADENCE_TOLERANCE * nominal)


# ---- tables


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


# ---- fitting


def matching_bursts(bursts: Sequence[Burst], cadence: Cadence) -> int:
    """Return how many of the latest bursts fit the cadence, begun anywhere within it."""
    count = len(cadence.elements)
    return max((_matching_from(bursts, cadence, last) for last in range(count)), default=0)


def _matching_from(bursts: Sequence[Burst], cadence: Cadence, last: int) -> int:
    """The same, if the latest burst is the cadence's element number `last`."""
    count = len(cadence.elements)
    fitting = 0
    following: Burst | None = None
    for index in range(len(bursts) - 1, -1, -1):
        burst = bursts[index]
        on, off = cadence.elements[(last - fitting) % count]
        # The very first burst may have been under way when we began to listen.
        cut = index == 0 and fitting >= WHOLE_BEFORE_CUT and burst.duration_ms < on
        if not _sound_fits(burst, cadence) or not (cut or near_ms(burst.duration_ms, on)):
            break
        if following is not None and not (
            _pause_fits(burst, following, off) and _same_pitch(burst, following, cadence)
        ):
            break
        fitting, following = fitting + 1, burst
    return fitting


def _sound_fits(burst: Burst, cadence: Cadence) -> bool:
    return cadence.sounds_like(burst) and (burst.steady or cadence.modulated)


def _same_pitch(burst: Burst, following: Burst, cadence: Cadence) -> bool:
    """Return whether both came from one generator; a melody's notes differ."""
    limit_hz = MAX_WOBBLE_HZ if cadence.modulated else MAX_DRIFT_HZ
    pairs = zip(burst.frequencies_hz, following.frequencies_hz, strict=True)
    return all(abs(one - other) <= limit_hz for one, other in pairs)


def _pause_fits(burst: Burst, following: Burst, off_ms: float) -> bool:
    return following.quiet_before and near_ms(following.start_ms - burst.end_ms, off_ms)


def best_match(
    bursts: Sequence[Burst], country: str, learned: LearnedTone | None, *, learning: bool
) -> Match | None:
    """Return the tone that the latest bursts make, if they have made enough of it.

    A line's learned tone comes first, then the country's, then any even busy
    tone that E.180 allows. `learning` accepts any even cadence of one tone.
    """
    matches = []
    if learned is not None:
        matches = _enough(bursts, (learned_cadence(learned),))
    if not matches:
        matches = _enough(bursts, cadences(country))
    if matches:
        return max(matches, key=lambda match: match.bursts)
    if any(matching_bursts(bursts, cadence) >= E180_PERIODS for cadence in cadences(country)):
        # One of the country's own, which only needs more to be told from another.
        return None
    return _even_match(bursts, learning=learning)


def _enough(bursts: Sequence[Burst], tones: Sequence[Cadence]) -> list[Match]:
    matches = []
    for cadence in tones:
        fitting = matching_bursts(bursts, cadence)
        periods = fitting // max(len(cadence.elements), 1)
        if periods >= cadence.min_periods:
            matches.append(Match(cadence, periods, fitting))
    return matches


def _even_match(bursts: Sequence[Burst], *, learning: bool) -> Match | None:
    latest = list(bursts[-E180_PERIODS:])
    if len(latest) < E180_PERIODS:
        return None
    offs = [later.start_ms - earlier.end_ms for earlier, later in pairwise(latest)]
    ons = [burst.duration_ms for burst in latest]
    spread = max(max(ons) - min(ons), max(offs) - min(offs))
    on, off = sum(ons) / len(ons), sum(offs) / len(offs)
    low_hz, high_hz = LEARNING_HZ if learning else E180_HZ
    pitch = [sum(burst.frequencies_hz[:1]) for burst in latest]
    cadence = Cadence(
        tone=HeardTone.BUSY_OR_CONGESTION,
        ranges_hz=((max(low_hz, min(pitch) - 5), min(high_hz, min(pitch) + 5)),),
        elements=((on, off),),
        min_periods=E180_PERIODS,
    )
    if spread > EVEN_MS or not _is_busy_like(on, off, learning=learning):
        return None
    found = _enough(bursts, (cadence,))
    return found[0] if found else None


def _is_busy_like(on_ms: float, off_ms: float, *, learning: bool) -> bool:
    period_ms = LEARNING_PERIOD_MS if learning else E180_PERIOD_MS
    ratio = LEARNING_ON_OVER_OFF if learning else E180_ON_OVER_OFF
    return (
        period_ms[0] <= on_ms + off_ms <= period_ms[1]
        and ratio[0] * off_ms <= on_ms <= ratio[1] * off_ms
    )


def is_sit(bursts: Sequence[Burst]) -> bool:
    """Return whether the latest three bursts are the special information tone."""
    three = bursts[-3:]
    return (
        len(three) == 3
        and all(
            len(burst.frequencies_hz) == 1
            and low <= burst.frequencies_hz[0] <= high
            and SIT_MS[0] <= burst.duration_ms <= SIT_MS[1]
            for burst, (low, high) in zip(three, SIT_HZ, strict=True)
        )
        and all(later.start_ms - earlier.end_ms <= SIT_GAP_MS for earlier, later in pairwise(three))
    )
