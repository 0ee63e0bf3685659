"""DLE shielding of a voice stream, with no port attached (V.253 clause 8).

In the stream 0x10 (DLE) announces what is not sound: a doubled DLE is one
sample of that value, DLE SUB is two, DLE and anything else is an event. A DLE
may end one read and its code begin the next, so the decoder keeps its state.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

DLE: Final = b"\x10"
SUB: Final = b"\x1a"
END_OF_DATA: Final = "\x03"
KEYS: Final = frozenset("0123456789ABCD*#")
KEY_BEGINS: Final = "/"
KEY_ENDS: Final = "~"


@dataclass(frozen=True, slots=True)
class Event:
    """What followed a DLE, one Latin-1 character; `b` busy, `l` loop break, `\\x03` end of data."""

    code: str


Piece: TypeAlias = bytes | Event


def shielded(audio: bytes) -> bytes:
    """Return `audio` as it goes over the wire: every DLE doubled, nothing else changed."""
    return audio.replace(DLE, DLE + DLE)


def command(code: str) -> bytes:
    """Return a command to the modem inside a stream, e.g. `!` to end recording."""
    return DLE + code.encode("latin-1")


class Decoder:
    """Takes a stream apart, whatever the sizes it arrives in."""

    def __init__(self) -> None:
        self._after_dle = False

    def decode(self, data: bytes) -> list[Piece]:
        """Return sound and events of `data` in their order; no piece of sound is empty."""
        pieces: list[Piece] = []
        sound = bytearray()
        at = 0
        while at < len(data):
            if self._after_dle:
                self._after_dle = False
                self._shielded(data[at : at + 1], sound, pieces)
                at += 1
                continue
            dle = data.find(DLE, at)
            self._after_dle = dle >= 0
            sound += data[at : dle if dle >= 0 else None]
            at = dle + 1 if dle >= 0 else len(data)
        _flush(sound, pieces)
        return pieces

    @staticmethod
    def _shielded(code: bytes, sound: bytearray, pieces: list[Piece]) -> None:
        if code == DLE:
            sound += DLE
        elif code == SUB:
            sound += DLE + DLE
        else:
            _flush(sound, pieces)
            pieces.append(Event(code.decode("latin-1")))


class KeyCounter:
    """Counts a pressed key once, though the chip repeats it about every 70 ms between / and ~."""

    def __init__(self) -> None:
        self._framed = False
        self._counted: str | None = None

    def key(self, code: str) -> str | None:
        """Return the key that this event newly reports, mostly none."""
        if code in {KEY_BEGINS, KEY_ENDS}:
            self._framed = code == KEY_BEGINS
            self._counted = None
        elif code in KEYS and code != self._counted:
            # A chip that does not frame its keys says each once.
            self._counted = code if self._framed else None
            return code
        return None


def _flush(sound: bytearray, pieces: list[Piece]) -> None:
    if sound:
        pieces.append(bytes(sound))
        sound.clear()
