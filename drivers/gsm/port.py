"""The AT port of a modem: one command at a time, everything else is told as it comes."""

import asyncio
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import serial

from drivers.gsm.at import CALL_ENDS, PROMPT, Lines, Result, parse_result
from drivers.gsm.dialling import checked
from drivers.gsm.unasked import Event, Unknown, parse_unasked
from firmware.contract.errors import LineError, LineTimeout

log = logging.getLogger(__name__)

BAUD: Final = 115_200
READ_BYTES: Final = 4_096
PLAIN_S: Final = 5.0
"""Deadline of a command that only reads or sets something."""
SYNC_S: Final = 1.0
SYNC_TRIES: Final = 3
LEAVE_PROMPT: Final = b"\x1b\r"
"""A modem left in the SMS prompt takes ESC before anything else."""
_SECRET: Final = re.compile(r'(CPIN=)"?\d+"?(,"?\d+"?)?', re.IGNORECASE)


def open_serial(path: Path) -> serial.Serial:
    """Return the port, raw and without blocking; raises LineError when that cannot be."""
    try:
        return serial.Serial(str(path), BAUD, timeout=0, write_timeout=0, exclusive=True)
    except (serial.SerialException, OSError) as error:
        raise LineError("gsm.port-unusable", port=path.name) from error


@dataclass(frozen=True, slots=True)
class Answer:
    lines: tuple[str, ...]
    """What came before the final result."""
    result: Result

    @property
    def is_ok(self) -> bool:
        return self.result.is_ok


class AtPort:
    """Owned by one line. After a LineTimeout the port is out of step: close it, or `sync`."""

    def __init__(
        self, name: str, told: Callable[[Event], None], patience_s: float = PLAIN_S
    ) -> None:
        """`told` gets every unsolicited event; `name` is for the log."""
        self._name = name
        self._patience_s = patience_s
        self._told = told
        self._serial: serial.Serial | None = None
        self._lines = Lines()
        self._turn = asyncio.Lock()
        self._asked: str = ""
        self._collected: list[str] = []
        self._waiting: asyncio.Future[Result] | None = None

    @property
    def is_open(self) -> bool:
        return self._serial is not None

    def open(self, path: Path) -> None:
        self._serial = open_serial(path)
        self._serial.reset_input_buffer()
        self._lines = Lines()
        asyncio.get_running_loop().add_reader(self._serial.fileno(), self._readable)

    def close(self) -> None:
        port, self._serial = self._serial, None
        if port is not None:
            asyncio.get_running_loop().remove_reader(port.fileno())
            port.close()
        self._fail(LineError("line.device-gone"))

    async def ask(self, command: str, timeout_s: float | None = None) -> Answer:
        """Send one command and return its answer, whatever the final result.

        Raises LineTimeout on silence and LineError when the device is gone.
        """
        async with self._turn:
            self._asked, self._collected = checked(command), []
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                self._send(command.encode() + b"\r")
                async with asyncio.timeout(timeout_s or self._patience_s):
                    result = await self._waiting
            except TimeoutError:
                raise LineTimeout("gsm.silent", command=_masked(command)) from None
            finally:
                self._waiting = None
                self._asked = ""
            return Answer(tuple(self._collected), result)

    async def order(self, command: str, timeout_s: float | None = None) -> tuple[str, ...]:
        """Like `ask`, but raises LineError unless the result is OK."""
        answer = await self.ask(command, timeout_s)
        if not answer.is_ok:
            raise LineError("gsm.refused", command=_masked(command), answer=answer.result.text)
        return answer.lines

    async def sync(self) -> None:
        """Leave a prompt, drop old answers, and hear OK to AT; raises LineTimeout if never."""
        self._send(LEAVE_PROMPT)
        for attempt in range(SYNC_TRIES):
            try:
                await self.ask("AT", min(SYNC_S, self._patience_s))
                await self.ask("ATE0", min(SYNC_S, self._patience_s))
            except LineTimeout:
                if attempt == SYNC_TRIES - 1:
                    raise
            else:
                return

    def send_blind(self, command: str) -> None:
        """Send a command to a modem that may not hear it; no answer is awaited."""
        self._send(checked(command).encode() + b"\r")

    # ---- bytes

    def _send(self, data: bytes) -> None:
        if self._serial is None:
            raise LineError("line.device-gone")
        log.debug("%s < %r", self._name, _masked(data.decode("latin-1")))
        try:
            # pyserial's own write spins while a full port refuses (3.5, write_timeout=0).
            sent = os.write(self._serial.fileno(), data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            raise LineError("line.device-gone") from error
        if sent != len(data):
            raise LineTimeout("gsm.silent", command=_masked(data.decode("latin-1").strip()))

    def _readable(self) -> None:
        if self._serial is None:
            return
        try:
            data = self._serial.read(READ_BYTES)
        except (serial.SerialException, OSError):
            log.info("%s: the device is gone", self._name)
            self.close()
            self._told(Unknown("gone"))
            return
        log.debug("%s > %r", self._name, data)
        for line in self._lines.feed(data):
            self._take(line)

    def _take(self, line: str) -> None:
        if self._waiting is None or self._waiting.done():
            self._told(parse_unasked(line))
        elif (result := parse_result(line)) is not None and self._ends(result):
            self._waiting.set_result(result)
        elif line not in (self._asked, PROMPT):
            self._sort(line)

    def _ends(self, result: Result) -> bool:
        """NO CARRIER, BUSY … answer only dialling and answering; else a call has ended."""
        return result.kind not in CALL_ENDS or self._asked[:3] in ("ATD", "ATA")

    def _sort(self, line: str) -> None:
        """An answer names its command or is a bare value; anything else came unasked."""
        event = parse_unasked(line)
        if self._is_named(line) or isinstance(event, Unknown):
            self._collected.append(line)
        else:
            self._told(event)

    def _is_named(self, line: str) -> bool:
        name = line.partition(":")[0]
        return name[:1] in "+^" and name.upper() in self._asked.upper()

    def _fail(self, error: LineError) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)


def _masked(text: str) -> str:
    return _SECRET.sub(r"\1****", text)
