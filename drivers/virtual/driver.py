"""Virtual lines as their card sees them: a far end's socket is the device."""

import asyncio
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from drivers.driver import Driver
from drivers.virtual.line import VirtualLine
from firmware.contract.errors import LineError
from firmware.contract.line import Line
from firmware.contract.line_state import Ability, Health, LineState
from firmware.contract.messages import LineGone, LineStateChanged
from firmware.contract.settings import AnyLineSettings, VirtualLineSettings

LOOK_EVERY_S: Final = 2.0


class VirtualDriver(Driver):
    name = "virtual"
    timeslots = 32

    _assigned: frozenset[str] = frozenset()

    def configured(self, lines: Sequence[AnyLineSettings]) -> None:
        self._assigned = frozenset(
            line.serial for line in lines if isinstance(line, VirtualLineSettings)
        )

    def make_line(self, settings: AnyLineSettings) -> Line:
        if not isinstance(settings, VirtualLineSettings):
            raise LineError("line-cannot", command="configure")
        return VirtualLine(settings, self.card, self.devices / settings.serial)

    async def watch(self) -> None:
        shown: frozenset[str] = frozenset()
        while True:
            serials = self._plugged_in() - self._assigned
            for serial in sorted(shown - serials):
                self.card.report(LineGone(line_id=_line_id(serial)))
            for serial in sorted(serials - shown):
                self.card.report(LineStateChanged(line=_unassigned(serial)))
            shown = serials
            await asyncio.sleep(LOOK_EVERY_S)

    def _plugged_in(self) -> frozenset[str]:
        try:
            entries = list(self.devices.iterdir())
        except OSError:
            return frozenset()
        return frozenset(entry.name for entry in entries if _is_socket(entry))


def _is_socket(entry: Path) -> bool:
    try:
        return stat.S_ISSOCK(entry.stat().st_mode)
    except OSError:
        return False


def _line_id(serial: str) -> str:
    return "new-" + re.sub(r"[^a-z0-9-]", "-", serial.lower())[:36]


def _unassigned(serial: str) -> LineState:
    return LineState(
        line_id=_line_id(serial),
        driver="virtual",
        health=Health.UNASSIGNED,
        abilities=frozenset({Ability.PHONE}),
        identity={"serial": serial, "model": "virtual"},
    )
