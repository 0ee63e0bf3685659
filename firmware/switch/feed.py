"""Sound on its way from whoever makes it (a file, a tone) to the tick, a few seconds ahead.

One thread fills, the tick takes. The only thing both touch is a deque, whose
append and popleft need no lock.
"""

from collections import deque
from typing import Final

from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from firmware.contract.texts import Text

AHEAD_SAMPLES: Final = 2 * SAMPLE_RATE_HZ


class Feed:
    """What one player still has to play."""

    def __init__(self) -> None:
        self._pieces: deque[Samples] = deque()
        self._at = 0
        self._filled = 0
        self.taken_samples = 0
        self.ended = False
        """Set by the filler after the last piece."""
        self.fault: Text | None = None
        """Why it ended early, set before `ended`."""
        self.closed = False
        """Set by the taker: nobody listens any more."""

    @property
    def wants_more(self) -> bool:
        return not (self.ended or self.closed or self._filled - self.taken_samples >= AHEAD_SAMPLES)

    def fill(self, piece: Samples) -> None:
        self._filled += len(piece)
        self._pieces.append(piece)

    def end(self, fault: Text | None = None) -> None:
        self.fault = fault
        self.ended = True

    def take(self, block: Samples) -> None:
        """Overwrite `block` with what comes next, silence where nothing is ready."""
        done = 0
        while done < len(block) and self._pieces:
            piece = self._pieces[0]
            part = piece[self._at : self._at + len(block) - done]
            block[done : done + len(part)] = part
            done += len(part)
            self._at += len(part)
            if self._at == len(piece):
                self._pieces.popleft()
                self._at = 0
        block[done:] = 0
        self.taken_samples += done

    @property
    def over(self) -> bool:
        """Whether everything has been taken."""
        # `ended` comes first: after it no piece follows that could be missed.
        return self.ended and not self._pieces
