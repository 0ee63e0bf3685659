"""Analogue lines as their card sees them: voice modems among the serial devices."""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

from drivers.driver import Driver
from drivers.fxo.devices import voice_modems
from drivers.fxo.line import FxoLine
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
            shown = serials
            await asyncio.sleep(LOOK_EVERY_S)

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
