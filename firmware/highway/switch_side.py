"""The switch's end of a span: one block of every asked timeslot at once, as numpy arrays.

Nothing here loops over timeslots, waits or raises for what a card wrote.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.highway.slips import CALM_READS, FADE, STANDING_BLOCKS, STANDING_READS
from firmware.highway.span import RING_BLOCKS, Span

Indices: TypeAlias = NDArray[np.intp]
"""Timeslot numbers, each at most once; shape (n,)."""
_ONE: Final = np.uint64(1)
_RING: Final = np.uint64(RING_BLOCKS)
_FADE: Final = np.array([*FADE, 0.0], np.float32)


class SwitchSide:
    """Reads `heard` and writes `sent` of one span; counters have shape (timeslots,)."""

    def __init__(self, span: Span) -> None:
        self.span = span
        count = span.timeslots
        self._took = span.heard.read.copy()
        self._wrote = span.sent.written.copy()
        self._unread = span.sent.read.copy()
        self._last = np.zeros((count, BLOCK_SAMPLES), np.int16)
        self._missing = np.full(count, len(FADE))
        self._standing = np.zeros(count, np.intp)
        self._least = np.full(count, _RING)
        self._calm = np.full(count, CALM_READS)
        self._some_stand = False
        """Whether any queue is being watched: most of the time none is."""
        self.dropped = np.zeros(count, np.int64)
        self.repeated = np.zeros(count, np.int64)
        self.overrun = np.zeros(count, np.int64)
        """Blocks the card did not fetch in time."""

    @property
    def slips(self) -> int:
        """Blocks dropped or repeated since the span was mapped, both directions."""
        return int(self.dropped.sum() + self.repeated.sum() + self.overrun.sum())

    def open(self, index: int) -> None:
        """Start a leg: what was heard before now is not of this leg."""
        self._took[index] = self.span.heard.read[index] = self.span.heard.written[index]
        self._unread[index] = self.span.sent.read[index]
        self._missing[index] = len(FADE)
        self._standing[index], self._least[index] = 0, _RING
        self._calm[index] = CALM_READS

    def gather(self, indices: Indices) -> Samples:
        """Return the next block of each timeslot, shape (n, 160); a missing one is concealed."""
        ring = self.span.heard
        took, depth = self._believed_depths(indices)
        place = (took % _RING).astype(np.intp)
        number = took + _ONE
        whole = (depth > 0) & (ring.frames[indices, place] == number)
        blocks = ring.blocks[indices, place]
        whole &= ring.frames[indices, place] == number
        # Torn with another behind it: it will never become whole.
        lost = ~whole & (depth > 1)
        self.dropped[indices] += lost
        took += whole | lost
        self._took[indices] = ring.read[indices] = took
        if whole.all():
            self._last[indices], self._missing[indices] = blocks, 0
            return blocks
        self._conceal(indices, blocks, ~whole)
        self._last[indices[whole]] = blocks[whole]
        self._missing[indices[whole]] = 0
        return blocks

    def scatter(self, indices: Indices, blocks: Samples) -> None:
        """Hand each timeslot its block, shape (n, 160); a full ring drops it and counts."""
        ring = self.span.sent
        wrote, read = self._wrote[indices], ring.read[indices]
        full = wrote - read == _RING
        if full.any():
            # Before the card reads at all nothing is lost.
            self.overrun[indices] += full & (read != self._unread[indices])
            indices, blocks, wrote = indices[~full], blocks[~full], wrote[~full]
        place = (wrote % _RING).astype(np.intp)
        wrote = wrote + _ONE
        ring.frames[indices, place] = 0
        ring.blocks[indices, place] = blocks
        ring.frames[indices, place] = wrote
        self._wrote[indices] = ring.written[indices] = wrote

    def _believed_depths(self, indices: Indices) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Return (blocks taken, blocks waiting) of each timeslot, surplus already dropped."""
        written, took = self.span.heard.written[indices], self._took[indices]
        depth = written - took
        impossible = depth > _RING
        if impossible.any():
            took = np.where(impossible, written, took)
            depth[impossible] = 0
        surplus = self._surplus(indices, depth)
        if surplus is not None:
            self.dropped[indices] += surplus.astype(np.int64)
            took, depth = took + surplus, depth - surplus
        return took, depth

    def _surplus(self, indices: Indices, depth: NDArray[np.uint64]) -> NDArray[np.uint64] | None:
        """Return how many blocks have stood in each queue for a second, or None for nowhere."""
        self._calm[indices] += 1
        long = depth >= STANDING_BLOCKS
        if not (self._some_stand or long.any()):
            return None
        standing = np.where(long, self._standing[indices] + 1, 0)
        least = np.where(long, np.minimum(self._least[indices], depth), _RING)
        due = standing >= STANDING_READS
        surplus = None
        if due.any():
            calm = self._calm[indices] >= CALM_READS
            keep = np.where(calm, _ONE, np.uint64(STANDING_BLOCKS))
            surplus = np.where(due, least - keep, np.uint64(0))
            standing[due], least[due] = 0, _RING
        self._standing[indices], self._least[indices] = standing, least
        self._some_stand = bool(self._standing.any())
        return surplus

    def _conceal(self, indices: Indices, blocks: Samples, missing: NDArray[np.bool_]) -> None:
        """Fill in what is missing: the last block, fading, then silence."""
        late = indices[missing]
        step = self._missing[late]
        blocks[missing] = self._last[late] * _FADE[step][:, None]
        repeated = step < len(FADE)
        self.repeated[late] += repeated
        self._calm[late[repeated]] = 0
        self._missing[late] = np.minimum(step + 1, len(FADE))
