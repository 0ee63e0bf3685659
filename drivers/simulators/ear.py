"""What somebody in the practice network hears: kept, and understood by the detectors."""

import asyncio
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from drivers.simulators.sounds import SILENCE
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.dsp.call_progress import ProgressDetector
from firmware.dsp.dtmf import DtmfDetector

MAX_HEARD_S: Final = 3_600
"""So much of a call is kept; who listens longer loses the end of the recording, not the call."""
_LISTENING: Final = np.ones(1, bool)


class Ear:
    def __init__(self, country: str) -> None:
        self.tones: list[str] = []
        """Network tones heard, in their order; one that goes on or comes back is one."""
        self.digits = ""
        """Keys heard as DTMF, in their order."""
        self._heard: list[Samples] = []
        self._hearing = asyncio.Event()
        self._dtmf = DtmfDetector(1)
        self._progress = ProgressDetector(1, country)

    def hears(self, block: Samples) -> None:
        if len(self._heard) * BLOCK_SAMPLES < MAX_HEARD_S * SAMPLE_RATE_HZ:
            self._heard.append(block)
        for event in self._dtmf.hear(block[np.newaxis], _LISTENING):
            if not event.ended:
                self.digits += event.digit
        for tone in self._progress.hear(block[np.newaxis], _LISTENING):
            if not tone.ended and self.tones[-1:] != [tone.tone.value]:
                self.tones.append(tone.tone.value)
        self._hearing.set()
        self._hearing = asyncio.Event()

    def heard(self) -> Samples:
        """All that was heard so far, shape (n,)."""
        return np.concatenate([SILENCE[:0], *self._heard])

    async def hears_for(self, seconds: float) -> Samples:
        """Wait for so much more sound, and return just that."""
        begin = len(self._heard) * BLOCK_SAMPLES
        end = begin + round(seconds * SAMPLE_RATE_HZ)
        while len(self._heard) * BLOCK_SAMPLES < end:
            await self._hearing.wait()
        return self.heard()[begin:end]

    async def hears_digits(self, count: int) -> str:
        """Wait until at least so many keys were heard, and return them all."""
        while len(self.digits) < count:
            await self._hearing.wait()
        return self.digits

    def record(self, file: Path) -> None:
        soundfile.write(str(file), self.heard(), SAMPLE_RATE_HZ, subtype="PCM_16")
