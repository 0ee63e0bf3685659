"""Recordings and messages as the browser wants them: seekable sound, and its shape."""

import asyncio
import os
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

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
MOMENT_FRAMES: Final = 80
MOMENT_MS: Final = 10
SILENT_BELOW: Final = 330
"""Of 32,768: 40 dB below full scale, above the noise of a telephone line and below speech."""
QUIET_MS: Final = 2_000
LEFT_OF_QUIET_MS: Final = 300
"""At both ends, so that no word loses its beginning."""
PEAK_FULL: Final = 255


Samples2d: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.int16]]"
Moments: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.int32]]"


class Quiet(BaseModel):
    """A stretch of two seconds or more in which nobody talks."""

    from_ms: int
    to_ms: int


class Peaks(BaseModel):
    """For each channel the loudest moment in each of up to 600 equal stretches, 0 to 255."""

    duration_ms: int
    channels: list[list[int]]
    quiet: list[Quiet]


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
        parts = [
            _loudest(block) for block in sound.blocks(CHUNK_FRAMES, dtype="int16", always_2d=True)
        ]
        duration_ms = 1000 * sound.frames // sound.samplerate
        moments = np.concatenate(parts) if parts else np.zeros((0, sound.channels), np.int32)
    count = min(BINS, len(moments))
    starts = np.linspace(0, len(moments), count, endpoint=False).astype(int)
    shape = np.maximum.reduceat(moments, starts, axis=0) if count else moments
    channels = (shape * PEAK_FULL // 32_768).T.tolist()
    return Peaks(duration_ms=duration_ms, channels=channels, quiet=_quiet(moments))


def _loudest(block: Samples2d) -> Moments:
    """Return int32[moments, channels]: the loudest sample of each moment of 10 ms."""
    size = np.abs(block.astype(np.int32))
    return np.maximum.reduceat(size, np.arange(0, len(size), MOMENT_FRAMES), axis=0)


def _quiet(moments: Moments) -> list[Quiet]:
    silent = (moments < SILENT_BELOW).all(axis=1).astype(np.int8)
    edges = np.flatnonzero(np.diff(silent, prepend=0, append=0)) * MOMENT_MS
    stretches = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [
        Quiet(from_ms=begin + LEFT_OF_QUIET_MS, to_ms=end - LEFT_OF_QUIET_MS)
        for begin, end in stretches
        if end - begin >= QUIET_MS
    ]
