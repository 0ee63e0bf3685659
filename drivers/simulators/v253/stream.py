"""A voice data state of the modem: +VTX plays, +VRX records, +VTR does both."""

from enum import Enum
from typing import Final

from drivers.simulators.sounds import SILENCE
from drivers.simulators.v253 import laws
from drivers.simulators.v253.shield import Unshielder, shielded
from firmware.contract.pcm import BLOCK_SAMPLES, Samples

FULL_BYTES: Final = 4000
"""The chip's play buffer; above it the modem holds the computer off."""
END_OF_DATA: Final = b"\x10\x03"
CANCEL: Final = "\x18"


class Kind(Enum):
    PLAY = "+VTX"
    RECORD = "+VRX"
    DUPLEX = "+VTR"


class VoiceStream:
    def __init__(self, kind: Kind, coding: str, duplex_end: str) -> None:
        self.kind = kind
        self.is_ending = False
        """The computer asked for the end; a play buffer is played out first."""
        self._coding = coding
        self._ends = {Kind.PLAY: "\x03", Kind.RECORD: "!^\x1b", Kind.DUPLEX: duplex_end}[kind]
        self._unshield = Unshielder()
        self._waiting = bytearray()
        self._starved = kind is not Kind.PLAY

    @property
    def is_full(self) -> bool:
        return len(self._waiting) > FULL_BYTES

    @property
    def is_over(self) -> bool:
        return self.is_ending and not (self.kind is Kind.PLAY and self._waiting)

    def receive(self, data: bytes) -> bytes:
        """Take what the computer sent; return what follows the end code (command text again)."""
        for at, byte in enumerate(data):
            audio, code = self._unshield.take(byte)
            if self.kind is not Kind.RECORD:
                self._waiting += audio
            if code == CANCEL:
                self._waiting.clear()
            elif code and code in self._ends:
                self.is_ending = True
                return data[at + 1 :]
        return b""

    def said(self) -> tuple[Samples, bool]:
        """Return the next block to put on the line, and whether the buffer has just run dry."""
        taken = bytes(self._waiting[:BLOCK_SAMPLES])
        del self._waiting[:BLOCK_SAMPLES]
        was_starved, self._starved = self._starved, len(taken) < BLOCK_SAMPLES
        if not taken:
            return SILENCE, self._starved and not was_starved
        missing = laws.silence(self._coding) * (BLOCK_SAMPLES - len(taken))
        return laws.decoded(self._coding, taken + missing), self._starved and not was_starved

    def heard(self, block: Samples) -> bytes:
        """Return what goes to the computer for one block heard on the line."""
        return b"" if self.kind is Kind.PLAY else shielded(laws.encoded(self._coding, block))

    def farewell(self) -> bytes:
        """What the modem sends at the end of the state, before its result code."""
        return b"" if self.kind is Kind.PLAY else END_OF_DATA
