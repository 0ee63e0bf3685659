"""Packet-loss concealment: a lost stretch is filled with the voice's last pitch periods.

As ITU-T G.711 Appendix I does it: the pitch of the last 20 ms is found, its last
period repeated, from 10 ms on the last two, from 20 ms on the last three; the
sound fades by 20 % every 10 ms and is silent after 60 ms. Both seams overlap.
The first seam needs sound that was heard already, so all is delayed by 3.75 ms.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.sip.rtp.packet import Bools, Rows
from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE, Samples

SHORTEST_PITCH: Final = 40
LONGEST_PITCH: Final = 120
"""In samples: 200 down to 66 Hz; a higher voice repeats several periods at once."""
STEP: Final = 80
"""10 ms, in which the filling changes."""
FILLED: Final = 6 * STEP
"""So much is filled in at most: 60 ms."""
DELAY: Final = LONGEST_PITCH // 4
"""3.75 ms, the first seam."""
HISTORY: Final = 3
"""Blocks kept: the longest filling repeats three periods of 15 ms."""
_CORRELATED: Final = 160
_OVERLAP_GROWTH: Final = 32
"""4 ms more overlap at the second seam for every further 10 ms lost."""
_FADE: Final = np.minimum(1.0, 1.2 - 0.2 * np.arange(FILLED + STEP) / STEP).clip(0).astype("f4")

Wave = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Taken:
    """One block of every row asked for, out of the jitter buffers."""

    blocks: Samples
    """Shape (n, 160)."""
    torn: Rows
    """Which of them are not whole; shape (m,),"""
    missing: Bools
    """... and where in those nothing came; shape (m, 160)."""


def pitch(history: Wave) -> int:
    """Return the lag, in samples, at which the last 20 ms best repeat what was before them."""
    before = history[-_CORRELATED - LONGEST_PITCH : -SHORTEST_PITCH]
    summed = np.cumsum(before.astype(np.float64) ** 2)
    energy = summed[_CORRELATED - 1 :].copy()
    energy[1:] -= summed[:-_CORRELATED]
    alike = np.correlate(before, history[-_CORRELATED:], "valid")
    likeness = alike / np.sqrt(np.maximum(energy, 1.0))
    return LONGEST_PITCH - int(np.argmax(likeness))


class Filling:
    """What stands in for one lost stretch, made from the sound before it."""

    def __init__(self, history: Wave) -> None:
        period = pitch(history)
        self._overlap = period // 4
        rise = np.arange(1, self._overlap + 1, dtype=np.float32) / (self._overlap + 1)
        seam = history[-self._overlap :] * (1 - rise)
        periods = []
        for count in (1, 2, 3):
            piece = history[-count * period :].copy()
            before = history[-count * period - self._overlap : -count * period]
            piece[-self._overlap :] = seam + before * rise
            periods.append(piece)
        self.tail: Wave = periods[0][-self._overlap :]
        """The end of the heard sound, led over into the filling."""
        self._sound = _strung(periods, period, rise) * _FADE

    def take(self, start: int, end: int) -> Wave:
        """Return samples `start` to `end` of the filling; silence after 60 ms."""
        sound = np.zeros(end - start, np.float32)
        piece = self._sound[start : min(end, FILLED)]
        sound[: len(piece)] = piece
        return sound

    def lead_over(self, filled: int, sound: Wave) -> None:
        """Fade from the filling into the first of the sound that follows, in place."""
        longer = (max(filled, 1) - 1) // STEP * _OVERLAP_GROWTH
        count = min(self._overlap + longer, STEP, len(sound))
        rise = np.arange(1, count + 1, dtype=np.float32) / (count + 1)
        old = np.zeros(count, np.float32)
        piece = self._sound[filled : filled + count]
        old[: len(piece)] = piece
        sound[:count] = sound[:count] * rise + old * (1 - rise)


def _strung(periods: list[Wave], period: int, rise: NDArray[np.floating]) -> Wave:
    """Return the filling before it fades: one period, then two, then three; 60 ms and a seam."""
    at = np.arange(FILLED + STEP)
    sound = periods[0][at % period]
    # Each change of material goes on where the last left off in the period, and overlaps.
    for piece, start in ((periods[1], STEP), (periods[2], 2 * STEP)):
        new = piece[(start % period + at[start:] - start) % len(piece)]
        count = len(rise)
        new[:count] = new[:count] * rise + sound[start : start + count] * (1 - rise)
        sound[start:] = new
    return sound


class Concealment:
    """Of all endpoints: the sound as heard, its gaps filled, 3.75 ms later."""

    def __init__(self, rows: int) -> None:
        self._history = np.zeros((HISTORY + 1, rows, BLOCK_SAMPLES), np.int16)
        self._newest = 0
        self._fillings: dict[int, Filling] = {}
        self._lost = np.zeros(rows, np.int64)
        """Samples lost in a row up to now."""

    def start(self, row: int) -> None:
        self._history[:, row] = 0
        self._lost[row] = FILLED
        self._fillings.pop(row, None)

    def conceal(self, rows: Rows, taken: Taken) -> tuple[Samples, Rows]:
        """Return the blocks as they are to be heard and the rows where something was made up.

        Call once a tick.
        """
        before = self._newest
        self._newest = (before + 1) % len(self._history)
        new, old = self._history[self._newest], self._history[before]
        new[rows] = taken.blocks
        made_up = self._mend(rows, taken, before)
        out = np.empty_like(taken.blocks)
        out[:, :DELAY] = old[rows, -DELAY:]
        out[:, DELAY:] = new[rows, :-DELAY]
        return out, made_up

    def _mend(self, rows: Rows, taken: Taken, before: int) -> Rows:
        """Fill what is missing in the newest blocks; return where something was made up."""
        lost = self._lost[rows]
        due = lost > 0
        if not len(taken.torn) and not due.any():
            return taken.torn
        gone = taken.missing.all(axis=1) & (lost[taken.torn] >= FILLED)
        self._history[self._newest, rows[taken.torn[gone]]] = 0
        due[taken.torn] = ~gone
        missing = np.zeros(taken.blocks.shape, bool)
        missing[taken.torn] = taken.missing
        for at in due.nonzero()[0].tolist():
            self._fill(int(rows[at]), before, taken.blocks[at], missing[at])
        made_up = taken.torn[lost[taken.torn] < FILLED]
        return rows[made_up]

    def _fill(self, row: int, before: int, block: Samples, missing: Bools) -> None:
        """Enter one row's block into the history, its missing stretches filled."""
        order = [(self._newest + step) % len(self._history) for step in range(1, HISTORY + 1)]
        line = np.concatenate([*self._history[order, row], block], dtype=np.float32)
        starts = [0, *((missing[1:] != missing[:-1]).nonzero()[0] + 1).tolist()]
        for start, end in zip(starts, [*starts[1:], BLOCK_SAMPLES], strict=True):
            where = len(line) - BLOCK_SAMPLES + start
            if missing[start]:
                self._fill_stretch(row, line, where, end - start)
            else:
                self._end_stretch(row, line[where : where + end - start])
        heard = np.clip(np.rint(line), -FULL_SCALE, FULL_SCALE).astype(np.int16)
        self._history[before, row] = heard[-2 * BLOCK_SAMPLES : -BLOCK_SAMPLES]
        self._history[self._newest, row] = heard[-BLOCK_SAMPLES:]

    def _fill_stretch(self, row: int, line: Wave, where: int, count: int) -> None:
        lost = int(self._lost[row])
        if lost == 0:
            filling = self._fillings[row] = Filling(line[:where])
            line[where - len(filling.tail) : where] = filling.tail
        held = self._fillings.get(row)
        line[where : where + count] = 0 if held is None else held.take(lost, lost + count)
        self._lost[row] = lost + count

    def _end_stretch(self, row: int, sound: Wave) -> None:
        lost = int(self._lost[row])
        if lost:
            held = self._fillings.pop(row, None)
            if held is not None:
                held.lead_over(lost, sound)
            self._lost[row] = 0
