"""Finds bursts of steady tones on all timeslots at once: when, how long, which frequencies.

What a burst means is not decided here (see cadence.py). Every 20 ms one matmul
projects the block on five bands where network tones live; a block is tonal if
one band holds most of its energy. Only where tonal blocks follow one another is
a spectrum taken over 80 ms, which separates 400 + 450 Hz from 425 Hz.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, SAMPLE_RATE_HZ
from firmware.dsp import levels
from firmware.dsp.spectral_lines import WINDOW_BLOCKS, WINDOW_SAMPLES, Float32, spectral_lines

BANDS_HZ: Final = ((300, 700), (860, 1140), (1300, 1500), (1690, 1870), (2060, 2140))
"""Call progress; first SIT tone and fax calling; second and third SIT tone; answer tone."""
MIN_LEVEL_DBM0: Final = -41.0
MIN_BAND_SHARE: Final = 0.6
MAX_DRIFT_HZ: Final = 6.0
"""Between two looks at one burst; what glides is no network tone."""
MAX_WOBBLE_HZ: Final = 20.0
"""... or, if its level moves as a modulated tone's does."""
STEADY_DB: Final = 3.0
GAP_BLOCKS: Final = 2
"""A burst is over after two blocks without it: a modulated tone may fade for one."""
FIRST_LOOK: Final = 5
NEXT_LOOK: Final = 8
HELD_BLOCKS: Final = 25
"""A burst that goes on is reported so often (0.5 s)."""
NOISE_BLOCKS: Final = 8
"""So much other sound (160 ms) between bursts is reported, once."""
FADED_STEADY: Final = 0.25
FADED_MODULATED: Final = 0.06
"""A block with less of the burst's mean power is not the same tone any more.

The faint half of a tone modulated by 25 Hz still has 0.1 of the other.
"""
FAR_BELOW: Final = 0.3
QUIET: Final = 0.4
LOUD: Final = 0.25
"""Shares of the last burst's power: a pause has less, a sound that breaks a cadence has more."""
SOON_BLOCKS: Final = 45
"""0.9 s, longer than any busy tone's pause."""

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Burst:
    """A steady tone, or a pair of tones, on one timeslot; times since the detector's start."""

    frequencies_hz: tuple[float, ...]
    """One or two, lower first."""
    start_ms: float
    duration_ms: float
    steady: bool
    """The level hardly moved: not modulated, not sung."""
    over: bool
    quiet_before: bool = True
    """What lay between this burst and the one before was well below it."""

    @property
    def end_ms(self) -> float:
        return self.start_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class OtherSound:
    """Something loud that is no tone has been heard for 160 ms since the last burst."""

    at_ms: float


Heard = Burst | OtherSound


def _band_space(low_hz: float, high_hz: float) -> NDArray[np.float64]:
    """Return an orthonormal basis of what one block can hold between two frequencies."""
    at = np.arange(BLOCK_SAMPLES) - (BLOCK_SAMPLES - 1) / 2
    phase = 2 * np.pi * np.outer(at, np.arange(low_hz, high_hz + 1, 5.0)) / SAMPLE_RATE_HZ
    basis, weight, _ = np.linalg.svd(np.concatenate([np.cos(phase), np.sin(phase)], 1), False)
    return np.asarray(basis[:, weight > weight[0] * 0.15], dtype=np.float64)


_SPACES: Final = [_band_space(*band) for band in BANDS_HZ]
_ALL_BANDS: Final = np.ascontiguousarray(np.concatenate(_SPACES, 1), dtype=np.float32)
_BAND_STARTS: Final = np.cumsum([0] + [space.shape[1] for space in _SPACES[:-1]])
_MIN_POWER: Final = levels.mean_square(MIN_LEVEL_DBM0)


