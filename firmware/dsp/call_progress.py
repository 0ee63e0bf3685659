"""Recognises what a telephone network says with tones, on all timeslots at once.

    detector = ProgressDetector(timeslots=32)
    detector.listen_for(timeslot, "GB", learned=None)   # also forgets what was heard
    events = detector.hear(blocks, active)              # every tick
    detector.reset(timeslot)

Busy and congestion are reported at the end of the second burst (or group of
bursts) that fits and at each further one, ringback at the end of its first,
continuous tones (dial) once and then every half second with a growing `on_ms`;
all once more with `ended`. What that means for a call is decided in hang_up.py.
"""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import FRAME_MS
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.cadence import Cadence, cadences
from firmware.dsp.cadence_match import Match, best_match, is_sit
from firmware.dsp.tone_bursts import Burst, BurstFinder, Heard, OtherSound

KEPT_BURSTS: Final = 24
LATE: Final = 1.3
"""A cadence is over when its next burst is so much later than due."""
LATE_MS: Final = 150.0


@dataclass(frozen=True, slots=True)
class ToneEvent:
    """A tone was recognised, went on, or `ended`; frames count calls of `hear` from 0."""

    timeslot: int
    tone: HeardTone
    frame: int
    periods: int
    """Bursts (or groups of bursts) of the cadence heard in a row; 0 for a continuous tone."""
    frequency_hz: float | None
    on_ms: int | None
    off_ms: int | None
    ended: bool
    start_ms: int
    """When the tone's first burst began, since the detector's first sample."""
    end_ms: int
    """When it was last heard."""


@dataclass(frozen=True, slots=True)
class _Sounding:
    """The tone that a timeslot is hearing, as last reported."""

    tone: HeardTone
    periods: int
    frequency_hz: float
    on_ms: float
    off_ms: float
    start_ms: float
    end_ms: float
    due_ms: float
    """It is over if no burst has begun by then."""


class _Listener:
    """One timeslot's memory: its last bursts and the tone they make."""

    def __init__(self, country: str, learned: LearnedTone | None, *, learning: bool) -> None:
        self.country, self.learned, self.learning = country, learned, learning
        self.bursts: list[Burst] = []
        self.sounding: _Sounding | None = None
        self.in_burst = False

    def take(self, heard: Heard) -> list[tuple[_Sounding, bool]]:
        """Return what to report: a tone and whether it has ended."""
        if isinstance(heard, OtherSound):
            self.in_burst = False
            self.bursts.clear()
            return self._end()
        self.in_burst = not heard.over
        return self._closed(heard) if heard.over else self._held(heard)

    def late(self, now_ms: float) -> list[tuple[_Sounding, bool]]:
        if self.sounding is None or self.in_burst or now_ms < self.sounding.due_ms:
            return []
        return self._end()

    def _held(self, burst: Burst) -> list[tuple[_Sounding, bool]]:
        for cadence in cadences(self.country):
            if (
                not cadence.elements
                and cadence.sounds_like(burst)
                and (burst.steady or cadence.modulated)
                and burst.duration_ms >= cadence.continuous_ms
            ):
                return self._sound(_continuous(cadence, burst))
        return []

    def _closed(self, burst: Burst) -> list[tuple[_Sounding, bool]]:
        self.bursts = [*self.bursts[1 - KEPT_BURSTS :], burst]
        if is_sit(self.bursts):
            return self._sound(_sit(self.bursts))
        match = best_match(self.bursts, self.country, self.learned, learning=self.learning)
        if match is None:
            return self._end() if self._contradicted(burst) else []
        return self._sound(_cadenced(match, self.bursts))

    def _contradicted(self, burst: Burst) -> bool:
        return self.sounding is not None and burst.end_ms > self.sounding.end_ms

    def _sound(self, now: _Sounding) -> list[tuple[_Sounding, bool]]:
        before, self.sounding = self.sounding, now
        if before is None:
            return [(now, False)]
        if before.tone is now.tone:
            # Half a cadence more (a second burst of two) is no news.
            news = now.periods != before.periods or now.periods == 0
            return [(now, False)] if news else []
        return [(before, True), (now, False)]

    def _end(self) -> list[tuple[_Sounding, bool]]:
        before, self.sounding = self.sounding, None
        return [] if before is None else [(before, True)]


