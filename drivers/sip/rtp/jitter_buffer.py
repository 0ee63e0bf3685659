"""The adaptive jitter buffers of all endpoints: packets in as they come, 20 ms out every tick.

Sound lies in a ring by its RTP timestamp, so order, doubles and packet lengths do
not matter. A packet that comes while its place is being concealed is still
played: the delay grows by just so much. It shrinks, a pitch period at a time,
once every packet of some seconds came earlier than needed; what a clock's drift
makes is taken back the same way. The delay never passes MAX_DELAY.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.sip.rtp.concealment import pitch
from drivers.sip.rtp.packet import Bools, Ints, Words
from firmware.contract.pcm import BLOCK_SAMPLES, Samples

RING: Final = 8192
"""Samples, a power of two: one second and a bit."""
MAX_DELAY: Final = 2400
"""300 ms: what waits beyond this is dropped, the oldest first."""
MISSING: Final = -32_768
"""No G.711 code decodes to this."""
FAR_PACKETS: Final = 2
"""So many in a row from quite another time (RFC 3550, A.1) are a new stream,"""
LATE_PACKETS: Final = 10
"""... and so many when they are only late."""
SECOND: Final = 50
"""Ticks."""
WATCHED_SECONDS: Final = 3
UNEASY_TICKS: Final = 60 * SECOND
"""For so long after a late packet one spare block is kept."""
SHRINK_TICKS: Final = 5
"""Least distance of two shortenings of one stream."""
_BIN: Final = 80
_BINS: Final = MAX_DELAY // _BIN + 1

Rows = NDArray[np.intp]


class JitterBuffer:
    """Arrays over endpoints; times in samples, positions are timestamps without wrap."""

    def __init__(self, rows: int) -> None:
        self._ring = np.zeros((rows, RING), np.int16)
        self._flat = self._ring.reshape(-1)
        self._position = np.zeros(rows, np.int64)
        """The sample played next."""
        self._end = np.zeros(rows, np.int64)
        """Behind the newest sample that ever came."""
        self._gap = np.zeros(rows, np.int64)
        """How many samples right before the position never came in time."""
        self._started = np.zeros(rows, bool)
        self._least = np.full((WATCHED_SECONDS + 1, rows), RING, np.int64)
        """How early the latest packet came, by second."""
        self._uneasy_until = np.zeros(rows, np.int64)
        self._shrink_after = np.zeros(rows, np.int64)
        self._odd_next = np.zeros(rows, np.int64)
        self._odd = np.zeros(rows, np.int64)
        self._early = np.zeros((rows, _BINS), np.int64)
        self._tick = 0
        self.late = np.zeros(rows, np.int64)
        """Packets that came too late to be played."""
        self.shortened = np.zeros(rows, np.int64)
        """How often the delay was taken back."""

    def start(self, row: int) -> None:
        """Forget everything: a new call."""
        self.resync(row)
        self._early[row] = 0
        self.late[row] = self.shortened[row] = 0

    def resync(self, row: int) -> None:
        """Forget the stream: the next packet sets the time."""
        self._ring[row] = MISSING
        self._started[row] = False
        self._gap[row] = self._odd[row] = 0
        self._least[:, row] = RING
        self._uneasy_until[row] = self._shrink_after[row] = 0

    def place(self, rows: Rows, timestamps: Words, sound: Samples) -> None:
        """Take one packet for each of `rows` (no row twice); sound: shape (n, samples)."""
        position = self._position[rows]
        ahead = (timestamps - position.astype(np.uint32)).view(np.int32).astype(np.int64)
        length = sound.shape[1]
        fits = self._started[rows] & (ahead >= 0) & (ahead + length <= MAX_DELAY)
        if not fits.all():
            for at in np.flatnonzero(~fits).tolist():
                self._place_odd(int(rows[at]), int(timestamps[at]), int(ahead[at]), sound[at])
            rows, position, ahead, sound = rows[fits], position[fits], ahead[fits], sound[fits]
        self._write(rows, position + ahead, ahead, sound)

    def take(self, rows: Rows) -> tuple[Samples, Bools]:
        """Return the next block of each row, shape (n, 160), and where in it nothing came."""
        position = self._position[rows]
        blocks, missing = self._cut(rows, position)
        self._position[rows] = position + BLOCK_SAMPLES
        holes = np.asarray(missing.any(axis=1))
        gap = np.zeros(len(rows), np.int64)
        if holes.any():
            present = ~missing[:, ::-1]
            trailing = np.where(present.any(axis=1), present.argmax(axis=1), BLOCK_SAMPLES)
            gap = np.where(trailing == BLOCK_SAMPLES, self._gap[rows] + trailing, trailing)
        self._gap[rows] = gap
        self._tick += 1
        if self._tick % SECOND == 0:
            self._least = np.roll(self._least, 1, axis=0)
            self._least[0] = RING
        if self._tick % SHRINK_TICKS == 0:
            self._shrink(rows, blocks, holes)
        return blocks, missing

    def positions(self, rows: Rows) -> Ints:
        """Return where each row's next block begins."""
        return self._position[rows]

    def place_of(self, row: int, timestamp: int) -> int:
        """Return where a timestamp lies among the positions."""
        position = int(self._position[row])
        return position + ((timestamp - position + 0x80000000) & 0xFFFFFFFF) - 0x80000000

    def delay_ms(self, row: int) -> float:
        """Return the median time for which packets waited, in steps of 10 ms."""
        counted = np.cumsum(self._early[row])
        if not counted[-1]:
            return 0.0
        return float(np.searchsorted(counted, counted[-1] / 2) * 10)

    def depth(self, row: int) -> int:
        """Return how many samples wait behind the position now, holes included."""
        return max(0, int(self._end[row] - self._position[row])) if self._started[row] else 0

    # ---- inside

    def _cut(self, rows: Rows, position: Ints) -> tuple[Samples, Bools]:
        """Take 160 samples out of the rings and leave them empty."""
        at = (position[:, None] + np.arange(BLOCK_SAMPLES)) & (RING - 1)
        at += rows[:, None] * RING
        blocks = self._flat[at]
        self._flat[at] = MISSING
        return blocks, blocks == MISSING

    def _write(self, rows: Rows, start: Ints, ahead: Ints, sound: Samples) -> None:
        at = (start[:, None] + np.arange(sound.shape[1])) & (RING - 1)
        at += rows[:, None] * RING
        self._flat[at] = sound
        self._end[rows] = np.maximum(self._end[rows], start + sound.shape[1])
        self._least[0, rows] = np.minimum(self._least[0, rows], ahead)
        self._early[rows, np.minimum(ahead // _BIN, _BINS - 1)] += 1
        self._odd[rows] = 0

    def _write_one(self, row: int, start: int, sound: Samples) -> None:
        ahead = np.array([max(0, start - int(self._position[row]))])
        self._write(np.array([row]), np.array([start]), ahead, sound[None, :])

    def _place_odd(self, row: int, timestamp: int, ahead: int, sound: Samples) -> None:
        """Place a packet that is the first, late, or far ahead."""
        start = int(self._position[row]) + ahead
        if not self._started[row]:
            self._begin(row, timestamp, sound)
        elif -self._gap[row] <= ahead < 0 and self._end[row] - start <= MAX_DELAY:
            self._position[row] = start
            self._gap[row] += ahead
            self._uneasy_until[row] = self._tick + UNEASY_TICKS
            self._least[:, row] -= ahead
            self._write_one(row, start, sound)
        elif 0 <= ahead < RING - MAX_DELAY:
            self._drop_oldest(row, start + len(sound) - MAX_DELAY)
            self._write_one(row, start, sound)
        else:
            self._doubt(row, timestamp, ahead, sound)

    def _begin(self, row: int, timestamp: int, sound: Samples) -> None:
        self._started[row] = True
        self._position[row] = self._end[row] = timestamp
        self._write_one(row, timestamp, sound)

    def _drop_oldest(self, row: int, position: int) -> None:
        """Go on playing at `position`, at most RING ahead; what lies before it is lost."""
        dropped = np.arange(int(self._position[row]), position) & (RING - 1)
        self._ring[row, dropped] = MISSING
        self._position[row] = position
        self._gap[row] = 0

    def _doubt(self, row: int, timestamp: int, ahead: int, sound: Samples) -> None:
        """Drop a packet from another time, unless enough of them make a stream."""
        follows = self._odd[row] and timestamp == self._odd_next[row]
        self._odd[row] = self._odd[row] + 1 if follows else 1
        self._odd_next[row] = timestamp + len(sound) & 0xFFFFFFFF
        late = -RING < ahead < 0
        self.late[row] += late
        if self._odd[row] >= (LATE_PACKETS if late else FAR_PACKETS):
            self.resync(row)
            self._begin(row, timestamp, sound)

    # ---- taking delay back

    def _shrink(self, rows: Rows, blocks: Samples, holes: Bools) -> None:
        """Shorten by a pitch period where all packets of some seconds came too early."""
        keep = np.where(self._tick < self._uneasy_until[rows], BLOCK_SAMPLES, 0)
        least = self._least[:, rows].min(axis=0)
        long = (least - keep >= BLOCK_SAMPLES) & (least < RING) & ~holes
        for at in np.flatnonzero(long & (self._shrink_after[rows] <= self._tick)).tolist():
            self._shorten(int(rows[at]), blocks[at])

    def _shorten(self, row: int, block: Samples) -> None:
        """Cut one pitch period out of `block` and what follows it, with a cross-fade."""
        ahead = np.arange(self._position[row], self._position[row] + 2 * BLOCK_SAMPLES)
        coming = self._ring[row, ahead & (RING - 1)]
        if (coming[:BLOCK_SAMPLES] == MISSING).any():
            return
        line = np.concatenate([block, coming[:BLOCK_SAMPLES]], dtype=np.float32)
        period = pitch(line)
        rise = np.linspace(0, 1, BLOCK_SAMPLES, dtype=np.float32)
        block[:] = line[:BLOCK_SAMPLES] * (1 - rise) + line[period : period + BLOCK_SAMPLES] * rise
        self._drop_oldest(row, int(self._position[row]) + period)
        self._least[:, row] -= period
        self.shortened[row] += 1