class BurstFinder:
    """The bursts of all timeslots; one call a tick.

    State is one row per timeslot. Powers are mean squares within the burst's band.
    """

    def __init__(self, timeslots: int) -> None:
        self._frame = -1
        self._rows = np.arange(timeslots)
        self._recent = np.zeros((timeslots, WINDOW_BLOCKS, BLOCK_SAMPLES), np.int16)
        self._powers: Float32 = np.zeros(
            (timeslots, len(BANDS_HZ)), np.float32
        )  # of the last block
        self._band = np.full(timeslots, -1)  # of the burst in progress, or -1
        self._blocks = np.zeros(timeslots, np.int64)  # tonal ones of the burst
        self._gap = np.zeros(timeslots, np.int64)
        self._first_frame = np.zeros(timeslots, np.int64)
        self._last_frame = np.zeros(timeslots, np.int64)
        self._energy = np.zeros(timeslots)  # from the block before to the block after
        self._tonal_sum = np.zeros(timeslots)
        self._before = np.zeros(timeslots)
        self._first = np.zeros(timeslots)
        self._last = np.zeros(timeslots)
        self._least = np.zeros(timeslots)
        self._most = np.zeros(timeslots)
        self._between = np.zeros(timeslots)  # energy of everything since the last burst
        self._between_blocks = np.full(timeslots, SOON_BLOCKS)
        self._plateau = np.full(timeslots, 4 * _MIN_POWER)  # of the last burst
        self._noisy = np.zeros(timeslots, np.int64)
        self._quiet_before = np.ones(timeslots, bool)
        self._frequencies: list[tuple[float, ...]] = [()] * timeslots
        self._glides = np.zeros(timeslots, bool)

    def reset(self, timeslot: int) -> None:
        """Forget what was heard on the timeslot."""
        self._recent[timeslot] = 0
        self._band[timeslot] = -1
        self._plateau[timeslot] = 4 * _MIN_POWER
        self._noisy[timeslot] = 0
        self._between_blocks[timeslot] = SOON_BLOCKS
        self._between[timeslot] = 0

    def hear(self, blocks: NDArray[np.int16], active: Bools) -> list[tuple[int, Heard]]:
        """Take one block of every timeslot; return (timeslot, what became known)."""
        self._frame += 1
        self._recent[:, self._frame % WINDOW_BLOCKS] = blocks
        audio: Float32 = blocks.astype(np.float32)
        power = np.einsum("nt,nt->n", audio, audio) / BLOCK_SAMPLES
        held = np.add.reduceat((audio @ _ALL_BANDS) ** 2, _BAND_STARTS, axis=1)
        held *= np.float32(1 / BLOCK_SAMPLES)
        best = held.argmax(1)
        strongest = held[self._rows, best]
        tonal = active & (strongest > _MIN_POWER) & (strongest > MIN_BAND_SHARE * power)
        before, self._powers = self._powers, held

        sounding = self._band >= 0
        goes_on = sounding & tonal & (best == self._band) & (strongest > self._faded())
        changes = tonal & (best != self._band)
        closes = sounding & ~goes_on & (changes | (self._gap >= GAP_BLOCKS - 1) | ~active)
        heard = self._close(closes)
        if sounding.any():
            self._fade(sounding & ~goes_on & ~closes)
            self._go_on(goes_on, strongest)
        waiting = active & (self._band < 0)
        opens = waiting & tonal & (strongest > self._least_power())
        self._wait(waiting & ~opens, power)
        if opens.any():
            self._open(opens, best, strongest, before)
        heard += self._look(goes_on)
        heard += self._noise()
        return heard

    def _faded(self) -> NDArray[np.float64]:
        """Return the power below which a burst in progress is no more to be heard."""
        steady = (self._blocks >= FIRST_LOOK) & (self._most <= 2 * self._least)
        share = np.where(steady, FADED_STEADY, FADED_MODULATED)
        return np.asarray(share * self._tonal_sum / np.maximum(self._blocks, 1), np.float64)

    def _least_power(self) -> NDArray[np.float64]:
        """Return what a burst must begin with: soon after another, not much less than that.

        So the echo of our own prompt does not break up a busy tone.
        """
        soon = self._between_blocks < SOON_BLOCKS
        return np.where(soon, np.maximum(_MIN_POWER, FAR_BELOW * self._plateau), _MIN_POWER)

    def _open(self, opens: Bools, best: Ints, power: Float32, before: Float32) -> None:
        rows = np.flatnonzero(opens)
        band = best[rows]
        self._band[rows] = band
        self._blocks[rows] = 1
        self._gap[rows] = 0
        self._first_frame[rows] = self._last_frame[rows] = self._frame
        self._before[rows] = before[rows, band]
        self._first[rows] = self._last[rows] = self._tonal_sum[rows] = power[rows]
        self._energy[rows] = power[rows]
        self._least[rows], self._most[rows] = np.inf, 0.0
        self._glides[rows] = False
        blocks = np.maximum(self._between_blocks[rows], 1)
        self._quiet_before[rows] = self._between[rows] / blocks < QUIET * self._plateau[rows]
        for row in rows.tolist():
            self._frequencies[row] = ()

    def _go_on(self, goes_on: Bools, power: Float32) -> None:
        inner = goes_on & (self._blocks >= 2)
        self._least = np.where(inner, np.minimum(self._least, self._last), self._least)
        self._most = np.where(inner, np.maximum(self._most, self._last), self._most)
        self._last = np.where(goes_on, power, self._last)
        gain = np.where(goes_on, power, 0.0)
        self._tonal_sum += gain
        self._energy += gain
        self._blocks += goes_on
        self._gap[goes_on] = 0
        self._last_frame[goes_on] = self._frame

    def _fade(self, fades: Bools) -> None:
        """The first block without the tone may still hold its end."""
        self._gap += fades
        self._energy += np.where(fades, self._powers[self._rows, np.maximum(self._band, 0)], 0.0)

    def _wait(self, waits: Bools, power: Float32) -> None:
        self._between += np.where(waits, power, 0.0)
        self._between_blocks += waits
        loud = waits & (power > LOUD * self._plateau)
        self._noisy = np.where(loud, self._noisy + 1, np.maximum(self._noisy - waits, 0))

    def _noise(self) -> list[tuple[int, Heard]]:
        rows = np.flatnonzero(self._noisy >= NOISE_BLOCKS)
        self._noisy[rows] = 0
        at_ms = float((self._frame + 1) * FRAME_MS)
        return [(row, OtherSound(at_ms)) for row in rows.tolist()]

    def _close(self, closes: Bools) -> list[tuple[int, Heard]]:
        rows = np.flatnonzero(closes)
        if not len(rows):
            return []
        heard: list[tuple[int, Heard]] = []
        for row in rows.tolist():
            if self._is_tone(row):
                heard.append((row, self._burst(row, over=True)))
                self._plateau[row] = self._mean(row)
                self._noisy[row] = self._between_blocks[row] = 0
                self._between[row] = 0.0
            else:
                self._give_back(row)
        self._band[rows] = -1
        return heard

    def _is_tone(self, row: int) -> bool:
        """Return whether the burst in progress has been found to be one or two steady lines."""
        return bool(self._frequencies[row]) and not self._glides[row]

    def _give_back(self, row: int) -> None:
        """Count a burst that was none (a vowel) to what lies between bursts."""
        blocks = self._frame - int(self._first_frame[row])
        self._between[row] += self._energy[row]
        self._between_blocks[row] += blocks
        if self._energy[row] > LOUD * self._plateau[row] * blocks:
            self._noisy[row] += blocks

    def _look(self, goes_on: Bools) -> list[tuple[int, Heard]]:
        """Take spectra where they are due; report the bursts that begin or go on."""
        due = goes_on & (self._blocks >= FIRST_LOOK)
        rows = np.flatnonzero(due & ((self._blocks - FIRST_LOOK) % NEXT_LOOK == 0))
        if len(rows):
            order = (np.arange(WINDOW_BLOCKS) + self._frame + 1) % WINDOW_BLOCKS
            audio = self._recent[rows][:, order].reshape(len(rows), WINDOW_SAMPLES)
            self._compare(rows.tolist(), spectral_lines(audio.astype(np.float32)))
        told = due & ((self._blocks == FIRST_LOOK) | (self._blocks % HELD_BLOCKS == 0))
        return [
            (row, self._burst(row, over=False))
            for row in np.flatnonzero(told).tolist()
            if self._is_tone(row)
        ]

    def _compare(self, rows: Sequence[int], found: Sequence[tuple[float, ...]]) -> None:
        for row, lines in zip(rows, found, strict=True):
            known = self._frequencies[row]
            limit_hz = MAX_DRIFT_HZ if self._steady(row) else MAX_WOBBLE_HZ
            if self._blocks[row] == FIRST_LOOK:
                self._frequencies[row] = lines
            elif len(lines) != len(known) or any(
                abs(now - then) > limit_hz for now, then in zip(lines, known, strict=True)
            ):
                self._glides[row] = True

    def _steady(self, row: int) -> bool:
        return bool(self._most[row] <= self._least[row] * 10 ** (STEADY_DB / 10))

    def _mean(self, row: int) -> float:
        """Return the burst's power without its ragged first and last block."""
        blocks = int(self._blocks[row])
        inner = self._tonal_sum[row] - self._first[row] - self._last[row]
        return float(inner / (blocks - 2)) if blocks > 2 else float(self._first[row])

    def _burst(self, row: int, *, over: bool) -> Burst:
        """Return the burst with its edges placed by how much of their blocks it fills."""
        mean = self._mean(row)
        early = min(float(self._before[row]) / mean, 1.0)
        first = min(float(self._first[row]) / mean, 1.0)
        excess = max(float(self._first[row]) - mean, 0.0)
        start_ms = FRAME_MS * (float(self._first_frame[row]) + 1 - first - early)
        lasted = FRAME_MS * (early + (float(self._energy[row]) - excess) / mean)
        steady = self._steady(row)
        if not steady:
            # A level that moves says nothing about edges: whole blocks must do.
            lasted = FRAME_MS * float(self._last_frame[row] - self._first_frame[row] + 1)
        return Burst(
            frequencies_hz=self._frequencies[row],
            start_ms=start_ms,
            duration_ms=lasted,
            steady=steady,
            over=over,
            quiet_before=bool(self._quiet_before[row]),
        )
