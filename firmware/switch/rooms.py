"""Who hears whom: every leg of a room hears the sum of the others, all rooms at once."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import FULL_SCALE, Samples

NO_ROOM: Final = -1


class Grouping:
    """Sums of blocks by group, fast for one fixed set of (row, group) pairs."""

    def __init__(self, rows: NDArray[np.intp], groups: NDArray[np.intp]) -> None:
        order = np.argsort(groups, kind="stable")
        rows, ordered = rows[order], groups[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        self.groups = ordered[starts]
        """The groups that have a row, ascending; shape (g,)."""
        sizes = np.diff(starts, append=len(rows))
        self._first = rows[starts]
        self._others = [
            (group, rows[starts[group] + nth])
            for nth in range(1, sizes.max(initial=1))
            for group in [np.flatnonzero(sizes > nth)]
        ]
        """(groups, their second rows), (groups, their third rows) and so on: most have but one."""
        self._shared = np.flatnonzero(sizes > 1)

    def sums(self, blocks: Samples) -> NDArray[np.int32]:
        """Return the sum of each group's rows of `blocks`; shape (g, 160), not clipped."""
        sums = blocks[self._first].astype(np.int32)
        for groups, rows in self._others:
            sums[groups] += blocks[rows]
        return sums

    def mixed(self, blocks: Samples) -> Samples:
        """Return the same as samples; what is too loud saturates."""
        mixed = blocks[self._first]
        if len(self._shared):
            mixed[self._shared] = clipped(self.sums(blocks)[self._shared])
        return mixed


def clipped(sums: NDArray[np.int32]) -> Samples:
    """Return `sums` as samples; what is too loud saturates."""
    return np.clip(sums, -FULL_SCALE, FULL_SCALE).astype(np.int16)


class Rooms:
    """The mixer for one seating; a new one is made when a leg moves.

    room_of: shape (rows,), the room's number or NO_ROOM.
    echoing: rows that hear themselves, too.
    """

    def __init__(self, room_of: NDArray[np.intp], echoing: Sequence[int] = ()) -> None:
        self._echoing = list(echoing)
        self._seated = np.flatnonzero(room_of != NO_ROOM)
        rooms = room_of[self._seated]
        self._grouping = Grouping(self._seated, rooms)
        self._sum_of = np.searchsorted(self._grouping.groups, rooms)

    def mix(self, said: Samples, heard: Samples) -> None:
        """Set each seated row of `heard` to its room's sum minus its own voice; (rows, 160)."""
        if len(self._seated):
            sums = self._grouping.sums(said)
            heard[self._seated] = clipped(sums[self._sum_of] - said[self._seated])
            if self._echoing:
                heard[self._echoing] = said[self._echoing]


def amplified(blocks: Samples, gain: NDArray[np.float32]) -> Samples:
    """Return each row of `blocks` times its `gain`, saturated; `blocks` itself if all are 1."""
    changed = np.flatnonzero(gain != 1)
    if not len(changed):
        return blocks
    louder = blocks[changed] * gain[changed, None]
    blocks = blocks.copy()
    blocks[changed] = np.clip(louder, -FULL_SCALE, FULL_SCALE).astype(np.int16)
    return blocks
