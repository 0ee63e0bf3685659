"""Which of a country's tones a row of bursts fits, and for how many of its periods.

Where no tone of the country's own table fits, E.180 tells what is busy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.cadence import Cadence, cadences, learned_cadence, near_ms
from firmware.dsp.tone_bursts import MAX_DRIFT_HZ, MAX_WOBBLE_HZ, Burst

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


@dataclass(frozen=True, slots=True)
class Match:
    """A cadence that the latest bursts fit, and for how many of its periods."""

    cadence: Cadence
    periods: int
    bursts: int


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
