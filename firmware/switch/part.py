"""The file a recording is written to while the call goes on: pieces of A-law that stand alone.

A short header, then pieces. Each says where in the recording it belongs and
carries a checksum, so whatever a power cut leaves of the last one is found and
cut off, and time in which nothing was recorded (paused, disk full) is not lost
count of. docs/decisions/ says why A-law.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS

CHANNELS: Final = 2
FRAME_BYTES: Final = CHANNELS * BLOCK_SAMPLES
"""One frame of A-law, left and right sample in turn."""
FILE_HEADER: Final = b"TIPRING-PART-1\r\n"
_PIECE: Final = struct.Struct("<4sIII")  # mark, first frame, frames, checksum of the rest
_MARK: Final = b"\xf0TRP"
MAX_PIECE_FRAMES: Final = 3000


@dataclass(frozen=True, slots=True)
class Piece:
    first_frame: int
    frames: int
    codes: bytes
    """FRAME_BYTES a frame."""

    @property
    def end_frame(self) -> int:
        return self.first_frame + self.frames


def pack_piece(first_frame: int, codes: bytes) -> bytes:
    """Return a piece as it stands in the file; one without codes only marks how far it went."""
    frames = len(codes) // FRAME_BYTES
    return _PIECE.pack(_MARK, first_frame, frames, _checksum(first_frame, frames, codes)) + codes


def read_pieces(file: BinaryIO) -> Iterator[tuple[int, Piece]]:
    """Yield (offset behind it, piece) of all whole pieces; the first torn one ends it.

    A file without its header has none.
    """
    if file.read(len(FILE_HEADER)) != FILE_HEADER:
        return
    offset = len(FILE_HEADER)
    while len(header := file.read(_PIECE.size)) == _PIECE.size:
        mark, first_frame, frames, checksum = _PIECE.unpack(header)
        if mark != _MARK or frames > MAX_PIECE_FRAMES:
            return
        codes = file.read(frames * FRAME_BYTES)
        if _checksum(first_frame, frames, codes) != checksum:
            return
        offset += _PIECE.size + len(codes)
        yield offset, Piece(first_frame, frames, codes)


def duration_ms(frames: int) -> int:
    return frames * FRAME_MS


def _checksum(first_frame: int, frames: int, codes: bytes) -> int:
    return zlib.crc32(codes, zlib.crc32(struct.pack("<II", first_frame, frames)))
