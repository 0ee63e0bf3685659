"""How much of our sound waits in a modem to be played, and which block of it is one too many.

A modem's crystal is the clock: one block out for each that comes in. But after a
standstill (a late bus, a busy machine) the blocks come in a burst, and the modem,
which has starved meanwhile, would play the answers to it later for the rest of
the call. No modem tells how much it holds, so it is reckoned by the time.
"""

from typing import Final

from firmware.contract.pcm import FRAME_MS

PLAYED_PER_S: Final = 1.01 * 1000 / FRAME_MS
"""A little faster than any crystal is off: drift alone never looks like a standing surplus."""
KEPT_BLOCKS: Final = 1
"""What may stand in the modem, for jitter's sake."""
WATCHED_S: Final = 0.25
"""What never ran lower in so long stands; modems hand over up to 100 ms of sound at a time."""
MOST_BLOCKS: Final = 5.0
"""Of a longer burst no more is sent at all; some modems hand over so many at a time as a rule."""


class Playout:
    """What waits in one modem during one call; time is any clock's that does not jump."""

    def __init__(self) -> None:
        self.slips = 0
        """Blocks dropped because they would have stayed as delay (ITU-T G.822)."""
        self._waiting = 0.0
        self._reckoned_s = 0.0
        self._least = 0.0
        self._watched_since_s = 0.0
        self._surplus = 0

    def is_due(self, now_s: float) -> bool:
        """Say whether the modem may have this block; if not, it is lost."""
        played = (now_s - self._reckoned_s) * PLAYED_PER_S
        self._waiting, self._reckoned_s = max(0.0, self._waiting - played), now_s
        self._watch(now_s)
        if self._surplus or self._waiting >= MOST_BLOCKS:
            self._surplus = max(0, self._surplus - 1)
            self.slips += 1
            return False
        self._waiting += 1
        return True

    def _watch(self, now_s: float) -> None:
        self._least = min(self._least, self._waiting)
        if now_s - self._watched_since_s >= WATCHED_S:
            self._surplus = max(0, round(self._least) - KEPT_BLOCKS)
            self._least, self._watched_since_s = self._waiting, now_s
