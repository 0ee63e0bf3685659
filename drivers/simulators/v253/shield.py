"""DLE shielding as the modem's end of the wire does it (V.253 clause 8)."""

from typing import Final

DLE: Final = 0x10
SUB: Final = 0x1A


def shielded(audio: bytes) -> bytes:
    """Return `audio` with every DLE doubled."""
    return audio.replace(b"\x10", b"\x10\x10")


class Unshielder:
    """Takes apart what the computer sends while a voice stream is open."""

    def __init__(self) -> None:
        self._after_dle = False

    def take(self, byte: int) -> tuple[bytes, str]:
        """Return the audio and the command code that one more byte completes."""
        if not self._after_dle:
            self._after_dle = byte == DLE
            return (b"", "") if self._after_dle else (bytes([byte]), "")
        self._after_dle = False
        if byte == DLE:
            return b"\x10", ""
        if byte == SUB:
            return b"\x10\x10", ""
        return b"", chr(byte)
