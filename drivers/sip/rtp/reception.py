"""What RFC 3550 counts of the packets that come: loss, doubles, jitter (A.1, A.3, A.8)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.sip.rtp.packet import Bools, Ints, Rows, Words

MAX_DROPOUT: Final = 3000
MAX_MISORDER: Final = 100
ONE_SECOND: Final = 8000
"""A change of transit beyond it is no jitter: a new stream, or a clock that was set."""
_REMEMBERED: Final = 63
_ONE: Final = np.uint64(1)


@dataclass(frozen=True, slots=True)
class Loss:
    """Since the stream began, or since the last look."""

    expected: int
    lost: int

    @property
    def percent(self) -> float:
        return 100 * self.lost / self.expected if self.expected else 0.0


class Reception:
    """Arrays over endpoints; a double counts neither as received nor as loss."""

    def __init__(self, rows: int) -> None:
        self._first = np.zeros(rows, np.int64)
        self._highest = np.full(rows, -1, np.int64)
        """The newest sequence number, cycles counted in; -1 before the first packet."""
        self._seen = np.zeros(rows, np.uint64)
        """Bit n: number highest - n has come."""
        self._expected_before = np.zeros(rows, np.int64)
        """Of streams this call had before the present one."""
        self.received = np.zeros(rows, np.int64)
        self.doubles = np.zeros(rows, np.int64)
        self._transit = np.zeros(rows, np.uint32)
        self._jitter = np.zeros(rows)
        self._reported = np.zeros((2, rows), np.int64)

    def start(self, row: int) -> None:
        """Forget everything: a new call."""
        self._highest[row] = -1
        for count in (self._expected_before, self.received, self.doubles, self._jitter):
            count[row] = 0
        self._reported[:, row] = 0

    def resync(self, row: int) -> None:
        """A new stream in the same call: what was lost of the old one stays lost."""
        self._expected_before[row] = self._expected(row)
        self._highest[row] = -1

    def count(self, rows: Rows, sequence: Ints) -> Bools:
        """Count one packet of each row (no row twice); return which are no doubles."""
        highest = self._highest[rows]
        step = ((sequence - highest + 0x8000) & 0xFFFF) - 0x8000
        new = np.ones(len(rows), bool)
        odd = ((step != 1) | (highest < 0)).nonzero()[0]
        for at in odd.tolist():
            new[at] = self._count_one(int(rows[at]), int(sequence[at]), int(step[at]))
        self.count_next(rows[(step == 1) & (highest >= 0)])
        return new

    def are_next(self, rows: Rows, sequence: Words) -> Bools:
        """Return which packets are exactly the next of their row's stream, which has begun.

        Only the lower 16 bits of `sequence` count.
        """
        next_ones: Bools = (sequence - self._highest[rows]) & 0xFFFF == 1
        return next_ones

    def count_next(self, rows: Rows) -> None:
        """Count the next packet of each row."""
        self._highest[rows] += 1
        self._seen[rows] = self._seen[rows] << _ONE | _ONE
        self.received[rows] += 1

    def time(self, rows: Rows, timestamps: Words, arrival: Ints) -> None:
        """Take the timing of sound packets; arrival in samples, of any clock."""
        transit = arrival.astype(np.uint32) - timestamps
        change = np.abs((transit - self._transit[rows]).view(np.int32))
        jitter = self._jitter[rows]
        self._jitter[rows] = jitter + (change < ONE_SECOND) * (change - jitter) / 16
        self._transit[rows] = transit

    def loss(self, row: int) -> Loss:
        """Return what was lost of the whole call."""
        expected = self._expected(row)
        return Loss(expected, max(0, expected - int(self.received[row])))

    def loss_since_last(self, row: int) -> Loss:
        """Return what was lost since this was asked the last time."""
        expected, received = self._expected(row), int(self.received[row])
        before, got_before = self._reported[:, row].tolist()
        self._reported[:, row] = expected, received
        return Loss(expected - before, max(0, expected - before - (received - got_before)))

    def highest(self, row: int) -> int:
        """Return the newest sequence number with its cycles, as RTCP tells it."""
        return max(0, int(self._highest[row])) & 0xFFFFFFFF

    def jitter(self, row: int) -> float:
        """Return the interarrival jitter in samples."""
        return float(self._jitter[row])

    def _expected(self, row: int) -> int:
        highest = int(self._highest[row])
        now = highest - int(self._first[row]) + 1 if highest >= 0 else 0
        return int(self._expected_before[row]) + now

    def _count_one(self, row: int, sequence: int, step: int) -> bool:
        if self._highest[row] >= 0 and not -MAX_MISORDER < step < MAX_DROPOUT:
            self.resync(row)
        if self._highest[row] < 0:
            self._first[row] = self._highest[row] = sequence
            self._seen[row] = 1
        elif step > 0:
            self._highest[row] += step
            kept = int(self._seen[row]) << step if step <= _REMEMBERED else 0
            self._seen[row] = (kept | 1) & 0xFFFFFFFFFFFFFFFF
        elif -step <= _REMEMBERED and int(self._seen[row]) >> -step & 1:
            self.doubles[row] += 1
            return False
        else:
            bit = 1 << -step if -step <= _REMEMBERED else 0
            self._seen[row] = int(self._seen[row]) | bit
            self._first[row] = min(self._first[row], self._highest[row] + step)
        self.received[row] += 1
        return True
