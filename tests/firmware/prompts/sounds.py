"""Sound files for the tests, made with a seed."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray


def speech_like(seconds: float, rate_hz: int, seed: int = 1) -> NDArray[np.float32]:
    """Return noise in syllables of 200 ms with pauses of 100 ms, at about -23 dBFS."""
    dice = np.random.default_rng(seed)
    noise = dice.normal(0.0, 0.07, int(seconds * rate_hz))
    on = (np.arange(len(noise)) / rate_hz) % 0.3 < 0.2
    return np.asarray(np.clip(noise * on, -1, 1), dtype=np.float32)


def written(file: Path, audio: NDArray[np.float32], rate_hz: int, **kind: str) -> Path:
    soundfile.write(str(file), audio, rate_hz, **kind)
    return file
