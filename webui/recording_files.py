"""Recordings to take away: one as FLAC or WAV, many in one ZIP, all of it made as it is sent.

Nothing is put on the disk for it and never more than a block is in memory, so
a full disk does not matter and two years of calls do not either.
"""

import os
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import soundfile

from firmware.contract.errors import NotFound, StorageFault

BLOCK_BYTES: Final = 1 << 16
BLOCK_FRAMES: Final = 8_000
SAMPLE_BYTES: Final = 2
LONGEST_WAV: Final = (1 << 32) - 64
"""Bytes: the form counts them in 32 bits. Two days of two channels."""


@dataclass(frozen=True)
class TakenFile:
    path: Path
    name: str
    """Without an ending; made by `file_name`."""


def file_name(began: str, number: str | None) -> str:
    """Return a name that every file system takes."""
    return re.sub(r"[^0-9A-Za-z+._ -]", "-", f"{began} {number or ''}".strip())


def as_wav(path: Path) -> Iterator[bytes]:
    """Return the parts of a WAV file. Raises NotFound or StorageFault before the first."""
    if not path.is_file():
        raise NotFound("web.no-such-sound")
    try:
        sound = soundfile.SoundFile(os.fspath(path))
    except soundfile.LibsndfileError as error:
        raise StorageFault("web.sound-torn", why=str(error)) from None
    return _wav_parts(sound)


def _wav_parts(sound: soundfile.SoundFile) -> Iterator[bytes]:
    with sound:
        yield _wav_header(sound.frames, sound.channels, sound.samplerate)
        for block in sound.blocks(BLOCK_FRAMES, dtype="int16", always_2d=True):
            yield block.astype("<i2").tobytes()


def _wav_header(frames: int, channels: int, rate_hz: int) -> bytes:
    frame_bytes = channels * SAMPLE_BYTES
    length = min(frames * frame_bytes, LONGEST_WAV)
    form = struct.pack(
        "<HHIIHH", 1, channels, rate_hz, rate_hz * frame_bytes, frame_bytes, 8 * SAMPLE_BYTES
    )
    return (
        b"RIFF" + struct.pack("<I", 36 + length) + b"WAVEfmt " + struct.pack("<I", len(form))
        + form + b"data" + struct.pack("<I", length)
    )  # fmt: skip


def zipped(files: Iterable[TakenFile]) -> Iterator[bytes]:
    """Yield a ZIP of the files; one that was deleted meanwhile is left out."""
    pipe = _Pipe()
    taken: set[str] = set()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            for _ in _put(archive, file, taken):
                yield from pipe.take()
    yield from pipe.take()


def _put(archive: zipfile.ZipFile, file: TakenFile, taken: set[str]) -> Iterator[None]:
    """Write one file into the archive, a block at a time. FLAC does not get smaller."""
    try:
        source = file.path.open("rb")
    except FileNotFoundError:
        return
    with source:
        info = zipfile.ZipInfo(_unique(file, taken))
        with archive.open(info, "w", force_zip64=True) as entry:
            while block := source.read(BLOCK_BYTES):
                entry.write(block)
                yield
    yield


def _unique(file: TakenFile, taken: set[str]) -> str:
    name, again = file.name, 1
    while name in taken:
        again += 1
        name = f"{file.name} ({again})"
    taken.add(name)
    return name + file.path.suffix


class _Pipe:
    """What zipfile writes to: a file that can be emptied, but neither read nor wound back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> Iterator[bytes]:
        parts, self._parts = self._parts, []
        yield from parts
