"""The sound of one call: blocks between the voice stream and the timeslot.

The modem's crystal paces both directions: for every 160 samples it sends, it
gets 160, less what would stay as delay. Only a half-duplex chip that plays is
paced by our clock, since it sends nothing then.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np

from drivers.fxo.echo import EchoPath
from drivers.fxo.v253 import Coding
from drivers.gains import Gains
from drivers.playout import Playout
from firmware.contract.line import SeizedTimeslot
from firmware.contract.messages import Direction
from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, Samples
from firmware.dsp import g711

PREFILL_BLOCKS: Final = 2
"""Kept ahead in the modem, so that a moment's delay of ours is not heard."""
ECHO_OF_KEYS_BLOCKS: Final = 5

SILENCE: Final = np.zeros(BLOCK_SAMPLES, np.int16)
SILENCE.setflags(write=False)

_ENCODE: Final = {Coding.A_LAW: g711.to_alaw, Coding.MU_LAW: g711.to_mulaw}
_DECODE: Final = {Coding.A_LAW: g711.from_alaw, Coding.MU_LAW: g711.from_mulaw}


class SoundPort(Protocol):
    """The part of a Port that sound goes out by."""

    def send_sound(self, audio: bytes) -> None: ...


class VoicePath:
    """One call's sound path; `listen` gets every block as the switch does."""

    def __init__(
        self,
        port: SoundPort,
        coding: Coding,
        timeslot: SeizedTimeslot,
        echo: EchoPath | None,
        listen: Callable[[Samples], None],
    ) -> None:
        self.gains = Gains(0.0, 0.0)
        self.heard_at_s = 0.0
        """When the modem last sent sound, by the loop's clock."""
        self._port = port
        self._coding = coding
        self._timeslot = timeslot
        self._echo = echo
        self._listen = listen
        self._codes = bytearray()
        self._sent = SILENCE
        self._keys = SILENCE[:0]
        self._deaf_blocks = 0
        self._player: asyncio.Task[None] | None = None
        self._playout = Playout()
        self._sends = False

    @property
    def echo_delay_samples(self) -> int:
        return 0 if self._echo is None else self._echo.delay_samples

    @property
    def surplus_blocks(self) -> int:
        """Blocks left out so far, because they would have stayed as delay (slips)."""
        return self._playout.slips

    @property
    def is_playing(self) -> bool:
        """A half-duplex chip sends us nothing now."""
        return self._player is not None

    def begin(self, duplex: bool, direction: Direction) -> None:
        """The stream has opened; both ways, or the one way of `direction`."""
        self.heard_at_s = asyncio.get_running_loop().time()
        self._codes.clear()
        self._sends = duplex or direction is Direction.SEND
        if self._sends:
            # Something to start with, kept ahead.
            for _ in range(PREFILL_BLOCKS):
                self._send(SILENCE)
        if not duplex and direction is Direction.SEND:
            self._player = asyncio.get_running_loop().create_task(self._play())

    def pause(self) -> None:
        """The stream is about to be left."""
        self._sends = False
        if self._player is not None:
            self._player.cancel()
            self._player = None

    def close(self) -> None:
        self.pause()
        if self._echo is not None:
            self._echo.close()

    def press(self, keys: Samples) -> None:
        """Send DTMF as sound in place of the call's: the stream goes on without a gap."""
        self._keys = np.concatenate([self._keys, keys])

    def heard(self, codes: bytes) -> None:
        """Take what the modem sent, of any length."""
        self.heard_at_s = asyncio.get_running_loop().time()
        self._codes += codes
        while len(self._codes) >= BLOCK_SAMPLES:
            block = bytes(self._codes[:BLOCK_SAMPLES])
            del self._codes[:BLOCK_SAMPLES]
            self._exchange(block)

    def _exchange(self, codes: bytes) -> None:
        heard = _DECODE[self._coding](np.frombuffer(codes, np.uint8))
        heard = self.gains.received(self._without_echo(heard))
        self._timeslot.write(heard)
        self._listen(heard)
        sent = self._next_sent()
        if self._sends and self._playout.is_due(asyncio.get_running_loop().time()):
            self._send(sent)

    def _without_echo(self, heard: Samples) -> Samples:
        """Nothing is heard while our own keys sound: their echo must neither teach the
        canceller nor come back as somebody's keys."""
        if self._deaf_blocks:
            self._deaf_blocks -= 1
            return SILENCE
        return heard if self._echo is None else self._echo.cancelled(heard, self._sent)

    def _next_sent(self) -> Samples:
        said = self._timeslot.read()
        if not len(self._keys):
            return self.gains.sent(said)
        keys, self._keys = self._keys[:BLOCK_SAMPLES], self._keys[BLOCK_SAMPLES:]
        self._deaf_blocks = ECHO_OF_KEYS_BLOCKS
        return np.concatenate([keys, SILENCE[len(keys) :]])

    def _send(self, block: Samples) -> None:
        self._sent = block
        self._port.send_sound(_ENCODE[self._coding](block).tobytes())

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            self._timeslot.write(SILENCE)
            self._send(self._next_sent())
            due_s = max(due_s + FRAME_MS / 1000, loop.time() - 1.0)
            await asyncio.sleep(due_s - loop.time())
