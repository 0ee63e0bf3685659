"""Test signals by the book, each with a seed, and the line they come over.

Made apart from firmware.dsp.tones on purpose: a generator and a detector that
share a table could share its mistakes. Many timeslots side by side: shape
(timeslots, samples), float, in int16 steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from firmware.contract.pcm import FULL_SCALE, Samples
from firmware.dsp import g711

RATE_HZ: Final = 8_000
BLOCK: Final = 160
KEYS: Final = "123A456B789C*0#D"
LOW_HZ: Final = (697.0, 770.0, 852.0, 941.0)
HIGH_HZ: Final = (1209.0, 1336.0, 1477.0, 1633.0)

Wave = NDArray[np.float64]


def amplitude(dbm0: float) -> float:
    return float(FULL_SCALE * 10 ** ((dbm0 - 3.14) / 20))


def milliseconds(ms: float) -> int:
    return round(ms * RATE_HZ / 1_000)


def sine(hz: float, ms: float, dbm0: float, rng: np.random.Generator) -> Wave:
    at = np.arange(milliseconds(ms)) / RATE_HZ
    return amplitude(dbm0) * np.sin(2 * np.pi * (hz * at + rng.random()))


def noise(shape: tuple[int, ...], dbm0: float, rng: np.random.Generator) -> Wave:
    """White from 0 to 4 kHz; its level is that of all of it."""
    return rng.normal(0.0, amplitude(dbm0) / np.sqrt(2), shape)


@dataclass(frozen=True)
class Press:
    """How a key is pressed; levels are of each tone."""

    on_ms: float = 70.0
    off_ms: float = 70.0
    low_dbm0: float = -10.0
    high_dbm0: float = -10.0
    low_off: float = 0.0
    """Relative deviation from the nominal frequency."""
    high_off: float = 0.0
    break_ms: float = 0.0
    """A gap in the middle of the key."""

    def sound(self, key: str, rng: np.random.Generator) -> Wave:
        row, column = divmod(KEYS.index(key), 4)
        low = sine(LOW_HZ[row] * (1 + self.low_off), self.on_ms, self.low_dbm0, rng)
        high = sine(HIGH_HZ[column] * (1 + self.high_off), self.on_ms, self.high_dbm0, rng)
        pressed = low + high
        middle = len(pressed) // 2
        pressed[middle : middle + milliseconds(self.break_ms)] = 0
        return np.concatenate([pressed, np.zeros(milliseconds(self.off_ms))])


def typed(digits: Sequence[str], press: Press, rng: np.random.Generator) -> Wave:
    """Return one timeslot per string of digits, each beginning anywhere within a block."""
    rows = []
    for keys in digits:
        lead = np.zeros(int(rng.integers(800, 960)))
        rows.append(np.concatenate([lead, *(press.sound(key, rng) for key in keys)]))
    longest = max(len(row) for row in rows) + milliseconds(100)
    return np.stack([np.pad(row, (0, longest - len(row))) for row in rows])


def through_alaw(wave: Wave) -> Samples:
    """Return the waveform clipped to int16 and taken through one A-law coding."""
    pcm = np.clip(np.rint(wave), -32_768, 32_767).astype(np.int16)
    return g711.from_alaw(g711.to_alaw(pcm))


def blocks(audio: Samples) -> Iterator[Samples]:
    """Yield (timeslots, 160) for each tick; the last piece is filled with silence."""
    filled = np.pad(audio, ((0, 0), (0, -audio.shape[1] % BLOCK)))
    for start in range(0, filled.shape[1], BLOCK):
        yield filled[:, start : start + BLOCK]


SPEECH_FOLDER: Final = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
MUSIC_FOLDER: Final = Path("/usr/share/asterisk/moh")


def recordings(folder: Path) -> Samples:
    """Return all sound of a folder in one."""
    files = sorted(folder.rglob("*.wav"))
    assert files, f"no recordings in {folder}: make test installs their Debian package"
    return np.concatenate([_read(file) for file in files])


def _read(file: Path) -> Samples:
    pcm, rate_hz = soundfile.read(file, dtype="int16")
    assert rate_hz == RATE_HZ, file
    return np.asarray(pcm, dtype=np.int16)


def side_by_side(audio: Samples, timeslots: int) -> Samples:
    """Return a long recording cut into that many timeslots."""
    length = len(audio) // timeslots
    return audio[: length * timeslots].reshape(timeslots, length)


def played_faster(audio: Samples, times: float) -> Samples:
    """Return the recording so much faster and higher, as another voice would sound."""
    at = np.arange(0, len(audio) - 1, times)
    heard = np.interp(at, np.arange(len(audio)), audio)
    return np.asarray(np.rint(heard), dtype=np.int16)