def _continuous(cadence: Cadence, burst: Burst) -> _Sounding:
    return _Sounding(
        tone=cadence.tone,
        periods=0,
        frequency_hz=burst.frequencies_hz[0],
        on_ms=burst.duration_ms,
        off_ms=0.0,
        start_ms=burst.start_ms,
        end_ms=burst.end_ms,
        due_ms=burst.end_ms,
    )


def _sit(bursts: list[Burst]) -> _Sounding:
    first, last = bursts[-3], bursts[-1]
    return _Sounding(
        tone=HeardTone.SIT,
        periods=1,
        frequency_hz=first.frequencies_hz[0],
        on_ms=last.end_ms - first.start_ms,
        off_ms=0.0,
        start_ms=first.start_ms,
        end_ms=last.end_ms,
        due_ms=last.end_ms + LATE_MS,
    )


def _cadenced(match: Match, bursts: list[Burst]) -> _Sounding:
    fitting = bursts[-match.bursts :]
    offs = [later.start_ms - earlier.end_ms for earlier, later in pairwise(fitting)]
    return _Sounding(
        tone=match.cadence.tone,
        periods=match.periods,
        frequency_hz=sum(burst.frequencies_hz[0] for burst in fitting) / len(fitting),
        # The median: the first burst may have been cut short.
        on_ms=median(burst.duration_ms for burst in fitting),
        off_ms=median(offs) if offs else 0.0,
        start_ms=fitting[0].start_ms,
        end_ms=fitting[-1].end_ms,
        due_ms=fitting[-1].end_ms + LATE * match.cadence.longest_off_ms + LATE_MS,
    )


class ProgressDetector:
    def __init__(self, timeslots: int, country: str = "") -> None:
        """Listen for one country's tones everywhere, until told otherwise by timeslot."""
        self._frame = -1
        self._bursts = BurstFinder(timeslots)
        self._listeners = [_Listener(country, None, learning=False) for _ in range(timeslots)]
        self._sounding: set[int] = set()

    def listen_for(
        self,
        timeslot: int,
        country: str,
        learned: LearnedTone | None = None,
        *,
        learning: bool = False,
    ) -> None:
        """Start anew on a timeslot, with that country's tones and the line's own.

        `learning` also reports any even cadence of one tone between 300 and 700 Hz
        as busy-or-congestion, so that it can become the line's learned tone.
        """
        self._listeners[timeslot] = _Listener(country, learned, learning=learning)
        self._sounding.discard(timeslot)
        self._bursts.reset(timeslot)

    def reset(self, timeslot: int) -> None:
        """Forget what was heard on the timeslot; nothing is reported as ended."""
        old = self._listeners[timeslot]
        self.listen_for(timeslot, old.country, old.learned, learning=old.learning)

    def hear(self, blocks: NDArray[np.int16], active: NDArray[np.bool_]) -> list[ToneEvent]:
        """Take one block of every timeslot; return what became known.

        blocks: int16, shape (timeslots, 160). active: where to listen.
        """
        self._frame += 1
        events: list[ToneEvent] = []
        for timeslot, heard in self._bursts.hear(blocks, active):
            events += self._events(timeslot, self._listeners[timeslot].take(heard))
        now_ms = float((self._frame + 1) * FRAME_MS)
        for timeslot in sorted(self._sounding):
            events += self._events(timeslot, self._listeners[timeslot].late(now_ms))
        return events

    def _events(self, timeslot: int, told: list[tuple[_Sounding, bool]]) -> list[ToneEvent]:
        if self._listeners[timeslot].sounding is None:
            self._sounding.discard(timeslot)
        else:
            self._sounding.add(timeslot)
        return [
            ToneEvent(
                timeslot=timeslot,
                tone=now.tone,
                frame=self._frame,
                periods=now.periods,
                frequency_hz=round(now.frequency_hz, 1),
                on_ms=round(now.on_ms),
                off_ms=round(now.off_ms),
                ended=ended,
                start_ms=round(now.start_ms),
                end_ms=round(now.end_ms),
            )
            for now, ended in told
        ]
