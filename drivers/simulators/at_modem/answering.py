"""The command port of a simulated modem: echo, one command line at a time, final results."""

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

from drivers.simulators.at_modem.command import Refused
from drivers.simulators.at_modem.dispatch import answer_to
from drivers.simulators.at_modem.fault import Fault
from drivers.simulators.at_modem.grammar import commands_of

if TYPE_CHECKING:
    from drivers.simulators.at_modem.modem import Modem

CTRL_Z: Final = 0x1A
ESC: Final = 0x1B
NO_RESULT: Final = ""
RESETS: Final = frozenset({"+CFUN=1,1", "+CRESET"})


class Answering:
    def __init__(self, modem: "Modem") -> None:
        self.echo = True
        self.seen: list[str] = []
        self._modem = modem
        self._text = bytearray()
        self._queue: deque[str] = deque()
        self._busy = False
        self._prompt: bytearray | None = None
        """What was typed after `> `, None when no prompt is open."""

    def forget(self) -> None:
        """Drop half a line, the queue and an open prompt."""
        self._text.clear()
        self._queue.clear()
        self._prompt = None
        self._busy = False

    def received(self, data: bytes) -> None:
        for byte in data:
            if self._prompt is not None:
                self._typed(byte)
            elif byte == 0x0D:
                self._line(self._text.decode("latin-1"))
                self._text.clear()
            elif byte not in (0x0A, ESC):
                self._text.append(byte)

    def _line(self, line: str) -> None:
        if line.strip():
            self.seen.append(line.strip())
        if self.echo:
            self._modem.write_at(line.encode("latin-1") + b"\r")
        self._queue.append(line.strip())
        self._next()

    def _next(self) -> None:
        while self._queue and not self._busy:
            commands = commands_of(self._queue.popleft())
            if commands is None:
                continue
            lines, result = self._carry_out(list(commands))
            delay_s = self._modem.settings.answer_delay_s
            if delay_s:
                self._busy = True
                asyncio.get_running_loop().call_later(delay_s, self._late, lines, result)
            else:
                self._say(lines, result)

    def _late(self, lines: list[str], result: str) -> None:
        self._busy = False
        self._say(lines, result)
        self._next()

    def _carry_out(self, commands: list[str]) -> tuple[list[str], str]:
        if self._modem.fault is not Fault.NONE:
            if self._modem.fault is Fault.DEAF_UNTIL_RESET and RESETS & set(commands):
                self._modem.power_cycle()
            return [], NO_RESULT
        lines: list[str] = []
        for command in commands:
            try:
                lines += answer_to(self._modem, command)
            except Refused as refused:
                return lines, self._worded(refused)
        if commands and commands[-1].upper().startswith("+CMGS="):
            self._prompt = bytearray()
            self._modem.write_at(b"\r\n> ")
            return lines, NO_RESULT
        return lines, "OK"

    def _worded(self, refused: Refused) -> str:
        if refused.cme is None:
            return refused.result
        return f"+CME ERROR: {refused.cme}" if self._modem.switches["+CMEE"] else "ERROR"

    def _say(self, lines: list[str], result: str) -> None:
        for line in lines:
            self._modem.write_at(f"\r\n{line}\r\n".encode())
        if result:
            self._modem.write_at(f"\r\n{result}\r\n".encode())

    def _typed(self, byte: int) -> None:
        """One character at the `> ` prompt, which ends with Ctrl-Z (send) or ESC (forget it)."""
        if self._prompt is None:
            return
        if byte == CTRL_Z:
            self._modem.store.sent.append(self._prompt.decode("latin-1").strip())
            self._say([f"+CMGS: {len(self._modem.store.sent)}"], "OK")
        elif byte == ESC:
            self._say([], "OK")
        else:
            self._prompt.append(byte)
            return
        self._prompt = None
