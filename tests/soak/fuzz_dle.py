"""Run as a program of its own: atheris throws bytes at the voice modem's stream.

python -m tests.soak.fuzz_dle -max_total_time=60
"""

import sys
from importlib import import_module

atheris = import_module("atheris")  # not among the packages that are type checked

with atheris.instrument_imports():
    from drivers.fxo.dle import Decoder, Event, KeyCounter, Piece, shielded


def one_input(data: bytes) -> None:
    """However a stream is cut it means the same, and shielding is undone exactly."""
    cut = data[0] % len(data) if data else 0
    decoder = Decoder()
    in_two = decoder.decode(data[:cut]) + decoder.decode(data[cut:])
    whole = Decoder().decode(data)
    assert _joined(in_two) == _joined(whole)
    assert b"".join(_sound(Decoder().decode(shielded(data)))) == data
    keys = KeyCounter()
    for piece in whole:
        if isinstance(piece, Event):
            keys.key(piece.code)


def _sound(pieces: list[Piece]) -> list[bytes]:
    return [piece for piece in pieces if isinstance(piece, bytes)]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Return the pieces with neighbouring sound made one."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and isinstance(piece, bytes) and isinstance(joined[-1], bytes):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
