"""The detectors on what legs say, each listening only on the rows where it was asked to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firmware.contract.message import LegMessage
from firmware.contract.pcm import Samples
from firmware.contract.switching import Detect, Detector, DigitHeard, ToneHeard, VoiceHeard
from firmware.dsp.call_progress import ProgressDetector
from firmware.dsp.dtmf import DtmfDetector
from firmware.dsp.voice import VoiceDetector


@dataclass(slots=True)
class _Watch:
    """Where one kind of detector listens, and how its own frame count maps to ours."""

    active: NDArray[np.bool_]
    any: bool = False
    heard: int = 0

    def set(self, row: int, *, on: bool) -> None:
        self.active[row] = on
        self.any = bool(self.active.any())

    def wants(self, row: int) -> bool:
        """Tell whether anybody listens; a row left in mid-sound still has that to end."""
        return bool(self.active[row])

    def at_frame(self, frame: int, event_frame: int) -> int:
        """Return the frame of an event; detectors count their own calls of `hear` from 0."""
        return frame - (self.heard - 1 - event_frame)


class Listening:
    """All detectors over all rows; more rows than `rows` need a new one."""

    def __init__(self, rows: int) -> None:
        self._orders: dict[int, Detect] = {}
        self._dtmf = DtmfDetector(rows)
        self._progress = ProgressDetector(rows)
        self._voice = VoiceDetector(rows)
        self._watches = {kind: _Watch(np.zeros(rows, bool)) for kind in Detector}
        self.dial_tone = np.zeros(rows, bool)
        """Rows we play dial tone to: it comes back as an echo under the digits."""

    def grown(self, rows: int) -> "Listening":
        """Return one for more rows, with the same orders; a digit just being heard is lost."""
        more = Listening(rows)
        for row, order in self._orders.items():
            more.listen(row, order)
        more.dial_tone[: len(self.dial_tone)] = self.dial_tone
        return more

    def listen(self, row: int, order: Detect) -> None:
        """Listen on the row as ordered; the same order again changes nothing."""
        before = self._orders.get(row)
        if before == order:
            return
        self._orders[row] = order
        for kind, watch in self._watches.items():
            watch.set(row, on=kind in order.what)
        started = order.what - (before.what if before is not None else frozenset())
        if Detector.DTMF in started:
            self._dtmf.reset(row)
        if Detector.VOICE in started:
            self._voice.reset(row)
        if Detector.PROGRESS in order.what:
            learning = order.connected and order.learned is None
            self._progress.listen_for(row, order.country, order.learned, learning=learning)

    def forget(self, row: int) -> None:
        self._orders.pop(row, None)
        self.dial_tone[row] = False
        for watch in self._watches.values():
            watch.set(row, on=False)

    def hear(self, frame: int, said: Samples) -> Iterator[LegMessage]:
        """Take one frame of all rows, (rows, 160); yield what was heard."""
        yield from self._digits(frame, said)
        yield from self._tones(frame, said)
        yield from self._voices(frame, said)

    def _digits(self, frame: int, said: Samples) -> Iterator[LegMessage]:
        watch = self._watches[Detector.DTMF]
        if not watch.any:
            return
        watch.heard += 1
        for event in self._dtmf.hear(said, watch.active, self.dial_tone):
            # Told as soon as it is certain, so that a prompt stops at once.
            if watch.wants(event.timeslot) and not event.ended:
                yield DigitHeard(
                    leg_id=self._orders[event.timeslot].leg_id,
                    digit=event.digit,
                    at_frame=watch.at_frame(frame, event.frame),
                    duration_ms=event.duration_ms,
                )

    def _tones(self, frame: int, said: Samples) -> Iterator[LegMessage]:
        watch = self._watches[Detector.PROGRESS]
        if not watch.any:
            return
        watch.heard += 1
        for event in self._progress.hear(said, watch.active):
            if not watch.wants(event.timeslot):
                continue
            yield ToneHeard(
                leg_id=self._orders[event.timeslot].leg_id,
                tone=event.tone,
                at_frame=watch.at_frame(frame, event.frame),
                periods=event.periods,
                frequency_hz=event.frequency_hz,
                on_ms=event.on_ms,
                off_ms=event.off_ms,
                ended=event.ended,
            )

    def _voices(self, frame: int, said: Samples) -> Iterator[LegMessage]:
        watch = self._watches[Detector.VOICE]
        if not watch.any:
            return
        watch.heard += 1
        for event in self._voice.hear(said, watch.active):
            if not watch.wants(event.timeslot):
                continue
            yield VoiceHeard(
                leg_id=self._orders[event.timeslot].leg_id,
                at_frame=watch.at_frame(frame, event.frame),
                ended=event.ended,
            )
