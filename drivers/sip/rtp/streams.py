"""Which stream (SSRC) each endpoint believes, and for how long it has heard nothing of it."""

from typing import Final

import numpy as np

from drivers.sip.rtp.packet import Bools, Rows, Words

SILENT_TICKS: Final = 500
"""10 s."""
OLD_STREAM_TICKS: Final = 25
"""For so long a stream that was replaced by another is not believed again."""
NONE: Final = -1


class Streams:
    """Arrays over endpoints; ticks are handed in."""

    def __init__(self, rows: int) -> None:
        self.ssrc = np.full(rows, NONE, np.int64)
        self._old = np.full(rows, NONE, np.int64)
        self._old_until = np.zeros(rows, np.int64)

    def start(self, row: int) -> None:
        """Forget everything: a new call."""
        self.ssrc[row] = self._old[row] = NONE

    def sort(self, rows: Rows, ssrcs: Words, candidates: Bools, tick: int) -> tuple[Bools, Rows]:
        """Return which packets belong to their row's stream, and the rows that changed streams.

        Only `candidates` may begin a new one.
        """
        mine: Bools = ssrcs == self.ssrc[rows]
        changed = []
        for at in (candidates & ~mine).nonzero()[0].tolist():
            row, ssrc = int(rows[at]), int(ssrcs[at])
            if ssrc == self._old[row] and tick < self._old_until[row]:
                continue
            mine[at] = True
            if self.ssrc[row] != NONE:
                changed.append(row)
                self._old_until[row] = tick + OLD_STREAM_TICKS
            self._old[row], self.ssrc[row] = self.ssrc[row], ssrc
        return mine, np.array(changed, np.intp)


class Silence:
    """When each endpoint was heard last, and who has been told of it."""

    def __init__(self, rows: int) -> None:
        self.last_heard = np.zeros(rows, np.int64)
        self.told = np.zeros(rows, bool)

    def start(self, row: int, tick: int) -> None:
        """Wait for sound from now on."""
        self.last_heard[row], self.told[row] = tick, False

    def begun(self, rows: Rows, tick: int) -> Rows:
        """Return those of `rows` that have just been silent for too long, each once."""
        quiet = ~self.told[rows] & (tick - self.last_heard[rows] >= SILENT_TICKS)
        self.told[rows[quiet]] = True
        return rows[quiet]

    def ended(self, rows: Rows, tick: int) -> Rows:
        """Note that `rows` are heard; return those of whom silence had been told."""
        self.last_heard[rows] = tick
        back = rows[self.told[rows]]
        self.told[back] = False
        return back
