"""The adaptive jitter buffers of all endpoints: packets in as they come, 20 ms out every tick.

Sound lies in a ring by its RTP timestamp, so order, doubles and packet lengths do
not matter. A packet that comes while its place is being concealed is still
played: the delay grows by just so much. It shrinks, a pitch period at a time,
once every packet of some seconds came earlier than needed; what a clock's drift
makes is taken back the same way. The delay never passes MAX_DELAY.
"""

from typing import Final

import numpy as np

from drivers.sip.rtp.concealment import Taken, pitch
from drivers.sip.rtp.packet import MAX_SOUND_BYTES, Bools, Ints, Rows, Words
from firmware.contract.pcm import BLOCK_SAMPLES, Samples

RING: Final = 50 * BLOCK_SAMPLES
"""Samples: one second. Streams begin on a block's edge, so that most blocks lie in one piece."""
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
WATCHED_SECONDS: Final = 2
UNEASY_TICKS: Final = 60 * SECOND
"""For so long after a late packet one spare block is kept."""
SHRINK_TICKS: Final = 3
"""How often the delay is looked at: at most a pitch period in 60 ms is taken back."""
SAMPLED_TICKS: Final = 5
"""How often the delay is noted for the figures."""
_BIN: Final = 80
_BINS: Final = MAX_DELAY // _BIN + 1


def _trailing(missing: Bools, before: Ints) -> Ints:
    """Return how many samples have been missing up to the end of each torn block."""
    present = ~missing[:, ::-1]
    trailing = np.where(present.any(axis=1), present.argmax(axis=1), BLOCK_SAMPLES)
    return np.where(trailing == BLOCK_SAMPLES, before + trailing, trailing)


