"""What is being played: one block of every playing row at once, from sound laid out ahead.

A feed is asked for the next half second when its row has used up the last one,
so that a frame costs the same Python however many legs hear something.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from firmware.contract.message import LegId
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.contract.switching import PlayId
from firmware.switch.feed import Feed

AHEAD_BLOCKS: Final = 25


@dataclass(slots=True)
class Playing:
    leg_id: LegId
    row: int
    play_id: PlayId
    feed: Feed
    laid_out_samples: int = 0
    """How much sound the row was given last."""


class Players:
    """At most one for each row; more rows than `rows` need `grow`."""

    def __init__(self, rows: int) -> None:
        self._playing: dict[LegId, Playing] = {}
        self._of_row: dict[int, Playing] = {}
        self._rows = np.zeros(0, np.intp)
        self._ahead = np.zeros((rows, AHEAD_BLOCKS, BLOCK_SAMPLES), np.int16)
        self._at = np.zeros(rows, np.intp)
        self._laid_out = np.zeros(rows, np.intp)
        """The row's next block, and how many there are."""

    def grow(self, rows: int) -> None:
        more = rows - len(self._at)
        self._ahead = np.pad(self._ahead, ((0, more), (0, 0), (0, 0)))
        self._at = np.pad(self._at, (0, more))
        self._laid_out = np.pad(self._laid_out, (0, more))

    def start(self, playing: Playing) -> None:
        """Play from the next frame on; the leg plays nothing yet."""
        self._playing[playing.leg_id] = self._of_row[playing.row] = playing
        self._at[playing.row] = self._laid_out[playing.row] = 0
        self._seat()

    def end(self, leg_id: LegId) -> Playing | None:
        """Return what the leg was being played."""
        playing = self._playing.pop(leg_id, None)
        if playing is not None:
            del self._of_row[playing.row]
            playing.feed.closed = True
            self._seat()
        return playing

    def play_of(self, play_id: PlayId) -> LegId | None:
        found = (p.leg_id for p in self._playing.values() if p.play_id == play_id)
        return next(found, None)

    def legs(self) -> list[LegId]:
        return list(self._playing)

    def played_ms(self, playing: Playing) -> int:
        """Return how much of its sound has been heard."""
        ahead = playing.laid_out_samples - int(self._at[playing.row]) * BLOCK_SAMPLES
        return (playing.feed.taken_samples - max(0, ahead)) * 1000 // SAMPLE_RATE_HZ

    def play_to(self, heard: Samples, played: Samples) -> list[LegId]:
        """Overwrite the playing rows of `heard`, and all of `played`; return who has heard all."""
        played[:] = 0
        rows = self._rows
        if not len(rows):
            return []
        for row in self._used_up():
            self._lay_out(self._of_row[row])
        blocks = self._ahead[rows, self._at[rows]]
        heard[rows] = played[rows] = blocks
        self._at[rows] += 1
        used_up = (self._of_row[row] for row in self._used_up())
        return [playing.leg_id for playing in used_up if playing.feed.over]

    def _used_up(self) -> list[int]:
        rows = self._rows
        used_up: list[int] = rows[self._at[rows] >= self._laid_out[rows]].tolist()
        return used_up

    def _lay_out(self, playing: Playing) -> None:
        """Take what is ready, at least a block of silence."""
        taken_before = playing.feed.taken_samples
        playing.feed.take(self._ahead[playing.row].reshape(-1))
        playing.laid_out_samples = playing.feed.taken_samples - taken_before
        self._at[playing.row] = 0
        self._laid_out[playing.row] = max(1, -(-playing.laid_out_samples // BLOCK_SAMPLES))

    def _seat(self) -> None:
        self._rows = np.array(list(self._of_row), np.intp)
