"""Line echo: the hybrid sends back what we say, and +VTR has no canceller of its own.

SpeexDSP (Debian's libspeexdsp1, by ctypes) models 32 ms of the echo path. A USB
modem's buffers put many times that between our writing and its echo, so the
delay is found first, and kept for the line's next call.
"""

import ctypes
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import BLOCK_SAMPLES, FULL_SCALE, SAMPLE_RATE_HZ, Samples
from firmware.dsp.tones import DTMF_HIGH_HZ, DTMF_LOW_HZ

LIBRARY: Final = "libspeexdsp.so.1"
TAIL_SAMPLES: Final = 256
SET_SAMPLING_RATE: Final = 24  # SPEEX_ECHO_SET_SAMPLING_RATE
GET_RESPONSE_SIZE: Final = 27  # SPEEX_ECHO_GET_IMPULSE_RESPONSE_SIZE
GET_RESPONSE: Final = 29  # SPEEX_ECHO_GET_IMPULSE_RESPONSE
RESPONSE_SCALE: Final = 32_767 * 2 * BLOCK_SAMPLES
"""The library's inverse transform leaves the length of its window in."""

LOOKED_AT_SAMPLES: Final = 8_192
MAX_DELAY_SAMPLES: Final = 3_200
LOOK_EVERY_BLOCKS: Final = 20
MIN_SENT_RMS: Final = 60.0
"""About -45 dBm0; in less there is nothing to find an echo of."""
MIN_PEAK_RATIO: Final = 1.6
"""The best delay against the best one elsewhere; tones fit many delays nearly as well."""
SAME_SAMPLES: Final = 8
MARGIN_SAMPLES: Final = 24
"""The echo's first samples come before its strongest one."""
WORSE: Final = 2.0
WORSE_BLOCKS: Final = 15
"""The library would do so too, after a second and with a joke on standard error."""
NOTCH_SAMPLES: Final = 120
HELD_BLOCKS: Final = 10
"""... after the last block with a key in it, long enough for the pauses of a dialled number."""
MIN_KEY_SHARE: Final = 0.35
MIN_KEY_BALANCE: Final = 0.2
MIN_KEY_ENERGY: Final = BLOCK_SAMPLES * 700.0**2

_KEY_WAVES: Final = np.exp(
    -2j * np.pi * np.outer(DTMF_LOW_HZ + DTMF_HIGH_HZ, np.arange(BLOCK_SAMPLES)) / SAMPLE_RATE_HZ
)


def _notch_response() -> NDArray[np.float64]:
    """What the library does to the heard side before it learns: direct current and hum go.

    Its filter_dc_notch16 at 8000 Hz, radius 0.9: so the learned response has it in too.
    """
    radius, taps = 0.9, np.zeros(NOTCH_SAMPLES)
    denominator = radius**2 + 0.7 * (1 - radius) ** 2
    first = second = 0.0
    for at in range(NOTCH_SAMPLES):
        into = 1.0 if at == 0 else 0.0
        out = first + into
        first, second = second + 2 * (radius * out - into), into - denominator * out
        taps[at] = radius * out
    return taps


_NOTCH: Final = _notch_response()
_SILENCE: Final = np.zeros(BLOCK_SAMPLES, np.int16)


@cache
def speexdsp() -> ctypes.CDLL | None:
    """Return the library, or None where it is not installed."""
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:
        return None
    library.speex_echo_state_init.restype = ctypes.c_void_p
    library.speex_echo_state_init.argtypes = [ctypes.c_int, ctypes.c_int]
    library.speex_echo_cancellation.argtypes = [ctypes.c_void_p] * 4
    library.speex_echo_cancellation.restype = None
    library.speex_echo_ctl.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
    library.speex_echo_state_reset.argtypes = [ctypes.c_void_p]
    library.speex_echo_state_reset.restype = None
    library.speex_echo_state_destroy.argtypes = [ctypes.c_void_p]
    library.speex_echo_state_destroy.restype = None
    return library


