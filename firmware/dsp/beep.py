"""Hears the beep after which a machine records, on all timeslots at once.

    detector = BeepDetector(timeslots=32)
    events = detector.hear(blocks, active)     # every tick
    detector.reset(timeslot)

A beep is one steady frequency for 0.1 to 2 s with silence after it. Tones that
come again or come in a row (busy, SIT) are none; nor is what a fax machine says.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, SAMPLE_RATE_HZ
from firmware.dsp import levels

BEEP_HZ: Final = (290.0, 2_550.0)
NETWORK_HZ: Final = (390.0, 455.0)
"""Where busy and ringback live: a single burst there is more likely the network's."""
FAX_HZ: Final = ((1_080.0, 1_120.0), (2_080.0, 2_120.0))
FAX_BLOCKS: Final = range(21, 30)
"""A fax machine calls with bursts of half a second."""
MIN_LEVEL_DBM0: Final = -36.0
MIN_BLOCKS: Final = 5
MAX_BLOCKS: Final = 100
MIN_LINE_SHARE: Final = 0.9
"""Of the energy, in one spectral line."""
MAX_DRIFT_HZ: Final = 12.0
SILENCE_BLOCKS: Final = 15
SILENCE_DB: Final = 12.0
ALONE_BLOCKS: Final = 150
"""A burst of the same pitch within 3 s before means a cadence, not a beep."""

_BIN_HZ: Final = SAMPLE_RATE_HZ / BLOCK_SAMPLES
_LOBE: Final = np.arange(-2, 3)
_FIRST_BIN, _LAST_BIN = 5, 52
_WINDOW: Final = np.hanning(BLOCK_SAMPLES + 1)[:-1].astype(np.float32)
_MIN_POWER: Final = levels.mean_square(MIN_LEVEL_DBM0)


@dataclass(frozen=True, slots=True)
class BeepEvent:
    """A beep has ended and silence has followed; times since the detector's first sample."""

    timeslot: int
    frame: int
    frequency_hz: float
    start_ms: int
    end_ms: int


class BeepDetector:
    def __init__(self, timeslots: int) -> None:
        self._frame = -1
        self._blocks = np.zeros(timeslots, np.int64)  # of the burst in progress
        self._pitch_hz = np.zeros(timeslots)  # of the last burst
        self._power = np.zeros(timeslots)  # of the last burst
        self._length = np.zeros(timeslots, np.int64)  # of the burst that may be a beep
        self._silent = np.zeros(timeslots, np.int64)
        self._ended = np.full((timeslots, 2), -ALONE_BLOCKS)  # frames: last burst's, the one before
        self._before_hz = np.zeros(timeslots)

    def reset(self, timeslot: int) -> None:
        """Forget what was heard on the timeslot."""
        self._blocks[timeslot] = self._length[timeslot] = 0
        self._ended[timeslot] = self._frame - ALONE_BLOCKS

    def hear(self, blocks: NDArray[np.int16], active: NDArray[np.bool_]) -> list[BeepEvent]:
        """Take one block of every timeslot; return what became known.

        blocks: int16, shape (timeslots, 160). active: where to listen.
        """
        self._frame += 1
        audio = blocks.astype(np.float32)
        power = np.einsum("nt,nt->n", audio, audio) / np.float32(BLOCK_SAMPLES)
        pitch_hz = np.zeros(len(blocks))
        loud = active & (power > _MIN_POWER)
        if loud.any():
            pitch_hz[loud] = _single_line_hz(audio[loud])
        goes_on = (
            (pitch_hz > 0)
            & (self._blocks > 0)
            & (np.abs(pitch_hz - self._pitch_hz) <= MAX_DRIFT_HZ)
            & (power > 0.5 * self._power)
        )
        over = (self._blocks > 0) & ~goes_on
        self._close(np.flatnonzero(over))
        self._open(np.flatnonzero((pitch_hz > 0) & ~goes_on), pitch_hz, power)
        self._blocks += goes_on
        return self._after(power)

    def _open(
        self, rows: NDArray[np.int64], pitch_hz: NDArray[np.float64], power: NDArray[np.float32]
    ) -> None:
        self._length[rows] = 0
        self._before_hz[rows] = self._pitch_hz[rows]
        self._pitch_hz[rows] = pitch_hz[rows]
        self._power[rows] = power[rows]
        self._blocks[rows] = 1

    def _close(self, rows: NDArray[np.int64]) -> None:
        long = rows[self._blocks[rows] >= MIN_BLOCKS]
        self._length[long] = self._blocks[long]
        self._silent[long] = 0
        self._ended[long, 1] = self._ended[long, 0]
        self._ended[long, 0] = self._frame
        self._blocks[rows] = 0

    def _after(self, power: NDArray[np.float32]) -> list[BeepEvent]:
        """Wait for the silence behind each burst that may be a beep."""
        waiting = self._length > 0
        if not waiting.any():
            return []
        # The block in which the burst ended may still hold some of it.
        settling = self._frame - self._ended[:, 0] < 2
        quiet = power < self._power * 10 ** (-SILENCE_DB / 10)
        self._silent += waiting & quiet
        self._length[waiting & ~quiet & ~settling] = 0
        done = np.flatnonzero((self._length > 0) & (self._silent >= SILENCE_BLOCKS))
        events = [self._event(row) for row in done.tolist() if self._is_beep(row)]
        self._length[done] = 0
        return events

    def _is_beep(self, row: int) -> bool:
        pitch_hz = float(self._pitch_hz[row])
        began = int(self._ended[row, 0] - self._length[row])
        since = began - int(self._ended[row, 1])
        again = since < ALONE_BLOCKS and abs(pitch_hz - self._before_hz[row]) <= 2 * MAX_DRIFT_HZ
        in_a_row = since < MIN_BLOCKS
        fax = any(low <= pitch_hz <= high for low, high in FAX_HZ)
        others = (fax and self._length[row] in FAX_BLOCKS) or (
            NETWORK_HZ[0] <= pitch_hz <= NETWORK_HZ[1]
        )
        return bool(self._length[row] <= MAX_BLOCKS) and not (again or in_a_row or others)

    def _event(self, row: int) -> BeepEvent:
        end = int(self._ended[row, 0])
        return BeepEvent(
            timeslot=row,
            frame=self._frame,
            frequency_hz=round(float(self._pitch_hz[row]), 1),
            start_ms=FRAME_MS * (end - int(self._length[row])),
            end_ms=FRAME_MS * end,
        )


def _single_line_hz(audio: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the frequency of each row that is one spectral line, 0 for the others."""
    magnitude = np.abs(np.fft.rfft(audio * _WINDOW, axis=1))
    power = magnitude**2
    peak = power[:, _FIRST_BIN:_LAST_BIN].argmax(1) + _FIRST_BIN
    rows = np.arange(len(audio))
    share = power[rows[:, None], peak[:, None] + _LOBE].sum(1) / (power.sum(1) + 1e-6)
    side = np.where(magnitude[rows, peak + 1] > magnitude[rows, peak - 1], 1, -1)
    ratio = magnitude[rows, peak + side] / (magnitude[rows, peak] + 1e-9)
    hz = _BIN_HZ * (peak + side * (2 * ratio - 1) / (ratio + 1))
    single = (share >= MIN_LINE_SHARE) & (hz > BEEP_HZ[0]) & (hz < BEEP_HZ[1])
    return np.asarray(np.where(single, hz, 0.0), dtype=np.float64)
