"""The PCM port of a modem: signed 16 bit, 8 kHz, mono, raw, no framing (gsm.md 13).

The modem's crystal is the clock: for every block that comes in one goes out,
so nothing drifts, less what would stay as delay. A lost byte would turn speech
into noise; it is noticed and the stream is put back in step.
"""

import asyncio
import logging
import os
from pathlib import Path
from typing import Final

import numpy as np
import serial

from drivers.gains import Gains
from drivers.gsm.port import READ_BYTES, open_serial
from drivers.playout import Playout
from firmware.contract.line import SeizedTimeslot
from firmware.contract.pcm import BLOCK_BYTES, Samples

log = logging.getLogger(__name__)

SILENT_BLOCK: Final = bytes(BLOCK_BYTES)
NUDGE_S: Final = 0.2
"""A modem that waits for us while we wait for it gets a block of silence this often."""
MAX_UNSENT_BYTES: Final = 8 * BLOCK_BYTES
OUT_OF_STEP_RATIO: Final = 4.0
"""Speech read one byte off is at least this much louder than read right; the reverse never."""
OUT_OF_STEP_BLOCKS: Final = 5


class ByteOrder:
    """Notices that the stream slipped by one byte, from the bytes alone."""

    def __init__(self) -> None:
        self._suspicious = 0

    def slipped(self, data: bytes) -> bool:
        """Say whether so many blocks in a row made more sense read one byte later."""
        read_as_is = np.frombuffer(data, "<i2").astype(np.int32)
        read_shifted = np.frombuffer(data[1:-1], "<i2").astype(np.int32)
        loudness, shifted = np.abs(read_as_is).mean(), np.abs(read_shifted).mean()
        wrong = bool(loudness > OUT_OF_STEP_RATIO * (shifted + 1))
        self._suspicious = self._suspicious + 1 if wrong else 0
        if self._suspicious < OUT_OF_STEP_BLOCKS:
            return False
        self._suspicious = 0
        return True


class AudioPort:
    """Sound of one call at a time: `start` with its timeslot, `stop` at its end."""

    def __init__(self, name: str) -> None:
        self.heard_blocks = 0
        """Since `start`."""
        self.slips = 0
        """How often the stream was a byte out of step."""
        self.unsent_blocks = 0
        """Blocks the modem would not take."""
        self.may_send = True
        """The modem's own flow control."""
        self._name = name
        self._serial: serial.Serial | None = None
        self._timeslot: SeizedTimeslot | None = None
        self._gains = Gains(0.0, 0.0)
        self._received = bytearray()
        self._unsent = bytearray()
        self._order = ByteOrder()
        self._playout = Playout()
        self._nudge: asyncio.TimerHandle | None = None

    def open(self, path: Path) -> None:
        """Raises LineError when the port cannot be had."""
        self._serial = open_serial(path)

    def close(self) -> None:
        self.stop()
        port, self._serial = self._serial, None
        if port is not None:
            port.close()

    def start(self, timeslot: SeizedTimeslot, gains: Gains) -> None:
        """Carry sound between the modem and `timeslot` from now on; old sound is thrown away."""
        if self._serial is None or self._timeslot is not None:
            return
        try:
            self._serial.reset_input_buffer()
        except (serial.SerialException, OSError) as error:
            log.info("%s: %s", self._name, error)
            return
        self._timeslot, self._gains = timeslot, gains
        self._playout = Playout()
        self.heard_blocks, self.may_send = 0, True
        self._received.clear()
        self._unsent.clear()
        asyncio.get_running_loop().add_reader(self._serial.fileno(), self._readable)
        self._send_nudge()

    def stop(self) -> None:
        if self._nudge is not None:
            self._nudge.cancel()
        self._nudge = None
        if self._timeslot is not None and self._serial is not None:
            asyncio.get_running_loop().remove_reader(self._serial.fileno())
            if self.surplus_blocks:
                log.info("%s: %d blocks slipped", self._name, self.surplus_blocks)
        self._timeslot = None

    @property
    def surplus_blocks(self) -> int:
        """Blocks left out since `start`, because they would have stayed as delay (slips)."""
        return self._playout.slips

    def set_gains(self, gains: Gains) -> None:
        self._gains = gains

    def _readable(self) -> None:
        if self._serial is None:
            return
        try:
            self._received += self._serial.read(READ_BYTES)
        except (serial.SerialException, OSError):
            self.stop()  # the AT port tells that the device is gone
            return
        while len(self._received) >= BLOCK_BYTES and self._timeslot is not None:
            data = bytes(self._received[:BLOCK_BYTES])
            del self._received[:BLOCK_BYTES]
            self._swap(data, self._timeslot)
        self._flush()

    def _swap(self, data: bytes, timeslot: SeizedTimeslot) -> None:
        if self._order.slipped(data):
            self.slips += 1
            log.info("%s: sound was a byte out of step", self._name)
            self._received[:0] = data[-1:]  # read again: half a sample less is half one more
        self.heard_blocks += 1
        heard: Samples = np.frombuffer(data, "<i2").astype(np.int16)
        timeslot.write(self._gains.received(heard))
        self._queue(self._gains.sent(timeslot.read()).astype("<i2").tobytes())
        self._wind_up()

    def _queue(self, block: bytes) -> None:
        if len(self._unsent) >= MAX_UNSENT_BYTES:
            self._flush()
        if not self.may_send or len(self._unsent) >= MAX_UNSENT_BYTES:
            self.unsent_blocks += 1
            return
        if self._playout.is_due(asyncio.get_running_loop().time()):
            self._unsent += block

    def _flush(self) -> None:
        if self._serial is None or not self._unsent:
            return
        try:
            # pyserial's own write spins while a full port refuses (3.5, write_timeout=0).
            sent = os.write(self._serial.fileno(), self._unsent)
        except OSError:
            return
        del self._unsent[:sent]

    def _send_nudge(self) -> None:
        self._queue(SILENT_BLOCK)
        self._flush()
        self._wind_up()

    def _wind_up(self) -> None:
        if self._nudge is not None:
            self._nudge.cancel()
        self._nudge = asyncio.get_running_loop().call_later(NUDGE_S, self._send_nudge)
