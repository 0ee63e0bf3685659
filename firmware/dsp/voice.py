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

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, SAMPLE_RATE_HZ
from firmware.dsp import levels

OVER_NOISE_DB: Final = 9.0
MIN_LEVEL_DBM0: Final = -50.0
MAX_CONCENTRATION: Final = 0.19
"""Of the energy in few spectral lines: 0.47 for one line, 0.22 for two at the least."""
ONSET_BLOCKS: Final = 4
"""Speech begins with so many blocks that speak (80 ms); silence takes one back, a tone half."""
HANGOVER_BLOCKS: Final = 20
"""... and so many without any end it (400 ms)."""
NOISE_WINDOW_BLOCKS: Final = 12
NOISE_WINDOWS: Final = 8
EMPHASIS_HZ: Final = (200.0, 2_000.0, 3_400.0)
"""Nothing below the first counts (hum), then 6 dB per octave up to the second: that evens
speech out but no tone."""
NOISE_TAKEN_OUT: Final = 5.0
"""Times the noise's power in a spectral line: what is left of noise is nothing."""

_OVER_NOISE: Final = 10 ** (OVER_NOISE_DB / 10)
_MIN_POWER: Final = levels.mean_square(MIN_LEVEL_DBM0)
_WINDOW: Final = np.hanning(BLOCK_SAMPLES + 2)[1:-1].astype(np.float32)
_NOISE_GAIN: Final = NOISE_TAKEN_OUT * float(np.sum(_WINDOW**2))


def _emphasis() -> NDArray[np.float32]:
    """Return the weight of each spectral line's power."""
    hz = np.fft.rfftfreq(BLOCK_SAMPLES, 1 / SAMPLE_RATE_HZ)
    low, full, high = EMPHASIS_HZ
    weight = np.where((hz >= low) & (hz <= high), np.minimum(hz / full, 1.0) ** 2, 0.0)
    return weight.astype(np.float32)


_EMPHASIS: Final = _emphasis()


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
        self._score = np.zeros(timeslots)
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
        noise = self._noise()
        loud = active & (self._power > np.maximum(_OVER_NOISE * noise, _MIN_POWER))
        speaks = np.zeros(len(blocks), bool)
        if loud.any():
            speaks[loud] = _spread(audio[loud], noise[loud])
        return self._decide(loud, speaks)

    def _noise(self) -> NDArray[np.float32]:
        """Return the noise under every timeslot, as a mean square, after noting this block."""
        window = self._frame // NOISE_WINDOW_BLOCKS % NOISE_WINDOWS
        if self._frame % NOISE_WINDOW_BLOCKS == 0:
            self._least[:, window] = np.inf
        self._least[:, window] = np.minimum(self._least[:, window], self._power)
        return np.asarray(self._least.min(1), dtype=np.float32)

    def _decide(self, loud: NDArray[np.bool_], speaks: NDArray[np.bool_]) -> list[VoiceEvent]:
        step = np.where(speaks, 1.0, np.where(loud, -0.5, -1.0))
        self._score = np.clip(self._score + step, 0.0, ONSET_BLOCKS)
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


def _spread(audio: NDArray[np.float32], noise: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return for each row whether its energy is spread as speech spreads it."""
    spectrum = np.fft.rfft(audio * _WINDOW, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    power = np.maximum(power - (_NOISE_GAIN * noise)[:, None], 0.0) * _EMPHASIS
    total = power.sum(1)
    return np.asarray(
        np.einsum("nk,nk->n", power, power) < MAX_CONCENTRATION * total**2, dtype=np.bool_
    )
