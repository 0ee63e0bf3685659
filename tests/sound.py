"""Sound in tests: marker tones that prove whose voice got where."""

from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from firmware.contract.pcm import FULL_SCALE, FULL_SCALE_SINE_DBM0, SAMPLE_RATE_HZ, Samples

SPEECH: Final = Path("/usr/share/asterisk/sounds/en_US_f_Allison")


def marker(tone_hz: float, duration_s: float, level_dbm0: float = -14.0) -> Samples:
    """Return a swelling tone that no network makes; shape (n,)."""
    t = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    peak = FULL_SCALE * 10 ** ((level_dbm0 - FULL_SCALE_SINE_DBM0) / 20)
    wave = peak * np.sin(2 * np.pi * tone_hz * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))
    return wave.astype(np.int16)


def speech(duration_s: float) -> Samples:
    """Return a real voice (Debian's asterisk-core-sounds-en-wav), prompt after prompt."""
    prompts = sorted(SPEECH.glob("vm-*.wav"))
    sounds = [soundfile.read(str(file), dtype="int16")[0] for file in prompts]
    voice = np.concatenate(sounds)
    assert len(voice) >= duration_s * SAMPLE_RATE_HZ, "too few prompts"
    stretch: Samples = voice[: int(duration_s * SAMPLE_RATE_HZ)]
    return stretch


def loud_seconds(sound: NDArray[np.float64], above_dbfs: float = -40.0) -> float:
    """Return for how long something is heard (100 ms windows)."""
    size = SAMPLE_RATE_HZ // 10
    power = np.mean(sound[: len(sound) // size * size].reshape(-1, size) ** 2, axis=1)
    return float(np.count_nonzero(power > 10 ** (above_dbfs / 10))) / 10


def write_wav(file: Path, sound: Samples) -> Path:
    soundfile.write(str(file), sound, SAMPLE_RATE_HZ, subtype="PCM_16")
    return file


def read_sound(file: Path) -> NDArray[np.float64]:
    """Return what a sound file holds, shape (samples, channels), full scale 1.0, at 8 kHz."""
    sound, rate_hz = soundfile.read(str(file), always_2d=True)
    assert rate_hz == SAMPLE_RATE_HZ, rate_hz
    return np.asarray(sound, dtype=np.float64)


def seconds_of(tone_hz: float, sound: NDArray[np.float64], share: float = 0.3) -> float:
    """Return for how long the tone carries at least `share` of the power (100 ms windows)."""
    size = SAMPLE_RATE_HZ // 10
    windows = sound[: len(sound) // size * size].reshape(-1, size)
    wave = np.exp(-2j * np.pi * tone_hz * np.arange(size) / SAMPLE_RATE_HZ)
    of_tone = 2 * (np.abs(windows @ wave) / size) ** 2
    power = np.mean(windows**2, axis=1)
    return float(np.count_nonzero((of_tone > share * power) & (power > 1e-6))) / 10
