"""What somebody in the practice network says and presses, block after block."""

import asyncio
from pathlib import Path

import numpy as np
import soundfile
import soxr

from drivers.simulators.sounds import SILENCE, Loop, Tape, dtmf, speech_marker
from firmware.contract.errors import NotFound
from firmware.contract.pcm import FULL_SCALE, SAMPLE_RATE_HZ, Samples

MARKER = "marker"
"""In place of a file: a warbling tone, to prove that a voice gets through."""
MARKER_MS = 2_000


class Mouth:
    """A BlockSource. Keys come first, as on a telephone that mutes its owner for them; then
    everything to say, in its order; then what is said again and again.
    """

    def __init__(self) -> None:
        self._keys = Tape()
        self._tape = Tape()
        self._again: Loop | None = None
        self._spoke = asyncio.Event()

    async def has_spoken(self) -> None:
        """Wait until everything to press and to say once is said."""
        while not (self._keys.is_over and self._tape.is_over):
            await self._spoke.wait()

    def say(self, samples: Samples, again: bool = False) -> None:
        """Speak after what is being said already; `again` for ever, until something else is."""
        self._tape.add(samples)
        self._again = Loop(samples) if again else None

    def press(self, digits: str, on_ms: int = 100, off_ms: int = 100) -> None:
        for digit in digits:
            self._keys.add(dtmf(digit, on_ms, off_ms))

    def next_block(self) -> Samples:
        self._spoke.set()
        self._spoke = asyncio.Event()
        if not self._keys.is_over:
            return self._keys.next_block()
        if self._again is not None and self._tape.is_over:
            return self._again.next_block()
        return self._tape.next_block()


def sound(name: str) -> Samples:
    """Return the sound of a WAV file (any rate, mixed to mono) or of `marker`.

    Raises NotFound when the file is not there or is no sound.
    """
    if name == MARKER:
        return speech_marker(MARKER_MS)
    try:
        wave, rate_hz = soundfile.read(str(Path(name)), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, OSError) as error:
        raise NotFound("practice.no-such-sound", file=name) from error
    mono = soxr.resample(wave.mean(axis=1), rate_hz, SAMPLE_RATE_HZ)
    if not len(mono):
        return SILENCE
    samples: Samples = (np.clip(mono, -1, 1) * FULL_SCALE).astype(np.int16)
    return samples