class JitterBuffer:
    """Arrays over endpoints; positions count samples through a call, whatever its streams."""

    def __init__(self, rows: int) -> None:
        self._flat = np.zeros(rows * RING + MAX_SOUND_BYTES, np.int16)
        self._ring = self._flat[: rows * RING].reshape(rows, RING)
        self._views: dict[int, Samples] = {}
        self._origin = np.zeros(rows, np.uint32)
        """The timestamp of position 0."""
        self._position = np.zeros(rows, np.int64)
        """The sample played next."""
        self._gap = np.zeros(rows, np.int64)
        """How many samples right before the position never came in time."""
        self._room = np.zeros(rows, np.int64)
        """MAX_DELAY once a stream has begun, till then 0."""
        self._least = np.full((WATCHED_SECONDS + 1, rows), RING, np.int64)
        """How early the latest packet came, by second."""
        self._uneasy_until = np.zeros(rows, np.int64)
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
        self._position[row] = RING
        self._early[row] = 0
        self.late[row] = self.shortened[row] = 0

    def resync(self, row: int) -> None:
        """Forget the stream: the next packet sets the time."""
        self._ring[row] = MISSING
        self._room[row] = 0
        self._gap[row] = self._odd[row] = 0
        self._least[:, row] = RING
        self._uneasy_until[row] = 0

    def place(self, rows: Rows, timestamps: Words, sound: Samples) -> None:
        """Take one packet for each of `rows` (no row twice); sound: shape (n, samples)."""
        position = self._position[rows]
        due = self._origin[rows] + position.astype(np.uint32)
        ahead = (timestamps - due).view(np.int32).astype(np.int64)
        length = sound.shape[1]
        fits = (ahead >= 0) & (ahead <= self._room[rows] - length)
        if not fits.all():
            for at in (~fits).nonzero()[0].tolist():
                self._place_odd(int(rows[at]), int(timestamps[at]), int(ahead[at]), sound[at])
            rows, position, ahead, sound = rows[fits], position[fits], ahead[fits], sound[fits]
        self._write(rows, position + ahead, ahead, sound)

    def take(self, rows: Rows) -> Taken:
        """Return the next block of each row."""
        position = self._position[rows]
        blocks = self._cut(rows, position)
        self._position[rows] = position + BLOCK_SAMPLES
        torn = (blocks.min(axis=1) == MISSING).nonzero()[0]
        missing = blocks[torn] == MISSING
        before, self._gap[rows] = self._gap[rows[torn]], 0
        if len(torn):
            self._gap[rows[torn]] = _trailing(missing, before)
        self._tick += 1
        if self._tick % SECOND == 0:
            self._least = np.roll(self._least, 1, axis=0)
            self._least[0] = RING
        if self._tick % SHRINK_TICKS == 0:
            self._shrink(rows, blocks, torn)
        return Taken(blocks, torn, missing)

    def positions(self, rows: Rows) -> Ints:
        """Return where each row's next block begins."""
        return self._position[rows]

    def place_of(self, row: int, timestamp: int) -> int:
        """Return where a timestamp lies among the positions."""
        position, origin = int(self._position[row]), int(self._origin[row])
        ahead = (timestamp - origin - position + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return position + ahead

    def delay_ms(self, row: int) -> float:
        """Return the median time for which packets waited, in steps of 10 ms."""
        counted = np.cumsum(self._early[row])
        if not counted[-1]:
            return 0.0
        return float(np.searchsorted(counted, counted[-1] / 2) * 10)

    def depth(self, row: int) -> int:
        """Return how many samples wait behind the position now, holes included."""
        coming = (self._position[row] + np.arange(RING)) % RING
        present = (self._ring[row, coming] != MISSING).nonzero()[0]
        return int(present[-1]) + 1 if len(present) else 0

    # ---- inside

    def _cut(self, rows: Rows, position: Ints) -> Samples:
        """Take 160 samples out of the rings and leave them empty."""
        place = position % RING
        windows, at = self._windows(BLOCK_SAMPLES), rows * RING + place
        blocks: Samples = windows[at]
        split = place > RING - BLOCK_SAMPLES
        if split.any():  # a shortened stream, its block in two pieces
            pieces = self._pieces(rows[split], place[split], BLOCK_SAMPLES)
            blocks[split] = self._flat[pieces]
            self._flat[pieces] = MISSING
            at = at[~split]
        windows[at] = MISSING
        return blocks

    def _write(self, rows: Rows, start: Ints, ahead: Ints, sound: Samples) -> None:
        place, length = start % RING, sound.shape[1]
        split = place > RING - length
        if split.any():
            self._flat[self._pieces(rows[split], place[split], length)] = sound[split]
            whole = ~split
            self._windows(length)[rows[whole] * RING + place[whole]] = sound[whole]
        else:
            self._windows(length)[rows * RING + place] = sound
        self._least[0, rows] = np.minimum(self._least[0, rows], ahead)
        self._odd[rows] = 0
        if self._tick % SAMPLED_TICKS == 0:
            self._early[rows, np.minimum(ahead // _BIN, _BINS - 1)] += 1

    def _windows(self, length: int) -> Samples:
        """Return every stretch of so many samples, by where it begins."""
        view = self._views.get(length)
        if view is None:
            view = np.lib.stride_tricks.sliding_window_view(self._flat, length, writeable=True)
            self._views[length] = view
        return view

    def _pieces(self, rows: Rows, place: Ints, length: int) -> Ints:
        """Return where the samples of stretches lie that go over the ring's end."""
        within = (place[:, None] + np.arange(length)) % RING
        return rows[:, None] * RING + within

    def _write_one(self, row: int, start: int, sound: Samples) -> None:
        ahead = np.array([max(0, start - int(self._position[row]))])
        self._write(np.array([row]), np.array([start]), ahead, sound[None, :])

    def _place_odd(self, row: int, timestamp: int, ahead: int, sound: Samples) -> None:
        """Place a packet that is the first, late, or far ahead."""
        start = int(self._position[row]) + ahead
        if not self._room[row]:
            self._begin(row, timestamp, sound)
        elif -self._gap[row] <= ahead < 0 and self.depth(row) - ahead <= MAX_DELAY:
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
        """Let the stream begin with this packet, on a block's edge."""
        start = -(-int(self._position[row]) // BLOCK_SAMPLES) * BLOCK_SAMPLES
        self._room[row] = MAX_DELAY
        self._origin[row] = timestamp - start & 0xFFFFFFFF
        self._position[row] = start
        self._write_one(row, start, sound)

    def _drop_oldest(self, row: int, position: int) -> None:
        """Go on playing at `position`, at most RING ahead; what lies before it is lost."""
        dropped = np.arange(int(self._position[row]), position) % RING
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

    def _shrink(self, rows: Rows, blocks: Samples, torn: Rows) -> None:
        """Shorten by a pitch period where all packets of some seconds came too early."""
        keep = np.where(self._tick < self._uneasy_until[rows], BLOCK_SAMPLES, 0)
        least = self._least[:, rows].min(axis=0)
        long = (least - keep >= BLOCK_SAMPLES) & (least < RING)
        long[torn] = False
        for at in long.nonzero()[0].tolist():
            self._shorten(int(rows[at]), blocks[at])

    def _shorten(self, row: int, block: Samples) -> None:
        """Cut one pitch period out of `block` and what follows it, with a cross-fade."""
        ahead = np.arange(self._position[row], self._position[row] + 2 * BLOCK_SAMPLES)
        coming = self._ring[row, ahead % RING]
        if (coming[:BLOCK_SAMPLES] == MISSING).any():
            return
        line = np.concatenate([block, coming[:BLOCK_SAMPLES]], dtype=np.float32)
        period = pitch(line)
        rise = np.linspace(0, 1, BLOCK_SAMPLES, dtype=np.float32)
        block[:] = line[:BLOCK_SAMPLES] * (1 - rise) + line[period : period + BLOCK_SAMPLES] * rise
        self._drop_oldest(row, int(self._position[row]) + period)
        self._least[:, row] -= period
        self.shortened[row] += 1
