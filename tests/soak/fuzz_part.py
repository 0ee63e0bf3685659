"""Run as a program of its own: atheris tears recordings.

python -m tests.soak.fuzz_part -max_total_time=60
"""

import io
import sys
from importlib import import_module

atheris = import_module("atheris")  # not among the packages that are type checked

with atheris.instrument_imports():
    from firmware.switch.part import FILE_HEADER, FRAME_BYTES, pack_piece, read_pieces

PIECES = 5


def one_input(data: bytes) -> None:
    """What stands before the damage is read, whole, and nothing behind it is made up."""
    fuzz = atheris.FuzzedDataProvider(data)
    pieces, first = [], 0
    for _ in range(fuzz.ConsumeIntInRange(0, PIECES)):
        first += fuzz.ConsumeIntInRange(0, 300)
        frames = fuzz.ConsumeIntInRange(0, 4)
        pieces.append(pack_piece(first, bytes([first % 256]) * frames * FRAME_BYTES))
        first += frames
    whole = FILE_HEADER + b"".join(pieces)
    at = fuzz.ConsumeIntInRange(0, len(whole))
    torn = whole[:at] + fuzz.ConsumeBytes(sys.maxsize)
    _check(torn, _ends(pieces, at))


def _ends(pieces: list[bytes], at: int) -> list[int]:
    """Return where the pieces end that the damage has not touched."""
    ends, end = [], len(FILE_HEADER)
    for piece in pieces:
        end += len(piece)
        ends.append(end)
    return [end for end in ends if end <= at]


def _check(torn: bytes, intact: list[int]) -> None:
    read = list(read_pieces(io.BytesIO(torn)))
    ends = [end for end, _ in read]
    assert ends[: len(intact)] == intact
    assert ends == sorted(ends)
    for end, piece in read:
        assert end <= len(torn)
        assert len(piece.codes) == piece.frames * FRAME_BYTES
        assert piece.codes == torn[end - len(piece.codes) : end]


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
