"""DTMF receiver for all timeslots at once.

    detector = DtmfDetector(timeslots=32)
    events = detector.hear(blocks, active, dial_mode)   # every tick
    detector.reset(timeslot)                            # a new leg took the timeslot

A digit is reported when it is certain (`ended` false) and again when it is over,
with its length. Every 10 ms the eight frequencies are measured over 20 ms; the
phase that each gained since the last time tells its true frequency, and only
where a legal pair stands out are two sinusoids fitted over 30 ms. The share of
the energy they explain rejects speech, short bursts and wrong frequencies.

Frequencies: ITU-T Q.23. Limits: ITU-T Q.24 Annex A, AT&T column, with room for
the NTT and Brazilian ones.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from firmware.dsp import levels
from firmware.dsp.tones import DTMF_HIGH_HZ, DTMF_LOW_HZ, KEYPAD

HOP_SAMPLES: Final = 80
HOP_MS: Final = 10
FIT_SAMPLES: Final = 240

MAX_DEVIATION: Final = 0.024
"""Of the measured frequency from the nominal; must accept 1.8 %, must reject 3.5 %."""
MIN_LEVEL_DBM0: Final = -36.0
# "Normal" and "reverse" twist are used both ways round in the field, so the
# limits are named by direction.
MAX_HIGH_OVER_LOW_DB: Final = 5.5
MAX_LOW_OVER_HIGH_DB: Final = 9.5
SHARE_AT_ONCE: Final = 0.92
"""Share of the energy that a pair must explain to be a digit at first sight,"""
SHARE_TWICE: Final = 0.87
"""... when two looks in a row agree,"""
SHARE_HELD: Final = 0.70
"""... and to keep the digit alive."""
MISSED_HOPS: Final = 5
"""A digit ends after so many looks without it: bridges 10 ms breaks, splits 40 ms pauses."""
DIAL_TONE_HZ: Final = (300.0, 480.0)

_NOMINAL_HZ: Final = np.array(DTMF_LOW_HZ + DTMF_HIGH_HZ)
_NOTHING: Final = -1

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DtmfEvent:
    """A digit became certain or, `ended`, was over; frames count calls of `hear` from 0."""

    timeslot: int
    digit: str
    frame: int
    duration_ms: int
    """How long the digit had sounded by the end of this frame or, if ended, in all."""
    ended: bool
    end_ms: int
    """When its sound was last heard, in ms since the detector's first sample."""

    @property
    def start_ms(self) -> int:
        return self.end_ms - self.duration_ms


def _analysis() -> Float32:
    """Return the Hann-weighted DFT at the eight frequencies; shape (160, 16), real | imaginary."""
    window = np.hanning(BLOCK_SAMPLES + 2)[1:-1]
    at = np.arange(BLOCK_SAMPLES)[:, None]
    turns = np.exp(-2j * np.pi * _NOMINAL_HZ * at / SAMPLE_RATE_HZ)
    turns *= (window / (window.sum() / 2))[:, None]
    return np.ascontiguousarray(np.concatenate([turns.real, turns.imag], 1), dtype=np.float32)


_FIT_AT: Final = np.arange(FIT_SAMPLES) - (FIT_SAMPLES - 1) / 2


def _dial_tone_space() -> Float64:
    """Return an orthonormal basis of everything between 300 and 480 Hz over the fit."""
    tones_hz = np.arange(DIAL_TONE_HZ[0], DIAL_TONE_HZ[1] + 1, 6.0)
    phase = 2 * np.pi * np.outer(_FIT_AT, tones_hz) / SAMPLE_RATE_HZ
    basis, weight, _ = np.linalg.svd(np.concatenate([np.cos(phase), np.sin(phase)], 1), False)
    return np.asarray(basis[:, weight > weight[0] * 0.02], dtype=np.float64)


_ANALYSIS: Final = _analysis()
_HOP_TURN: Final = np.exp(-2j * np.pi * _NOMINAL_HZ * HOP_SAMPLES / SAMPLE_RATE_HZ).astype(
    np.complex64
)
_MAX_PHASE: Final = 2 * np.pi * _NOMINAL_HZ * MAX_DEVIATION * HOP_SAMPLES / SAMPLE_RATE_HZ
_DIAL_TONE: Final = _dial_tone_space()
_MIN_PEAK: Final = levels.peak(MIN_LEVEL_DBM0)
# The first gate is coarse on purpose: it only saves fits.
_GATE_PEAK: Final = _MIN_PEAK / 2
_GATE_HIGH_OVER_LOW: Final = 2.6
_GATE_LOW_OVER_HIGH: Final = 4.0
_GATE_SHARE: Final = 0.4
_QUIET_PEAK_TO_PEAK: Final = _GATE_PEAK / 2
"""A block that swings less has no pair: most callers say nothing, and cost next to nothing."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What one 10 ms look found per timeslot: a key's index, or -1, by certainty."""

    sure: Ints
    likely: Ints
    held: Ints


@dataclass(frozen=True, slots=True)
class _Fit:
    share: Float64
    low_peak: Float64
    high_peak: Float64


