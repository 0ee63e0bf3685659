"""Finds out which tone a line plays when the far end hangs up, from the end of a real call."""

import asyncio
from collections import deque
from typing import Final

import numpy as np
from pydantic import ValidationError

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, Samples
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone
from firmware.dsp.call_progress import ProgressDetector
from firmware.dsp.hang_up import is_learned

KEPT_S: Final = 12
MIN_PERIODS: Final = 3
BLOCKS_AT_ONCE: Final = 25
_LISTENING: Final = np.ones(1, bool)
_EVEN: Final = frozenset({HeardTone.BUSY, HeardTone.CONGESTION, HeardTone.BUSY_OR_CONGESTION})


class HangupTones:
    """The tone a line knows, and the one it has proposed already."""

    def __init__(self, learned: LearnedTone | None) -> None:
        self.learned = learned
        self._proposed: LearnedTone | None = None

    def is_news(self, tone: LearnedTone) -> bool:
        """Return whether the owner should be told of this tone; once for each tone."""
        known = any(
            is_learned(tone.frequency_hz, tone.on_ms, tone.off_ms, other)
            for other in (self.learned, self._proposed)
        )
        self._proposed = self._proposed if known else tone
        return not known


class EndOfCall:
    """Keeps the last seconds heard on a call."""

    def __init__(self) -> None:
        self._blocks: deque[Samples] = deque(maxlen=KEPT_S * 1000 // FRAME_MS)

    def add(self, block: Samples) -> None:
        self._blocks.append(block)

    async def tone(self, country: str) -> LearnedTone | None:
        """Return the even tone the call ended with, if it did.

        Looks at half a second at a time, so that other lines' sound goes on meanwhile.
        """
        detector = ProgressDetector(1)
        detector.listen_for(0, country, learning=True)
        found: LearnedTone | None = None
        for number, block in enumerate(list(self._blocks)):
            for event in detector.hear(block.reshape(1, BLOCK_SAMPLES), _LISTENING):
                if event.tone in _EVEN and event.periods >= MIN_PERIODS and not event.ended:
                    found = _tone(event.frequency_hz, event.on_ms, event.off_ms)
            if number % BLOCKS_AT_ONCE == 0:
                await asyncio.sleep(0)
        return found


def _tone(frequency_hz: float | None, on_ms: int | None, off_ms: int | None) -> LearnedTone | None:
    try:
        return LearnedTone.model_validate(
            {"frequency_hz": frequency_hz, "on_ms": on_ms, "off_ms": off_ms}
        )
    except ValidationError:
        return None
