"""Daily caps during a call: each minute is paid for before it is talked.

What is paid stands in the store before the minute begins, so a power cut in a
long call hides nothing from the cap. Emergency calls are never metered.
"""

import asyncio
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.config.routes_out import LineOut
from firmware.contract.causes import Cause
from firmware.contract.control import Side

LOOK_EVERY_S: Final = 0.5
PAID_AT_ONCE_S: Final = 60
AHEAD_S: Final = 2.0
"""The next minute is paid this long before it begins: time enough for the disk."""
END_S: Final = 0.5
"""Cleared so long before the last paid second is over: a begun second counts whole."""
WARN_S: Final = 30
BEEP_MS: Final = 400


@dataclass(frozen=True, slots=True)
class Metered:
    """A connected leg we placed on a line with a cap."""

    call: Call
    leg: Leg
    out: LineOut
    cost_per_minute: Decimal
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
        metered = [one for call in tuple(self._office.calls.values()) for one in self._of(call)]
        self._warned &= {one.leg.leg_id for one in metered}
        for one in metered:
            self._meter(one)

    def _of(self, call: Call) -> list[Metered]:
        found = []
        for leg in call.legs:
            cost, out = call.costs.get(leg.leg_id), self._office.config.routes_out.of(leg.line_id)
            talked_s = call.talked_s(leg)
            capped = out is not None and out.is_capped and not call.emergency
            if out is not None and capped and cost is not None and talked_s is not None:
                found.append(Metered(call, leg, out, cost, talked_s))
        return found

    def _meter(self, one: Metered) -> None:
        paid_s = one.call.paid_s.get(one.leg.leg_id, 0)
        left_s = paid_s - one.talked_s
        if left_s > WARN_S:
            return
        affordable_s = self._affordable_s(one)
        if affordable_s <= 0 and left_s <= END_S:
            self._clear(one)
        elif affordable_s <= 0:
            self._warn(one, left_s)
        elif left_s <= AHEAD_S:
            late_s = max(0, int(-left_s))
            self._office.pay(one.call, one.leg, min(PAID_AT_ONCE_S + late_s, affordable_s))

    def _affordable_s(self, one: Metered) -> int:
        """Return how many more seconds the line may have today, for all its calls together."""
        used = self._office.spent.used(one.leg.line_id)
        return one.out.seconds_left(used.seconds, used.money, one.cost_per_minute)

    def _warn(self, one: Metered, left_s: float) -> None:
        """A beep to those of the office, once, while there is time to say goodbye."""
        if one.leg.leg_id in self._warned:
            return
        self._warned.add(one.leg.leg_id)
        one.call.step("call.cap-near", one.leg, line=one.leg.line_id, seconds=max(0, int(left_s)))
        for member in one.call.on_side(Side.OFFICE):
            if member.is_active and member.sound.is_idle:
                member.sound.tone("beep", BEEP_MS)

    def _clear(self, one: Metered) -> None:
        one.call.step("call.cap-reached", one.leg, line=one.leg.line_id)
        one.leg.clear(Cause.NORMAL_CALL_CLEARING)
        one.call.news.wake()
