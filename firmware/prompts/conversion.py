"""Any sound file in, the one prompt format out: WAV, 8 kHz, 16 bit, mono, one loudness, trimmed.

Runs in the worker process only. Files are read by name, never as objects:
libsndfile's callbacks do not work in the hardened unit.
"""

import os
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr

from firmware.contract.errors import TipringError
from firmware.contract.pcm import FULL_SCALE, SAMPLE_RATE_HZ
from firmware.prompts.loudness import Waveform, levelled, trimmed

MAX_BYTES: Final = 64_000_000
MAX_S: Final = 900
MIN_MS: Final = 100
"""Nobody says anything in less: such a file was cut off or is only a header."""
RATES_HZ: Final = range(4_000, 192_001)
MAX_CHANNELS: Final = 8
READ_FRAMES: Final = 65_536
MEGABYTE: Final = 1_000_000


class SoundRefused(TipringError):
    """The file is no sound we can use; the text says in one sentence why."""


def convert(source: Path, target: Path, name: str) -> int:
    """Write `source` as a prompt to `target` and return its milliseconds.

    `name` is how a person knows the file. Raises SoundRefused; OSError when the
    disk will not have it. The target appears whole or not at all.
    """
    whole = _read(source, name)
    if _ms(whole) < MIN_MS:
        raise SoundRefused("sound.too-short", file=name, least=MIN_MS / 1000)
    audio = levelled(trimmed(whole))
    if not len(audio):
        raise SoundRefused("sound.empty", file=name)
    samples = np.clip(np.round(audio), -FULL_SCALE, FULL_SCALE).astype(np.int16)
    part = target.with_name(f".{target.name}.part")
    soundfile.write(str(part), samples, SAMPLE_RATE_HZ, subtype="PCM_16", format="WAV")
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
    return _ms(audio)


def _ms(audio: Waveform) -> int:
    return len(audio) * 1000 // SAMPLE_RATE_HZ


def _read(source: Path, name: str) -> Waveform:
    """Return the file as mono at 8 kHz, in int16 steps."""
    size = source.stat().st_size
    if size > MAX_BYTES:
        size_mb, most_mb = size // MEGABYTE, MAX_BYTES // MEGABYTE
        raise SoundRefused("sound.too-big", file=name, size_mb=size_mb, most_mb=most_mb)
    try:
        with soundfile.SoundFile(str(source)) as sound:
            _check(sound, name)
            return _resampled(sound)
    except (soundfile.LibsndfileError, ValueError) as error:
        raise SoundRefused("sound.unreadable", file=name) from error


def _check(sound: soundfile.SoundFile, name: str) -> None:
    if sound.samplerate not in RATES_HZ or sound.channels > MAX_CHANNELS:
        raise SoundRefused("sound.unreadable", file=name)
    seconds = sound.frames // sound.samplerate
    if seconds > MAX_S:
        raise SoundRefused("sound.too-long", file=name, seconds=seconds, most=MAX_S)


def _resampled(sound: soundfile.SoundFile) -> Waveform:
    stream = soxr.ResampleStream(sound.samplerate, SAMPLE_RATE_HZ, 1, dtype="float32")
    parts: list[Waveform] = []
    left = MAX_S * sound.samplerate  # a header may lie about its frames
    while left > 0:
        block = sound.read(min(READ_FRAMES, left), dtype="float32", always_2d=True)
        left -= len(block)
        mono = np.nan_to_num(block.mean(axis=1), nan=0.0, posinf=0.0, neginf=0.0)
        parts.append(stream.resample_chunk(mono, last=len(block) == 0))
        if not len(block):
            break
    return np.concatenate(parts) * np.float32(FULL_SCALE)
