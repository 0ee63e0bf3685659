"""The serial port of one voice modem: one command in flight, or one voice stream open.

Everything the modem sends passes the DLE decoder, in command state too: events
(ring, keys, busy) come in both. What is not an event is text in command state
and sound in a stream; the border is the newline after CONNECT.
"""

import asyncio
import errno
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import serial

from drivers.fxo import dle
from drivers.fxo.v253 import Result, parse_result
from firmware.contract.errors import LineError, LineTimeout

log = logging.getLogger(__name__)

BAUD: Final = 115_200
"""Without meaning on a USB modem, but it must be set to something."""
ANSWER_S: Final = 3.0
MAX_LINE_BYTES: Final = 400
MAX_UNSENT_BYTES: Final = 1_600
"""A tenth of a second each way; what is more would only be heard later and later."""
DTR_LOW_S: Final = 0.6
WAKE_S: Final = 0.3
WAKE_ATTEMPTS: Final = 3
GOOD: Final = frozenset({Result.OK, Result.VCON, Result.CONNECT})


class Listener(Protocol):
    """Who hears what the modem sends by itself. Called on the event loop; never waits."""

    def heard_line(self, line: str) -> None: ...

    def heard_event(self, code: str) -> None: ...

    def heard_sound(self, audio: bytes) -> None: ...

    def port_lost(self, error: LineError) -> None:
        """The device is gone; the port is closed."""


class Nobody:
    """For a modem that is only asked who it is."""

    def heard_line(self, line: str) -> None: ...

    def heard_event(self, code: str) -> None: ...

    def heard_sound(self, audio: bytes) -> None: ...

    def port_lost(self, error: LineError) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    result: Result
    lines: tuple[str, ...]


