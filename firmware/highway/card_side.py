"""The card's end of the timeslots: one block in, one block out, never waiting."""

from collections.abc import Callable
from typing import Final

import numpy as np

from firmware.contract.errors import LineError
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.highway.slips import CALM_READS, FADE, STANDING_BLOCKS, STANDING_READS, Slips
from firmware.highway.span import RING_BLOCKS, Span

_WRAP: Final = (1 << 64) - 1
SILENCE: Final = np.zeros(BLOCK_SAMPLES, np.int16)
SILENCE.flags.writeable = False


class CardTimeslot:
    """A leg's place on the highway (contract.line.SeizedTimeslot), for one task at a time.

    Once freed it swallows what is written and reads as silence.
    """

    def __init__(self, span: Span, index: int, give_back: Callable[[int], None]) -> None:
        self.index = index
        self._give_back = give_back
        self._held = True
        heard, sent = span.heard, span.sent
        self._out, self._in = heard.blocks[index], sent.blocks[index]
        # Single words are read and written three times as fast through a memoryview.
        self._out_frames = heard.frames[index].data
        self._in_frames = sent.frames[index].data
        self._out_written = heard.written[index : index + 1].data
        self._out_read = heard.read[index : index + 1].data
        self._in_written = sent.written[index : index + 1].data
        self._in_read = sent.read[index : index + 1].data
        self._wrote, self._unread = self._out_written[0], self._out_read[0]
        self._took = self._in_read[0] = self._in_written[0]
        self._started = False
        self._standing, self._least, self._calm = 0, RING_BLOCKS, CALM_READS
        self._last, self._missing = SILENCE, len(FADE)
        self.heard_slips, self.sent_slips = Slips(), Slips()

    def write(self, block: Samples) -> None:
        """Hand the switch one block heard on the line; a full ring drops it and counts a slip.

        Raises ValueError unless it is 160 samples of int16.
        """
        if block.shape != (BLOCK_SAMPLES,) or block.dtype != np.int16:
            raise ValueError(f"a block is 160 int16 samples, not {block.shape} {block.dtype}")
        taken = self._out_read[0]
        if not self._held:
            return
        if (self._wrote - taken) & _WRAP == RING_BLOCKS:
            # Before the switch connects the leg nobody reads, and nothing is lost.
            self.heard_slips.dropped += taken != self._unread
            return
        place = self._wrote % RING_BLOCKS
        self._wrote = (self._wrote + 1) & _WRAP
        self._out_frames[place] = 0
        self._out[place] = block
        self._out_frames[place] = self._wrote
        self._out_written[0] = self._wrote

    def read(self) -> Samples:
        """Return the next block for the line; concealed or silent when the switch is late."""
        block = self._take(self._believed_depth()) if self._held else None
        if block is not None:
            self._last, self._missing = block, 0
            return block
        if self._missing >= len(FADE):
            return SILENCE
        level = FADE[self._missing]
        self._missing += 1
        self._calm = 0
        self.sent_slips.repeated += 1
        return (self._last * np.float32(level)).astype(np.int16)

    def free(self) -> None:
        """Give the timeslot back; a second time does nothing."""
        if self._held:
            self._held = False
            self._give_back(self.index)

    def _believed_depth(self) -> int:
        """Return how many blocks wait; a counter that cannot be true empties the queue."""
        written = self._in_written[0]
        depth: int = (written - self._took) & _WRAP
        if depth > RING_BLOCKS:
            self._took = self._in_read[0] = written
            return 0
        if not self._started or depth == RING_BLOCKS:
            # Nobody has read for a while: what waits is old, only the newest block counts.
            if self._started:
                self.sent_slips.dropped += depth - 1
            self._started = self._started or depth > 0
            self._took = (self._took + max(depth - 1, 0)) & _WRAP
            return min(depth, 1)
        return depth - self._drop_standing(depth)

    def _drop_standing(self, depth: int) -> int:
        """Drop what has stood in the queue for a second; return how many blocks."""
        self.sent_slips.deepest = max(self.sent_slips.deepest, depth)
        self._calm += 1
        if depth < STANDING_BLOCKS:
            self._standing, self._least = 0, RING_BLOCKS
            return 0
        self._standing += 1
        self._least = min(self._least, depth)
        if self._standing < STANDING_READS:
            return 0
        surplus = self._least - STANDING_BLOCKS + (self._calm >= CALM_READS)
        self._standing, self._least = 0, RING_BLOCKS
        self._took = (self._took + surplus) & _WRAP
        self.sent_slips.dropped += surplus
        return surplus

    def _take(self, depth: int) -> Samples | None:
        """Return the next block, or None if there is none or it is torn."""
        if not depth:
            self._in_read[0] = self._took
            return None
        place, number = self._took % RING_BLOCKS, (self._took + 1) & _WRAP
        whole = self._in_frames[place] == number
        block = self._in[place].copy()
        whole = whole and self._in_frames[place] == number
        if whole or depth > 1:  # torn with another behind it: it will never become whole
            self.sent_slips.dropped += not whole
            self._took = number
        self._in_read[0] = self._took
        return block if whole else None


class TimeslotPool:
    """The timeslots of a card's span: seized by a leg, given back when it is over."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._free = list(range(span.timeslots - 1, -1, -1))

    def seize(self) -> CardTimeslot:
        """Raise LineError("no-timeslot") when every timeslot is taken."""
        if not self._free:
            raise LineError("no-timeslot", span=self._span.name)
        return CardTimeslot(self._span, self._free.pop(), self._give_back)

    def _give_back(self, index: int) -> None:
        # To the far end of the list: the switch may still be reading this one's last block.
        self._free.insert(0, index)
