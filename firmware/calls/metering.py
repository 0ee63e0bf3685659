"""Caps during a call: each minute is paid for before it is talked; and calls abroad end in time.

What is paid stands in the store before the minute begins, so a power cut in a
long call hides nothing from the cap. Emergency calls are never metered.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from firmware.calls.call import Call
from firmware.calls.charge import Charge
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.tolls import PAID_AT_ONCE_S
from firmware.contract.causes import Cause
from firmware.contract.views import Side

LOOK_EVERY_S: Final = 0.5
AHEAD_S: Final = 2.0
"""The next minute is paid this long before it begins: time enough for the disk."""
END_S: Final = 0.5
"""Cleared so long before the last paid second is over: a begun second counts whole."""
WARN_S: Final = 30
BEEP_MS: Final = 400


@dataclass(frozen=True, slots=True)
class Metered:
    """A connected leg we placed outside."""

    call: Call
    leg: Leg
    charge: Charge
    talked_s: float


class Metering:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._warned: set[str] = set()

    async def run(self) -> None:
        """Look at every call until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()

    def look(self) -> None:
        metered = [one for call in tuple(self._office.calls.values()) for one in _of(call)]
        self._warned &= {one.leg.leg_id for one in metered}
        for one in metered:
            if not self._too_long_abroad(one) and self._office.tolls.is_metered(one.charge.payer):
                self._meter(one)

    def _meter(self, one: Metered) -> None:
        left_s = one.charge.paid_s - one.talked_s
        if left_s > WARN_S:
            return
        affordable_s = self._office.tolls.affordable_s(one.charge)
        if affordable_s <= 0 and left_s <= END_S:
            self._clear(one, "call.cap-reached")
        elif affordable_s <= 0:
            self._warn(one, left_s)
        elif left_s <= AHEAD_S:
            late_s = max(0, int(-left_s))
            self._office.tolls.pay(one.call, one.leg.leg_id, PAID_AT_ONCE_S + late_s)

    def _too_long_abroad(self, one: Metered) -> bool:
        """Clear, and before that warn, a call to another country that lasts suspiciously long."""
        longest = self._office.config.toll_guard.max_abroad_minutes
        if longest is None or not one.charge.abroad:
            return False
        left_s = longest * 60 - one.talked_s
        if left_s <= 0:
            self._clear(one, "call.too-long-abroad")
        elif left_s <= WARN_S:
            self._warn(one, left_s)
        return left_s <= 0

    def _warn(self, one: Metered, left_s: float) -> None:
        """A beep to those of the office, once, while there is time to say goodbye."""
        if one.leg.leg_id in self._warned:
            return
        self._warned.add(one.leg.leg_id)
        one.call.step("call.cap-near", one.leg, line=one.leg.line_id, seconds=max(0, int(left_s)))
        for member in one.call.on_side(Side.OFFICE):
            if member.is_active and member.sound.is_idle:
                member.sound.tone("beep", BEEP_MS)

    def _clear(self, one: Metered, code: str) -> None:
        one.call.step(code, one.leg, line=one.leg.line_id)
        one.leg.clear(Cause.NORMAL_CALL_CLEARING)
        one.call.news.wake()


def _of(call: Call) -> list[Metered]:
    found = []
    for leg in call.legs:
        charge, talked_s = call.charges.get(leg.leg_id), call.talked_s(leg)
        if charge is not None and talked_s is not None:
            found.append(Metered(call, leg, charge, talked_s))
    return found