class Port:
    def __init__(self, path: Path, listener: Listener) -> None:
        self.path = path
        self.in_stream = self.hears = False
        """In a voice stream; and one in which the modem sends sound."""
        self._listener = listener
        self._will_hear = False
        self._serial: serial.Serial | None = None
        self._decoder = dle.Decoder()
        self._typed = bytearray()
        self._unsent = bytearray()
        self._lines: list[str] = []
        self._final: asyncio.Future[Answer] | None = None
        self._busy = asyncio.Lock()

    # ---- open and close

    def open(self) -> None:
        """Raises LineError when the device is not there or somebody else has it."""
        if self._serial is not None:
            return
        try:
            self._serial = serial.Serial(
                str(self.path), BAUD, timeout=0, write_timeout=0, exclusive=True
            )
        except (serial.SerialException, OSError) as error:
            raise LineError(
                "fxo.cannot-open", port=self.path.name, reason=_reason(error)
            ) from error
        self._decoder, self.in_stream, self.hears = dle.Decoder(), False, False
        self._typed.clear()
        self._unsent.clear()
        asyncio.get_running_loop().add_reader(self._serial.fileno(), self._readable)

    def close(self) -> None:
        """Let go of the device; DTR falls, which makes the modem hang up. May be called twice."""
        if self._serial is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._serial.fileno())
        loop.remove_writer(self._serial.fileno())
        with suppress(serial.SerialException, OSError):
            self._serial.close()
        self._serial = None
        self._fail(LineError("fxo.port-closed", port=self.path.name))

    async def wake(self) -> None:
        """Bring the modem to command state, whatever state another program left it in.

        A program that died in a voice stream leaves the port binary: every known
        end of a stream is sent, then AT until it answers, then DTR is dropped.
        Raises LineTimeout when nothing helps.
        """
        if await self._answers():
            return
        for _ in range(WAKE_ATTEMPTS):
            self.in_stream = self.hears = False
            self._write(b"".join(dle.command(code) for code in ("\x03", "^", "!")) + b"\r")
            await asyncio.sleep(WAKE_S)
            self._forget_input()
            if await self._answers():
                return
            await self._drop_dtr()
        raise LineTimeout("fxo.no-answer", port=self.path.name)

    async def _answers(self) -> bool:
        """Twice in a row: the first OK may be a late one."""
        try:
            for _ in range(2):
                await self.ask("AT", deadline_s=WAKE_S)
        except LineTimeout:
            return False
        return True

    async def _drop_dtr(self) -> None:
        self.close()
        await asyncio.sleep(DTR_LOW_S)
        self.open()

    def _forget_input(self) -> None:
        if self._serial is not None:
            with suppress(serial.SerialException, OSError):
                self._serial.reset_input_buffer()
        self._decoder = dle.Decoder()
        self._typed.clear()

    # ---- commands

    async def ask(self, command: str, deadline_s: float = ANSWER_S) -> Answer:
        """Send a command and return its answer, whatever the result code.

        Raises LineTimeout when no result comes in time, LineError when the port is lost.
        """
        async with self._busy:
            log.debug("%s < %s", self.path.name, command)
            return await self._final_of(f"{command}\r".encode("ascii"), command, deadline_s)

    async def order(self, command: str, deadline_s: float = ANSWER_S) -> Answer:
        """As `ask`, but raises LineError unless the modem agrees."""
        answer = await self.ask(command, deadline_s)
        if answer.result not in GOOD:
            raise LineError("fxo.refused", command=command, answer=answer.result.value)
        return answer

    def interrupt(self) -> None:
        """End a command that takes long (dialling): V.250 aborts it at the next character."""
        if self._final is not None and not self.in_stream:
            self._write(b"\r")

    # ---- streams

    async def open_stream(self, command: str, hears: bool) -> bool:
        """Enter a voice stream that sends us sound or not; False when the chip cannot."""
        self._will_hear = hears
        answer = await self.ask(command)
        self.in_stream = answer.result is Result.CONNECT
        return self.in_stream

    async def end_stream(self, codes: str, deadline_s: float = ANSWER_S) -> None:
        """Leave the voice stream by the code and wait until the modem takes commands again."""
        async with self._busy:
            if self.in_stream:
                data = b"".join(dle.command(code) for code in codes)
                await self._final_of(data, f"DLE {codes!r}", deadline_s)
            self.in_stream = self.hears = False

    def send_sound(self, audio: bytes) -> None:
        """Send samples in the chip's coding; they are lost when it takes them too slowly."""
        if self.in_stream and len(self._unsent) <= MAX_UNSENT_BYTES:
            self._write(dle.shielded(audio))

    # ---- bytes out

    async def _final_of(self, data: bytes, what: str, deadline_s: float) -> Answer:
        self._lines = []
        self._final = asyncio.get_running_loop().create_future()
        try:
            self._write(data)
            async with asyncio.timeout(deadline_s):
                return await self._final
        except TimeoutError:
            raise LineTimeout("fxo.command-timeout", command=what) from None
        finally:
            self._final = None

    def _write(self, data: bytes) -> None:
        if self._serial is None:
            raise LineError("fxo.port-closed", port=self.path.name)
        self._unsent += data
        self._flush()

    def _flush(self) -> None:
        if self._serial is None:
            return
        loop, number = asyncio.get_running_loop(), self._serial.fileno()
        try:
            # Not Serial.write: without a time limit it spins while the buffer is full.
            del self._unsent[: os.write(number, self._unsent)]
        except BlockingIOError:
            pass
        except OSError as error:
            self._lost(error)
            return
        if self._unsent:
            loop.add_writer(number, self._flush)
        else:
            loop.remove_writer(number)

    # ---- bytes in

    def _readable(self) -> None:
        if self._serial is None:
            return
        try:
            data = self._serial.read(4096)
        except (serial.SerialException, OSError) as error:
            self._lost(error)
            return
        for piece in self._decoder.decode(data):
            if isinstance(piece, dle.Event):
                self._take_event(piece.code)
            else:
                self._take_bytes(piece)

    def _take_event(self, code: str) -> None:
        if code == dle.END_OF_DATA:
            self.hears = False
            self._typed.clear()
            # Nobody asked for the end: the modem has hung up by itself.
            self.in_stream = self.in_stream and self._final is not None
        else:
            self._listener.heard_event(code)

    def _take_bytes(self, data: bytes) -> None:
        while data and not self.hears:
            line, newline, data = data.partition(b"\n")
            self._typed += line[-MAX_LINE_BYTES:]
            if newline:
                text, self._typed = self._typed.decode("latin-1").strip(), bytearray()
                self._take_line(text)
            del self._typed[:-MAX_LINE_BYTES]
        if data:
            self._listener.heard_sound(data)

    def _take_line(self, line: str) -> None:
        if not line:
            return
        log.debug("%s > %s", self.path.name, line)
        result = parse_result(line)
        if result is None or self._final is None:
            self._lines.append(line)
            self._listener.heard_line(line)
            return
        self.hears = result is Result.CONNECT and self._will_hear
        if not self._final.done():
            self._final.set_result(Answer(result, tuple(self._lines)))

    def _lost(self, error: OSError) -> None:
        lost = LineError("fxo.port-lost", port=self.path.name, reason=_reason(error))
        self.close()
        self._listener.port_lost(lost)

    def _fail(self, error: LineError) -> None:
        if self._final is not None and not self._final.done():
            self._final.set_exception(error)


def _reason(error: OSError) -> str:
    """Return why in the operating system's words; pyserial's own tell of paths and reads."""
    return os.strerror(error.errno or errno.ENODEV)
