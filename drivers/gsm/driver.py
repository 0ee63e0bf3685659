"""GSM modems as their card sees them."""

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from drivers.driver import Driver
from drivers.gsm.bay import Bay, Found
from drivers.gsm.condition import unassigned
from drivers.gsm.line import GsmLine
from drivers.gsm.recovery import Recovery
from drivers.gsm.shared import Shared, Timing
from drivers.gsm.sim_access import PinMemory
from firmware.contract.errors import LineError
from firmware.contract.line import CardServices, Line
from firmware.contract.line_state import LineState
from firmware.contract.messages import LineGone, LineStateChanged
from firmware.contract.settings import AnyLineSettings, GsmLineSettings

LOOK_EVERY_S: Final = 2.0
BOOT_S: Final = 30.0
"""A modem may take this long to come back from a reset or a power cut."""


class GsmDriver(Driver):
    name = "gsm"
    timeslots = 32

    def __init__(self, devices: Path, card: CardServices) -> None:
        super().__init__(devices, card)
        self._shared = Shared(Bay(devices), PinMemory(), Timing())
        self._lines: tuple[GsmLineSettings, ...] = ()

    def configured(self, lines: Sequence[AnyLineSettings]) -> None:
        self._lines = tuple(line for line in lines if isinstance(line, GsmLineSettings))
        self._shared.bay.ask_adapters = any(line.sound_device for line in self._lines)

    def make_line(self, settings: AnyLineSettings) -> Line:
        if not isinstance(settings, GsmLineSettings):
            raise LineError("line-cannot", command="configure")
        return GsmLine(settings, self.card, self._shared, Recovery(BOOT_S))

    async def watch(self) -> None:
        shown: dict[str, LineState] = {}
        while True:
            await self._shared.bay.look()
            strangers = self._shared.bay.unassigned(self._lines)
            now = {state.line_id: state for state in map(_unassigned, strangers)}
            for line_id in shown.keys() - now.keys():
                self.card.report(LineGone(line_id=line_id))
            for line_id, state in now.items():
                if shown.get(line_id) != state:
                    self.card.report(LineStateChanged(line=state))
            shown = now
            await asyncio.sleep(LOOK_EVERY_S)


def _unassigned(found: Found) -> LineState:
    name = re.sub(r"[^a-z0-9-]", "-", found.ports.name.lower())
    return unassigned("new-" + name[-36:], found)
