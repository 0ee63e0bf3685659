"""Analogue lines as their card sees them: voice modems among the serial devices."""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

from drivers.driver import Driver
from drivers.fxo.condition import line_state, of_error, of_volts
from drivers.fxo.devices import voice_modems
from drivers.fxo.line import FxoLine
from drivers.fxo.port import Nobody, Port
from drivers.fxo.voice_modem import VoiceModem
from firmware.contract.errors import LineError
from firmware.contract.line import Line
from firmware.contract.line_state import Ability, Health, LineState
from firmware.contract.messages import LineGone, LineStateChanged
from firmware.contract.settings import AnyLineSettings, FxoLineSettings
from firmware.contract.texts import Text

LOOK_EVERY_S: Final = 2.0


class FxoDriver(Driver):
    name = "fxo"
    timeslots = 8

    _assigned: frozenset[str] = frozenset()

    def configured(self, lines: Sequence[AnyLineSettings]) -> None:
        self._assigned = frozenset(
            line.serial for line in lines if isinstance(line, FxoLineSettings)
        )

    def make_line(self, settings: AnyLineSettings) -> Line:
        if not isinstance(settings, FxoLineSettings):
            raise LineError("line-cannot", command="configure")
        return FxoLine(settings, self.card, self.devices)

    async def watch(self) -> None:
        shown: frozenset[str] = frozenset()
        while True:
            serials = self._unassigned()
            for serial in sorted(shown - serials):
                self.card.report(LineGone(line_id=_line_id(serial)))
            for serial in sorted(serials - shown):
                self.card.report(LineStateChanged(line=_state(serial)))
                await self._look_into(serial)
            shown = serials
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look_into(self, serial: str) -> None:
        """Start the modem once, so that its owner knows what it can do before it is a line."""
        device = voice_modems(self.devices).get(serial)
        if device is None:
            return
        modem = VoiceModem(Port(device, Nobody()))
        try:
            await modem.start(self.card.country)
            found = of_volts(await modem.volts())
        except LineError as error:
            found = of_error(error)
        finally:
            modem.port.close()
        if serial in self._unassigned():
            line = line_state(_line_id(serial), serial, found, modem)
            why = line.why or _state(serial).why
            unassigned = {"health": Health.UNASSIGNED, "why": why}
            self.card.report(LineStateChanged(line=line.model_copy(update=unassigned)))

    def _unassigned(self) -> frozenset[str]:
        found = voice_modems(self.devices)
        return frozenset(s for s in found if not any(mine in s for mine in self._assigned))


def _line_id(serial: str) -> str:
    return "new-" + re.sub(r"[^a-z0-9-]", "-", serial.lower())[:36]


def _state(serial: str) -> LineState:
    return LineState(
        line_id=_line_id(serial),
        driver="fxo",
        health=Health.UNASSIGNED,
        why=Text(code="fxo.unassigned", args={"serial": serial}),
        abilities=frozenset({Ability.RECEIVE}),
        identity={"serial": serial},
    )
