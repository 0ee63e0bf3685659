"""Hears when somebody speaks, on all timeslots at once, and how loud everything is.

    detector = VoiceDetector(timeslots=32)
    events = detector.hear(blocks, active)     # every tick: speech began, or `ended`
    detector.levels_dbm0                       # of the last block, every timeslot
    detector.reset(timeslot)

A block speaks if it stands out of the noise (the least power of the last two
seconds) and its energy is spread over many frequencies, which no tone's is.
Music counts as voice.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS
from firmware.dsp import levels

OVER_NOISE_DB: Final = 9.0
MIN_LEVEL_DBM0: Final = -50.0
MAX_CONCENTRATION: Final = 0.17
"""Of the energy in few spectral lines: 1 for one line; two even tones read 0.18 at the least."""
ONSET_BLOCKS: Final = 4
"""So many blocks that speak, less one for each that does not, begin speech (80 ms)."""
HANGOVER_BLOCKS: Final = 20
"""... and so many without any end it (400 ms)."""
NOISE_WINDOW_BLOCKS: Final = 12
NOISE_WINDOWS: Final = 8

_FIRST_BIN: Final = 4  # 200 Hz; hum is below
_OVER_NOISE: Final = 10 ** (OVER_NOISE_DB / 10)
_MIN_POWER: Final = levels.mean_square(MIN_LEVEL_DBM0)
_WINDOW: Final = np.hanning(BLOCK_SAMPLES + 2)[1:-1].astype(np.float32)


@dataclass(frozen=True, slots=True)
class VoiceEvent:
    """Speech began or `ended` on a timeslot; frames count calls of `hear` from 0."""

    timeslot: int
    frame: int
    ended: bool
    at_ms: int
    """When it really began or ended, since the detector's first sample."""


class VoiceDetector:
    def __init__(self, timeslots: int) -> None:
        self._frame = -1
        self._power = np.zeros(timeslots, np.float32)
        self._least = np.full((timeslots, NOISE_WINDOWS), np.inf, np.float32)
        self._speaking = np.zeros(timeslots, bool)
        self._score = np.zeros(timeslots, np.int64)
        self._silent = np.zeros(timeslots, np.int64)

    @property
    def levels_dbm0(self) -> NDArray[np.float64]:
        """The level of every timeslot's last block; shape (timeslots,)."""
        return levels.from_mean_square(self._power)

    @property
    def speaking(self) -> NDArray[np.bool_]:
        """Where somebody speaks now; shape (timeslots,)."""
        return self._speaking

    def reset(self, timeslot: int) -> None:
        """Forget what was heard on the timeslot; nothing is reported as ended."""
        self._least[timeslot] = np.inf
        self._speaking[timeslot] = False
        self._score[timeslot] = self._silent[timeslot] = 0

    def hear(self, blocks: NDArray[np.int16], active: NDArray[np.bool_]) -> list[VoiceEvent]:
        """Take one block of every timeslot; return what became known.

        blocks: int16, shape (timeslots, 160). active: where to listen.
        """
        self._frame += 1
        audio = blocks.astype(np.float32)
        self._power = np.einsum("nt,nt->n", audio, audio) / np.float32(BLOCK_SAMPLES)
        loud = active & (self._power > np.maximum(_OVER_NOISE * self._noise(), _MIN_POWER))
        if loud.any():
            loud[loud] = _spread(audio[loud])
        return self._decide(loud)

    def _noise(self) -> NDArray[np.float32]:
        """Return the noise under every timeslot, as a mean square, after noting this block."""
        window = self._frame // NOISE_WINDOW_BLOCKS % NOISE_WINDOWS
        if self._frame % NOISE_WINDOW_BLOCKS == 0:
            self._least[:, window] = np.inf
        self._least[:, window] = np.minimum(self._least[:, window], self._power)
        return np.asarray(self._least.min(1), dtype=np.float32)

    def _decide(self, speaks: NDArray[np.bool_]) -> list[VoiceEvent]:
        self._score = np.clip(self._score + np.where(speaks, 1, -1), 0, ONSET_BLOCKS)
        self._silent = np.where(speaks, 0, self._silent + 1)
        begins = ~self._speaking & (self._score >= ONSET_BLOCKS)
        ends = self._speaking & (self._silent >= HANGOVER_BLOCKS)
        self._speaking = (self._speaking | begins) & ~ends
        now_ms = (self._frame + 1) * FRAME_MS
        began_ms, ended_ms = now_ms - ONSET_BLOCKS * FRAME_MS, now_ms - HANGOVER_BLOCKS * FRAME_MS
        return [
            VoiceEvent(row, self._frame, ended=False, at_ms=began_ms)
            for row in np.flatnonzero(begins).tolist()
        ] + [
            VoiceEvent(row, self._frame, ended=True, at_ms=ended_ms)
            for row in np.flatnonzero(ends).tolist()
        ]


def _spread(audio: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return for each row whether its energy is spread as speech spreads it."""
    spectrum = np.fft.rfft(audio * _WINDOW, axis=1)[:, _FIRST_BIN:]
    power = spectrum.real**2 + spectrum.imag**2
    total = power.sum(1)
    return np.asarray(
        np.einsum("nk,nk->n", power, power) < MAX_CONCENTRATION * total**2, dtype=np.bool_
    )
