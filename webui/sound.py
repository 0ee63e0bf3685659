"""Recordings and messages as the browser wants them: seekable sound, and its shape."""

import asyncio
import os
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from fastapi.responses import FileResponse
from pydantic import BaseModel

from firmware.contract.errors import NotFound, StorageFault

MEDIA_TYPES: Final = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".mp3": "audio/mpeg",
}
BINS: Final = 600
CHUNK_FRAMES: Final = 8_000 * 60
PEAK_FULL: Final = 255


class Peaks(BaseModel):
    """For each channel the loudest moment in each of up to 600 equal stretches, 0 to 255."""

    duration_ms: int
    channels: list[list[int]]


def is_beginning(stretch: str | None) -> bool:
    """Whether a Range header asks from the first byte on: that is a new listening."""
    return stretch is None or stretch.strip().startswith("bytes=0-")


def serve(path: Path) -> FileResponse:
    """Raises NotFound when the file is not there any more."""
    if not path.is_file():
        raise NotFound("web.no-such-sound")
    return FileResponse(
        path,
        media_type=MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        headers={"Cache-Control": "private, no-cache"},
        filename=path.name,
        content_disposition_type="inline",
    )


async def peaks(path: Path) -> Peaks:
    """Raises NotFound without a file, StorageFault for one that cannot be read."""
    return await asyncio.to_thread(_peaks_of_file, path)


def _peaks_of_file(path: Path) -> Peaks:
    try:
        facts = path.stat()
    except OSError:
        raise NotFound("web.no-such-sound") from None
    try:
        return _read_peaks(os.fspath(path), facts.st_mtime_ns, facts.st_size)
    except soundfile.LibsndfileError as error:
        raise StorageFault("web.sound-torn", why=str(error)) from None


@lru_cache(maxsize=128)
def _read_peaks(path: str, _changed_ns: int, _size: int) -> Peaks:
    with soundfile.SoundFile(path) as sound:
        per_bin = max(1, -(-sound.frames // BINS))
        chunk = per_bin * max(1, CHUNK_FRAMES // per_bin)
        parts = [
            _loudest(block, per_bin) for block in sound.blocks(chunk, dtype="int16", always_2d=True)
        ]
        duration_ms = 1000 * sound.frames // sound.samplerate
        channels = sound.channels
    shape = np.concatenate(parts) if parts else np.zeros((0, channels), np.int32)
    return Peaks(duration_ms=duration_ms, channels=(shape * PEAK_FULL // 32_768).T.tolist())


def _loudest(block: "np.ndarray[tuple[int, int], np.dtype[np.int16]]", per_bin: int) -> np.ndarray:
    """Return int32[bins, channels]; the last bin may be shorter than the others."""
    size = np.abs(block.astype(np.int32))
    starts = np.arange(0, len(size), per_bin)
    return np.maximum.reduceat(size, starts, axis=0)