def _fit(audio: Float64, low: Float64, high: Float64, dial_mode: Bools) -> _Fit:
    """Fit two sinusoids of the given radians per sample to each row of `audio`."""
    low_phase, high_phase = low[:, None] * _FIT_AT, high[:, None] * _FIT_AT
    model = np.stack(
        [np.cos(low_phase), np.sin(low_phase), np.cos(high_phase), np.sin(high_phase)], 1
    )
    audio = audio - audio.mean(1, keepdims=True)
    if dial_mode.any():
        audio[dial_mode] -= (audio[dial_mode] @ _DIAL_TONE) @ _DIAL_TONE.T
        model[dial_mode] -= (model[dial_mode] @ _DIAL_TONE) @ _DIAL_TONE.T
    found = np.einsum("mkt,mt->mk", model, audio)
    weights = np.linalg.solve(model @ model.transpose(0, 2, 1), found[..., None])[..., 0]
    energy = np.einsum("mt,mt->m", audio, audio) + 1e-6
    return _Fit(
        share=np.einsum("mk,mk->m", weights, found) / energy,
        low_peak=np.hypot(weights[:, 0], weights[:, 1]),
        high_peak=np.hypot(weights[:, 2], weights[:, 3]),
    )


def _spectra(windows: Float32) -> NDArray[np.complex64]:
    """Return the eight frequencies' phasors; shape (timeslots, 2 looks, 8)."""
    parts = windows @ _ANALYSIS
    spectra = np.empty((*parts.shape[:2], 8), np.complex64)
    spectra.real, spectra.imag = parts[..., :8], parts[..., 8:]
    return spectra


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Rows in which a pair stands out, and the indices of its tones in the low and high group."""

    where: Ints
    low: Ints
    high: Ints

    def only(self, chosen: Bools) -> "_Candidates":
        return _Candidates(self.where[chosen], self.low[chosen], self.high[chosen])


def _candidates(
    spectra: NDArray[np.complex64], least_power: Float32
) -> tuple[_Candidates | None, _Candidates | None]:
    """Return, for each of the two looks, where a pair is loud, fairly even and most of it all."""
    magnitude = np.abs(spectra)
    low, high = magnitude[..., :4].max(-1), magnitude[..., 4:].max(-1)
    passed = (
        (np.minimum(low, high) > _GATE_PEAK)
        & (high < low * _GATE_HIGH_OVER_LOW)
        & (low < high * _GATE_LOW_OVER_HIGH)
        & (low * low + high * high > 2 * least_power)
    )
    first, second = (_loudest(passed[:, hop], magnitude[:, hop]) for hop in (0, 1))
    return first, second


def _loudest(passed: Bools, magnitude: Float32) -> _Candidates | None:
    where = np.flatnonzero(passed)
    if not len(where):
        return None
    low_tone, high_tone = magnitude[where, :4].argmax(1), magnitude[where, 4:].argmax(1) + 4
    return _Candidates(where, low_tone, high_tone)


def _tuned(
    audio: Float32, turned: NDArray[np.complex64], found: _Candidates, dial_mode: Bools
) -> tuple[_Candidates, _Fit] | None:
    """Return those candidates whose phases turned at legal frequencies, with their fits."""
    gained = np.angle(turned)
    low_gain, high_gain = gained[found.where, found.low], gained[found.where, found.high]
    legal = (np.abs(low_gain) < _MAX_PHASE[found.low]) & (
        np.abs(high_gain) < _MAX_PHASE[found.high]
    )
    if not legal.any():
        return None
    tuned = found.only(legal)
    radians = 2 * np.pi * _NOMINAL_HZ / SAMPLE_RATE_HZ
    return tuned, _fit(
        audio[tuned.where].astype(np.float64),
        radians[tuned.low] + low_gain[legal] / HOP_SAMPLES,
        radians[tuned.high] + high_gain[legal] / HOP_SAMPLES,
        dial_mode[tuned.where],
    )


class DtmfDetector:
    def __init__(self, timeslots: int) -> None:
        self._frame = -1
        self._history = np.zeros((timeslots, BLOCK_SAMPLES), np.int16)
        self._spectrum = np.zeros((timeslots, 8), np.complex64)
        self._digit = np.full(timeslots, _NOTHING)
        self._likely = np.full(timeslots, _NOTHING)
        self._missed = np.zeros(timeslots, np.int64)
        self._hops = np.zeros(timeslots, np.int64)
        self._nothing = np.full(timeslots, _NOTHING)
        self._loud = np.zeros(timeslots, bool)
        """Where the block before this one was loud enough to look at."""

    def reset(self, timeslot: int) -> None:
        """Forget what was heard on the timeslot; a digit in progress is not reported."""
        self._history[timeslot] = 0
        self._spectrum[timeslot] = 0
        self._digit[timeslot] = self._likely[timeslot] = _NOTHING

    def hear(
        self, blocks: NDArray[np.int16], active: Bools, dial_mode: Bools | None = None
    ) -> list[DtmfEvent]:
        """Take one block of every timeslot; return what became known.

        blocks: int16, shape (timeslots, 160). active: where to listen; elsewhere
        nothing is reported. dial_mode: where dial tone may lie under the digits;
        there speech is mistaken for digits somewhat more often.
        """
        self._frame += 1
        swing = blocks.max(1).astype(np.int32) - blocks.min(1)
        loud = active & (swing > _QUIET_PEAK_TO_PEAK)
        rows = np.flatnonzero(loud | self._loud)
        self._loud = loud
        events: list[DtmfEvent] = []
        if len(rows):
            events = self._hear_loud(rows, blocks, dial_mode)
        else:
            self._forget_phases()
            for hop in (0, 1):
                if self._busy():
                    events += self._decide(self._empty_look(), hop)
        self._history = blocks.copy()
        return events

    def _hear_loud(
        self, rows: Ints, blocks: NDArray[np.int16], dial_mode: Bools | None
    ) -> list[DtmfEvent]:
        """Look twice at those timeslots; nothing is to be heard in the others."""
        audio = np.concatenate([self._history[rows], blocks[rows]], 1, dtype=np.float32)
        under_dial_tone = np.zeros(len(rows), bool) if dial_mode is None else dial_mode[rows]
        windows = np.stack([audio[:, 80:240], audio[:, 160:320]], 1)
        spectra = _spectra(windows)
        # Under dial tone the share of a pair says nothing yet.
        least = _GATE_SHARE * np.einsum("nht,nht->nh", windows, windows) / BLOCK_SAMPLES
        least[under_dial_tone] = 0
        events: list[DtmfEvent] = []
        before = self._spectrum[rows]
        for hop, candidates in enumerate(_candidates(spectra, least)):
            spectrum = spectra[:, hop]
            if candidates is not None or self._busy():
                look = self._empty_look()
                if candidates is not None:
                    turned = spectrum * before.conj() * _HOP_TURN
                    at = slice(HOP_SAMPLES * hop, HOP_SAMPLES * hop + FIT_SAMPLES)
                    _grade(look, rows, _tuned(audio[:, at], turned, candidates, under_dial_tone))
                events += self._decide(look, hop)
            before = spectrum
        self._forget_phases()
        self._spectrum[rows] = before
        return events

    def _forget_phases(self) -> None:
        """No phase was measured: whatever is compared with it is not in tune."""
        self._spectrum[:] = np.nan

    def _empty_look(self) -> _Look:
        return _Look(self._nothing.copy(), self._nothing.copy(), self._nothing.copy())

    def _busy(self) -> bool:
        """Return whether a digit sounds or may be starting anywhere."""
        return bool((self._digit >= 0).any() or (self._likely >= 0).any())

    def _decide(self, look: _Look, hop: int) -> list[DtmfEvent]:
        """Move every timeslot's digit on by one look."""
        agreed = (look.likely >= 0) & (look.likely == self._likely)
        heard = np.where(look.sure >= 0, look.sure, np.where(agreed, look.likely, _NOTHING))
        self._likely = look.likely
        self._missed = np.where((look.held >= 0) & (look.held == self._digit), 0, self._missed + 1)
        self._hops += 1
        starts = (heard >= 0) & (heard != self._digit)
        ends = (self._digit >= 0) & (starts | (self._missed >= MISSED_HOPS))
        events = [self._event(i, hop, ended=True) for i in np.flatnonzero(ends).tolist()]
        self._digit = np.where(starts, heard, np.where(ends, _NOTHING, self._digit))
        # A look covers 30 ms; what it certifies began at least 20 ms before its end.
        self._hops = np.where(starts, 3, self._hops)
        self._missed = np.where(starts, 0, self._missed)
        events += [self._event(i, hop, ended=False) for i in np.flatnonzero(starts).tolist()]
        return events

    def _event(self, timeslot: int, hop: int, *, ended: bool) -> DtmfEvent:
        missed = int(self._missed[timeslot]) if ended else 0
        return DtmfEvent(
            timeslot=timeslot,
            digit=KEYPAD[int(self._digit[timeslot])],
            frame=self._frame,
            duration_ms=HOP_MS * (int(self._hops[timeslot]) - missed),
            ended=ended,
            end_ms=HOP_MS * (2 * self._frame + hop + 1 - missed),
        )


def _grade(look: _Look, rows: Ints, tuned: tuple[_Candidates, _Fit] | None) -> None:
    """Enter the fits that are legal digits into `look`; `rows` are the candidates' timeslots."""
    if tuned is None:
        return
    found, fit = tuned
    where, key = rows[found.where], 4 * found.low + found.high - 4
    high_over_low_db = 20 * np.log10(
        np.maximum(fit.high_peak, 1e-3) / np.maximum(fit.low_peak, 1e-3)
    )
    legal = (
        (np.minimum(fit.low_peak, fit.high_peak) > _MIN_PEAK)
        & (high_over_low_db < MAX_HIGH_OVER_LOW_DB)
        & (high_over_low_db > -MAX_LOW_OVER_HIGH_DB)
    )
    for certainty, share in (
        (look.sure, SHARE_AT_ONCE),
        (look.likely, SHARE_TWICE),
        (look.held, SHARE_HELD),
    ):
        passed = legal & (fit.share > share)
        certainty[where[passed]] = key[passed]
