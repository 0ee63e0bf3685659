"""The elastic buffer between two clocks (ITU-T G.822): slips instead of a growing delay.

Two devices of the practice network never tick at quite the same moment, nor
at quite the same rate. Nothing is lost for mere lateness; only a clock that
is really faster costs a block now and then.
"""

from collections import deque
from typing import Final

from drivers.simulators.sounds import SILENCE
from firmware.contract.pcm import Samples

PREFILL_BLOCKS: Final = 3
MAX_BLOCKS: Final = 50
WATCHED_TAKES: Final = 100
"""The buffer is too deep only if it never ran lower in so many takes (2 s)."""
CONCEALED_BLOCKS: Final = 3
"""So many missing blocks are covered by the last one, fading; then silence."""


class ElasticBuffer:
    def __init__(self) -> None:
        self.lost = 0
        self.repeated = 0
        self._blocks: deque[Samples] = deque()
        self._last = SILENCE
        self._missing = 0
        self._filling = True
        self._takes = 0
        self._lowest = MAX_BLOCKS

    def put(self, block: Samples) -> None:
        self._blocks.append(block)
        if len(self._blocks) > MAX_BLOCKS:
            self._drop_one()

    def take(self) -> Samples:
        """Return the next block; a missing one is concealed."""
        if self._filling and len(self._blocks) < PREFILL_BLOCKS:
            return SILENCE
        self._filling = False
        if not self._blocks:
            return self._conceal()
        self._missing = 0
        self._shed_delay()
        self._last = self._blocks.popleft()
        return self._last

    def _conceal(self) -> Samples:
        self._missing += 1
        self.repeated += 1
        if self._missing > CONCEALED_BLOCKS:
            self._filling = True
            return SILENCE
        self._last = self._last // 2
        return self._last

    def _shed_delay(self) -> None:
        self._takes += 1
        self._lowest = min(self._lowest, len(self._blocks))
        if self._takes < WATCHED_TAKES:
            return
        if self._lowest > PREFILL_BLOCKS:
            self._drop_one()
        self._takes, self._lowest = 0, MAX_BLOCKS

    def _drop_one(self) -> None:
        self._blocks.popleft()
        self.lost += 1
