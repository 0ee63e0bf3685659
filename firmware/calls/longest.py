"""No leg stays up longer than its line allows, whatever its call is doing: talk, menu, mailbox."""

import asyncio
from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.contract.causes import Cause

LOOK_EVERY_S: Final = 1.0
UNCONFIGURED_S: Final = 14_400
"""The longest of a leg whose line has left the configuration meanwhile."""


class LongestCalls:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def run(self) -> None:
        """Look at every call until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()

    def look(self) -> None:
        for call in tuple(self._office.calls.values()):
            for leg in call.legs:
                self._look_at(call, leg)

    def _look_at(self, call: Call, leg: Leg) -> None:
        talked_s, settings = call.talked_s(leg), self._office.config.line(leg.line_id)
        longest_s = settings.max_call_s if settings else UNCONFIGURED_S
        if talked_s is None or talked_s <= longest_s or leg.is_over:
            return
        call.step("call.too-long", leg, seconds=longest_s)
        leg.clear(Cause.NORMAL_CALL_CLEARING)
        call.news.wake()
