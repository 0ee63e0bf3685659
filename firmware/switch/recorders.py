"""What is recorded, frame by frame: left the outside legs, right the office.

The office is its legs and the box itself: what is played to an outside leg (a
prompt, a tone) is on the right, so that a recording tells what the caller was told.

The tick only sums, encodes and hands pieces over; another thread writes them
(recording_files.py).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.message import LegId
from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, Samples
from firmware.contract.switching import Record, RecordId
from firmware.dsp import g711
from firmware.switch.part import CHANNELS
from firmware.switch.rooms import Grouping, clipped

PIECE_FRAMES: Final = 10
"""200 ms are handed over at a time; with half a second between syncs, under a second is at risk."""
WAITING_PIECES: Final = 50
"""How much a stalled disk may make us keep, per recording: 10 s, 160 kB."""

DESERTED_FRAMES: Final = 1500
"""A recording none of whose legs is known for 30 s ends: nobody is left to stop it."""

RowsOf = Callable[[frozenset[LegId]], Iterable[int]]


@dataclass(slots=True)
class Sink:
    """Pieces between the tick and the disk: (first frame, A-law) in order."""

    pieces: deque[tuple[int, bytes]] = field(default_factory=deque)
    lost_frames: int = 0
    frames: int = 0
    """Length of the recording when it ended."""
    ended: bool = False
    """Set last, after `frames` and the last piece."""


class Recorder:
    """One recording in progress."""

    def __init__(self, order: Record, sink: Sink) -> None:
        self.order = order
        self.sink = sink
        self._frame = 0
        self._deserted_frames = 0
        self._kept: list[bytes] = []

    @property
    def over(self) -> bool:
        too_long = self._frame * FRAME_MS >= self.order.max_s * 1000
        return too_long or self._deserted_frames >= DESERTED_FRAMES

    @property
    def legs(self) -> frozenset[LegId]:
        return self.order.outside | self.order.office

    def count_deserted(self, *, deserted: bool) -> None:
        self._deserted_frames = self._deserted_frames + 1 if deserted else 0

    def skip(self) -> None:
        """Let a frame pass unrecorded (paused)."""
        self._hand_over()
        self._frame += 1

    def keep(self, codes: bytes) -> None:
        self._kept.append(codes)
        self._frame += 1
        if len(self._kept) == PIECE_FRAMES:
            self._hand_over()

    def end(self) -> None:
        self._hand_over()
        self.sink.frames = self._frame
        self.sink.ended = True

    def _hand_over(self) -> None:
        if not self._kept:
            return
        count = len(self._kept)
        if len(self.sink.pieces) < WAITING_PIECES:
            self.sink.pieces.append((self._frame - count, b"".join(self._kept)))
        else:
            self.sink.lost_frames += count
        self._kept = []


class Recorders:
    """All recordings in progress, encoded together."""

    def __init__(self) -> None:
        self._recorders: dict[RecordId, Recorder] = {}
        self._running: list[Recorder] = []
        self._grouping = Grouping(np.zeros(0, np.intp), np.zeros(0, np.intp))
        self._deserted: set[RecordId] = set()

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._recorders

    def start(self, order: Record, sink: Sink) -> None:
        self._recorders[order.record_id] = Recorder(order, sink)

    def change(self, order: Record) -> None:
        """Go on in the same file with other legs, paused or not."""
        self._recorders[order.record_id].order = order

    def stop(self, record_id: RecordId) -> None:
        if (recorder := self._recorders.pop(record_id, None)) is not None:
            recorder.end()

    def seat(self, rows_of: RowsOf, capacity: int) -> None:
        """Find the legs' rows, of `capacity`, anew: legs or orders have changed."""
        self._running = [r for r in self._recorders.values() if not r.order.paused]
        self._deserted = {
            record_id
            for record_id, recorder in self._recorders.items()
            if not any(True for _ in rows_of(recorder.legs))
        }
        pairs = list(_rows_and_channels(self._running, rows_of, capacity))
        rows, channels = np.array(pairs, np.intp).reshape(-1, 2).T
        self._grouping = Grouping(rows, channels)

    def take(self, said: Samples, played: Samples) -> bool:
        """Record one frame of what all rows say and what is played to them, (rows, 160) each.

        True if a recording has ended.
        """
        if not self._recorders:
            return False
        sounds = np.concatenate((said, played))
        for recorder, codes in zip(self._running, self._codes(sounds), strict=True):
            recorder.keep(codes.tobytes())
        ended = False
        for record_id, recorder in list(self._recorders.items()):
            recorder.count_deserted(deserted=record_id in self._deserted)
            if recorder.order.paused:
                recorder.skip()
            if recorder.over:
                self.stop(record_id)
                ended = True
        return ended

    def stop_all(self) -> None:
        for record_id in list(self._recorders):
            self.stop(record_id)

    def _codes(self, sounds: Samples) -> NDArray[np.uint8]:
        """Return the frame of every running recording; shape (recordings, 160, 2)."""
        channels = np.zeros((len(self._running) * CHANNELS, BLOCK_SAMPLES), np.int16)
        channels[self._grouping.groups] = clipped(self._grouping.sums(sounds))
        return g711.to_alaw(channels).reshape(-1, CHANNELS, BLOCK_SAMPLES).transpose(0, 2, 1)


def _rows_and_channels(
    recorders: list[Recorder], rows_of: RowsOf, capacity: int
) -> Iterator[tuple[int, int]]:
    """Yield (row, channel); rows from `capacity` on are what is played to row - capacity."""
    for number, recorder in enumerate(recorders):
        left, right = number * CHANNELS, number * CHANNELS + 1
        for row in rows_of(recorder.order.outside):
            yield row, left
            yield row + capacity, right
        for row in rows_of(recorder.order.office):
            yield row, right
