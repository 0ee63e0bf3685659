"""What is said to a voice chip, step by step: starting it, answering, dialling, hanging up.

Each method returns when the chip has agreed, and raises LineError or
LineTimeout when it has not.
"""

import asyncio
import logging
from typing import Final

from drivers.fxo.chips import CONEXANT, Chip, chip_of, format_commands
from drivers.fxo.countries import gci_code
from drivers.fxo.dle import END_OF_DATA
from drivers.fxo.port import Answer, Port
from drivers.fxo.v253 import (
    Coding,
    Result,
    best_format,
    parse_classes,
    parse_formats,
    parse_volts,
)
from firmware.contract.errors import LineError
from firmware.contract.messages import Direction
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

DIAL_S: Final = 45.0
"""Dial tone, 32 digits and a few pauses."""
PLAYED_OUT_S: Final = 6.0
REFUSED_S: Final = 1.0
"""An exchange takes a shorter hook for a flash, or for a bad contact."""
CANCEL: Final = "\x18"
FLASH_10_MS: Final = 10
"""Timed break recall of Europe, 100 ms; the chip's country profile has the last word."""


class VoiceModem:
    def __init__(self, port: Port) -> None:
        self.port = port
        self.chip: Chip = CONEXANT
        self.model = ""
        self.firmware = ""
        self.coding = Coding.A_LAW
        self.duplex = False
        self.findings: tuple[Text, ...] = ()
        """What did not go as wanted when it was started, but does not stop it."""
        self._format_command = ""
        self._caller_id = True
        self._direction: Direction | None = None

    async def start(self, country: str, *, caller_id: bool = True) -> None:
        """Wake, identify and set up the chip; it waits for calls afterwards.

        The country is also the standard in which the chip reads caller id.

        Raises LineError("fxo.no-voice") for a modem without voice commands.
        """
        self._caller_id = caller_id
        self.port.open()
        await self.port.wake()
        for command in ("AT&F0", "ATE0", "ATV1"):
            await self.port.order(command)
        await self._identify()
        await self._set_country(country)
        await self._choose_format()
        await self._try_duplex()
        await self.wait_for_calls()

    async def _identify(self) -> None:
        answers = [await self.port.ask(command) for command in ("ATI3", "AT+FMI?", "AT+FMM?")]
        said = [line for answer in answers for line in answer.lines]
        self.chip = chip_of(said)
        self.firmware = next(iter(answers[0].lines), "")
        self.model = self.chip.name
        classes = parse_classes(list((await self.port.ask("AT+FCLASS=?")).lines))
        if "8" not in classes:
            raise LineError("fxo.no-voice", model=self.firmware)

    async def _set_country(self, country: str) -> None:
        """The country comes first: on some chips it resets everything else."""
        code = gci_code(self.chip, country)
        answer = await self.port.ask(f"AT+GCI={code}") if code else None
        if answer is None or answer.result is not Result.OK:
            self.findings = (Text(code="fxo.no-country", args={"country": country}),)

    async def _choose_format(self) -> None:
        await self.port.order("AT+FCLASS=8")
        formats = parse_formats(list((await self.port.order("AT+VSM=?")).lines))
        chosen = best_format(formats)
        if chosen is None or chosen.coding is None:
            raise LineError("fxo.no-voice", model=self.firmware)
        self.coding = chosen.coding
        for command in format_commands(self.chip, chosen):
            if (await self.port.ask(command)).result is Result.OK:
                self._format_command = command
                return
        raise LineError("fxo.no-voice", model=self.firmware)

    async def _try_duplex(self) -> None:
        """+VTR=? answers ERROR even where +VTR works, so +VTR itself is tried, on hook."""
        self.duplex = await self.port.open_stream("AT+VTR", hears=True)
        if self.duplex:
            await self.port.end_stream(self.chip.duplex_end)

    async def wait_for_calls(self) -> None:
        """Data mode: RING and caller id come as plain text there."""
        await self.port.order("AT+FCLASS=0")
        await self.port.order(f"AT+VCID={int(self._caller_id)}")

    # ---- a call

    async def prepare(self) -> None:
        """Voice mode, off hook: the loop is closed, which answers what rings."""
        await self.port.order("AT+FCLASS=8")
        for command in (f"AT+VSD={self.chip.silence_off}", "AT+VIT=0", "AT+VNH=1"):
            await self.port.ask(command)
        if self.chip.line_sense is not None:
            await self.port.ask(self.chip.line_sense)
        for name, gain in (("VGT", self.chip.play_gain), ("VGR", self.chip.record_gain)):
            if gain is not None:
                await self.port.ask(f"AT+{name}={gain}")
        await self.port.order(self._format_command)
        await self.port.order("AT+VLS=1")

    async def dial(self, digits: str, blind: bool) -> Answer:
        """Dial in data mode; the `;` keeps the line and the command state."""
        await self.port.ask("ATX3" if blind else "ATX4")
        return await self.port.ask(f"ATDT{digits};", DIAL_S)

    async def open_stream(self, direction: Direction) -> None:
        """Let sound flow: both ways where the chip can, else the one way of `direction`."""
        command = "AT+VTR" if self.duplex else _ONE_WAY[direction]
        hears = self.duplex or direction is Direction.RECEIVE
        if not await self.port.open_stream(command, hears):
            raise LineError("fxo.refused", command=command, answer=Result.ERROR.value)
        self._direction = direction

    async def end_stream(self, at_once: bool) -> None:
        """Back to command state; `at_once` does not wait for what is still to be played."""
        if self.duplex:
            codes = self.chip.duplex_end
        elif self._direction is Direction.RECEIVE:
            codes = self.chip.record_end
        else:
            codes = CANCEL + END_OF_DATA if at_once else END_OF_DATA
        await self.port.end_stream(codes, PLAYED_OUT_S)

    async def flash(self) -> None:
        await self.port.order(f"AT+VTS={{!,{FLASH_10_MS}}}")

    async def hang_up(self) -> None:
        """Whatever is going on: stream, dialling or nothing."""
        await self.end_stream(at_once=True)
        await self.port.ask("AT+VLS=0")
        await self.port.order("ATH")
        await self.wait_for_calls()

    async def refuse_ringing(self) -> None:
        """Answer and hang up at once: an analogue line has no other way to be rid of a caller."""
        await self.port.order("AT+FCLASS=8")
        await self.port.order("AT+VLS=1")
        await asyncio.sleep(REFUSED_S)
        await self.hang_up()
        await asyncio.sleep(REFUSED_S)

    async def volts(self) -> float | None:
        """Return the voltage between the wires, or None where the chip cannot tell."""
        if not self.chip.has_voltage:
            await self.port.order("AT")
            return None
        return parse_volts(list((await self.port.ask("AT-TRV")).lines))


_ONE_WAY: Final = {Direction.SEND: "AT+VTX", Direction.RECEIVE: "AT+VRX"}
