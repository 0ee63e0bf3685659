"""What is recorded, frame by frame: left the outside legs, right the office.

The office is its legs and the box itself: what is played to an outside leg (a
prompt, a tone) is on the right, so that a recording tells what the caller was told.

The tick only sums, encodes and hands pieces over; another thread writes them
(recording_files.py).
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.message import LegId
from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, Samples
from firmware.contract.switching import Record, RecordId
from firmware.dsp import g711
from firmware.switch.part import CHANNELS, FRAME_BYTES
from firmware.switch.rooms import Grouping

PIECE_FRAMES: Final = 10
"""200 ms are handed over at a time; with half a second between syncs, under a second is at risk."""
WAITING_PIECES: Final = 50
"""How much a stalled disk may make us keep, per recording: 10 s, 160 kB."""

DESERTED_FRAMES: Final = 1500
"""A recording none of whose legs is known for 30 s ends: nobody is left to stop it."""
FIRST_SLOTS: Final = 16

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


@dataclass(slots=True)
class Recorder:
    """One recording in progress; frames are counted from the first frame of all recordings."""

    order: Record
    sink: Sink
    slot: int
    """Its row of what is kept until a piece is full."""
    began: int
    piece_began: int

    @property
    def legs(self) -> frozenset[LegId]:
        return self.order.outside | self.order.office

    @property
    def longest_end(self) -> int:
        return self.began + -(-self.order.max_s * 1000 // FRAME_MS)


class Recorders:
    """All recordings in progress, encoded together."""

    def __init__(self) -> None:
        self._recorders: dict[RecordId, Recorder] = {}
        self._running: list[Recorder] = []
        self._slots = np.zeros(0, np.intp)
        """Of those running, in order."""
        self._free: list[int] = []
        self._pieces = np.zeros((0, PIECE_FRAMES, FRAME_BYTES), np.uint8)
        self._kept = np.zeros(0, np.intp)
        """By slot: frames since the last piece was handed over."""
        self._grouping = Grouping(np.zeros(0, np.intp), np.zeros(0, np.intp))
        self._deserted: dict[RecordId, int] = {}
        """Who has had no leg since which frame."""
        self._frame = 0
        self._next_end: float = inf
        """When the first of them will have its longest length."""

    def __contains__(self, record_id: RecordId) -> bool:
        return record_id in self._recorders

    def start(self, order: Record, sink: Sink) -> None:
        if not self._free:
            self._grow(max(FIRST_SLOTS, 2 * len(self._kept)))
        recorder = Recorder(order, sink, self._free.pop(), self._frame, self._frame)
        self._recorders[order.record_id] = recorder

    def change(self, order: Record) -> None:
        """Go on in the same file with other legs, paused or not."""
        recorder = self._recorders[order.record_id]
        self._hand_over(recorder)
        recorder.order, recorder.piece_began = order, self._frame

    def stop(self, record_id: RecordId) -> None:
        recorder = self._recorders.pop(record_id, None)
        if recorder is None:
            return
        self._hand_over(recorder)
        self._free.append(recorder.slot)
        self._deserted.pop(record_id, None)
        recorder.sink.frames = self._frame - recorder.began
        recorder.sink.ended = True

    def stop_all(self) -> None:
        for record_id in list(self._recorders):
            self.stop(record_id)

    def seat(self, rows_of: RowsOf, capacity: int) -> None:
        """Find the legs' rows, of `capacity`, anew: legs or orders have changed."""
        self._running = [r for r in self._recorders.values() if not r.order.paused]
        self._slots = np.array([recorder.slot for recorder in self._running], np.intp)
        self._deserted = {
            record_id: self._deserted.get(record_id, self._frame)
            for record_id, recorder in self._recorders.items()
            if not any(True for _ in rows_of(recorder.legs))
        }
        ends = (recorder.longest_end for recorder in self._recorders.values())
        self._next_end = min(ends, default=inf)
        pairs = list(_rows_and_channels(self._running, rows_of, capacity))
        rows, channels = np.array(pairs, np.intp).reshape(-1, 2).T
        self._grouping = Grouping(rows, channels)

    def take(self, said: Samples, played: Samples) -> bool:
        """Record one frame of what all rows say and what is played to them, (rows, 160) each.

        True if a recording has ended.
        """
        self._frame += 1
        if not self._recorders:
            return False
        slots = self._slots
        self._pieces[slots, self._kept[slots]] = self._codes(np.concatenate((said, played)))
        self._kept[slots] += 1
        for number in np.flatnonzero(self._kept[slots] == PIECE_FRAMES).tolist():
            self._hand_over(self._running[number])
        over = self._over()
        for record_id in over:
            self.stop(record_id)
        return bool(over)

    def _over(self) -> list[RecordId]:
        """Return which recordings are long enough, or have been left by all."""
        over = [
            record_id
            for record_id, since in self._deserted.items()
            if self._frame - since >= DESERTED_FRAMES
        ]
        if self._frame >= self._next_end:
            over += [
                record_id
                for record_id, recorder in self._recorders.items()
                if self._frame >= recorder.longest_end and record_id not in over
            ]
        return over

    def _hand_over(self, recorder: Recorder) -> None:
        count, sink = int(self._kept[recorder.slot]), recorder.sink
        first = recorder.piece_began - recorder.began
        self._kept[recorder.slot] = 0
        recorder.piece_began += count
        if not count:
            return
        if len(sink.pieces) < WAITING_PIECES:
            sink.pieces.append((first, self._pieces[recorder.slot, :count].tobytes()))
        else:
            sink.lost_frames += count

    def _grow(self, slots: int) -> None:
        before = len(self._kept)
        self._free += range(slots - 1, before - 1, -1)
        self._pieces = np.pad(self._pieces, ((0, slots - before), (0, 0), (0, 0)))
        self._kept = np.pad(self._kept, (0, slots - before))

    def _codes(self, sounds: Samples) -> NDArray[np.uint8]:
        """Return the frame of every running recording; shape (recordings, FRAME_BYTES)."""
        channels = np.zeros((len(self._running) * CHANNELS, BLOCK_SAMPLES), np.int16)
        channels[self._grouping.groups] = self._grouping.mixed(sounds)
        by_channel = g711.to_alaw(channels).reshape(-1, CHANNELS, BLOCK_SAMPLES)
        return by_channel.transpose(0, 2, 1).reshape(-1, FRAME_BYTES)


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