class SpeexCanceller:
    """One line's adaptive filter. `close` frees it."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._state: int | None = library.speex_echo_state_init(BLOCK_SAMPLES, TAIL_SAMPLES)
        rate = ctypes.c_int(SAMPLE_RATE_HZ)
        library.speex_echo_ctl(self._state, SET_SAMPLING_RATE, ctypes.byref(rate))

    def cancelled(self, heard: Samples, sent: Samples) -> Samples:
        """Return `heard` without the echo of `sent`; blocks of 160, aligned within the tail."""
        if self._state is None:
            return heard
        out = np.empty(BLOCK_SAMPLES, np.int16)
        heard, sent = np.ascontiguousarray(heard), np.ascontiguousarray(sent)
        self._library.speex_echo_cancellation(
            self._state, heard.ctypes.data, sent.ctypes.data, out.ctypes.data
        )
        return out

    def response(self) -> NDArray[np.float64]:
        """Return the echo path as learned so far: an impulse response, float64."""
        size = ctypes.c_int(0)
        self._library.speex_echo_ctl(self._state, GET_RESPONSE_SIZE, ctypes.byref(size))
        taps = np.zeros(size.value, np.int32)
        self._library.speex_echo_ctl(self._state, GET_RESPONSE, taps.ctypes.data)
        return taps / RESPONSE_SCALE

    def forget(self) -> None:
        if self._state is not None:
            self._library.speex_echo_state_reset(self._state)

    def close(self) -> None:
        if self._state is not None:
            self._library.speex_echo_state_destroy(self._state)
            self._state = None


class DelayFinder:
    """Finds how many samples after being sent the echo arrives."""

    def __init__(self) -> None:
        self._sent = np.zeros(LOOKED_AT_SAMPLES, np.float32)
        self._heard = np.zeros(LOOKED_AT_SAMPLES, np.float32)
        self._blocks = 0
        self._last: int | None = None

    def add(self, heard: Samples, sent: Samples) -> int | None:
        """Return a delay that two looks in a row agree on; mostly None."""
        for history, block in ((self._sent, sent), (self._heard, heard)):
            history[:-BLOCK_SAMPLES] = history[BLOCK_SAMPLES:]
            history[-BLOCK_SAMPLES:] = block
        self._blocks += 1
        if self._blocks % LOOK_EVERY_BLOCKS:
            return None
        before, self._last = self._last, likely_delay(self._heard, self._sent)
        if self._last is None or before is None or abs(self._last - before) > SAME_SAMPLES:
            return None
        return self._last


def likely_delay(heard: NDArray[np.float32], sent: NDArray[np.float32]) -> int | None:
    """Return the delay of `sent` within `heard`, in samples, or None when none stands out.

    Cross-correlation with both spectra whitened, so that a voice's own pitch does
    not look like a delay.
    """
    if float(np.sqrt(np.mean(sent**2))) < MIN_SENT_RMS:
        return None
    size = 2 * len(sent)
    cross = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sent, size))
    cross /= np.abs(cross) + 1e-3 * float(np.max(np.abs(cross))) + 1e-9
    match = np.abs(np.fft.irfft(cross)[:MAX_DELAY_SAMPLES])
    best = int(np.argmax(match))
    elsewhere = match.copy()
    # The hybrid itself rings on for some milliseconds after its strongest sample.
    elsewhere[max(0, best - 80) : best + 80] = 0
    return best if match[best] > MIN_PEAK_RATIO * float(np.max(elsewhere)) else None


class EchoPath:
    """Takes the echo out of what a line hears; one per call."""

    def __init__(self, library: ctypes.CDLL, delay_samples: int = 0) -> None:
        self.delay_samples = delay_samples
        """Handed to the line's next call: a modem's buffers stay the same."""
        self._canceller = SpeexCanceller(library)
        self._finder = DelayFinder()
        self._sent = np.zeros(MAX_DELAY_SAMPLES + 4 * BLOCK_SAMPLES, np.int16)
        self._heard = np.zeros(2 * BLOCK_SAMPLES, np.int16)
        self._learned: NDArray[np.float64] | None = None
        self._held_blocks = self._worse_blocks = 0

    def cancelled(self, heard: Samples, sent: Samples) -> Samples:
        """Return `heard` without echo. `sent` is what went out just before `heard` came in.

        While keys are sent nothing is learned, since two tones fit many echo paths;
        what was learned before goes on being taken out.
        """
        self._sent[:-BLOCK_SAMPLES] = self._sent[BLOCK_SAMPLES:]
        self._sent[-BLOCK_SAMPLES:] = sent
        self._heard[:-BLOCK_SAMPLES] = self._heard[BLOCK_SAMPLES:]
        self._heard[-BLOCK_SAMPLES:] = heard
        end = len(self._sent) - self.delay_samples
        reference = self._sent[end - BLOCK_SAMPLES : end]
        if self._is_held(reference):
            # Silence for the library, or it would take what it remembers for just sent.
            self._canceller.cancelled(_SILENCE, _SILENCE)
            return self._without_learning(end)
        found = self._finder.add(heard, sent)
        if found is not None:
            self._align(max(0, found - MARGIN_SAMPLES))
        left = self._canceller.cancelled(heard, reference)
        self._watch(heard, left)
        return left

    def _watch(self, heard: Samples, left: Samples) -> None:
        """Start anew when more comes out than went in: the delay has changed under the filter."""
        energy_in, energy_out = (float(np.sum(x.astype(np.float64) ** 2)) for x in (heard, left))
        self._worse_blocks = self._worse_blocks + 1 if energy_out > WORSE * energy_in else 0
        if self._worse_blocks >= WORSE_BLOCKS:
            self._worse_blocks = 0
            self._canceller.forget()

    def _is_held(self, reference: Samples) -> bool:
        if carries_key(reference):
            self._held_blocks = HELD_BLOCKS
        elif self._held_blocks:
            self._held_blocks -= 1
        if not self._held_blocks:
            self._learned = None
        elif self._learned is None:
            self._learned = self._canceller.response()
        return self._learned is not None

    def _without_learning(self, end: int) -> Samples:
        if self._learned is None:
            return self._heard[-BLOCK_SAMPLES:].copy()
        sent = self._sent[end - BLOCK_SAMPLES - len(self._learned) + 1 : end].astype(np.float64)
        heard = self._heard[-BLOCK_SAMPLES - len(_NOTCH) + 1 :].astype(np.float64)
        left = np.convolve(heard, _NOTCH, "valid") - np.convolve(sent, self._learned, "valid")
        return np.clip(np.rint(left), -FULL_SCALE - 1, FULL_SCALE).astype(np.int16)

    def _align(self, delay_samples: int) -> None:
        if abs(delay_samples - self.delay_samples) > MARGIN_SAMPLES // 2:
            self.delay_samples = delay_samples
            self._canceller.forget()

    def close(self) -> None:
        self._canceller.close()


def carries_key(block: Samples) -> bool:
    """Return whether a pair of DTMF tones makes up much of a block, or of what it fills."""
    wave = block.astype(np.float64)
    energy = float(np.sum(wave**2))
    if energy < MIN_KEY_ENERGY:
        return False
    shares = np.abs(_KEY_WAVES @ wave) ** 2 * (2 / BLOCK_SAMPLES / energy)
    low, high = float(np.max(shares[:4])), float(np.max(shares[4:]))
    return low + high > MIN_KEY_SHARE and min(low, high) > MIN_KEY_BALANCE * (low + high)
