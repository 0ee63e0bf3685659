"""Tells the owner of caps that are nearly or wholly used up, and of calls that look like fraud.

Each alarm is raised once and stays until midnight, however often a call gives
back what it had paid ahead.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from firmware.calls.office import Office
from firmware.calls.toll_caps import CapInUse, caps_in_use, shown
from firmware.contract.texts import Text

LOOK_EVERY_S: Final = 2.0
NEAR: Final = Decimal("0.80")
REACHED: Final = Decimal("0.99")
"""What is left then buys no second."""


class TollWatch:
    def __init__(self, office: Office, alarm: Callable[[Text, bool], None]) -> None:
        self._office, self._alarm = office, alarm
        self._near: dict[str, CapInUse] = {}
        self._day: date | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()

    def look(self) -> None:
        today = self._office.tolls.today()
        if today != self._day:
            self._day, self._near = today, {}
        for cap in caps_in_use(self._office.config, self._office.tolls.ledger):
            key = f"{cap.account} {cap.code}"
            if cap.limit and (key in self._near or cap.used >= NEAR * cap.limit):
                self._near[key] = cap
        reached = [one for one in self._near.values() if one.used >= REACHED * one.limit]
        near = [one for one in self._near.values() if one not in reached]
        self._set("toll.caps-near", "caps", map(self._worded, near))
        self._set("toll.caps-reached", "caps", map(self._worded, reached))
        self._look_for_fraud()

    def _look_for_fraud(self) -> None:
        seen, config = self._office.tolls.anomalies, self._office.config
        first = (f"{country} ({who})" if who else country for country, who in _of(seen.first_calls))
        self._set("toll.first-call", "countries", first)
        for code in ("toll.burst", "toll.short-calls"):
            who = [shown(one, config) for one, why in seen.suspicious.items() if why == code]
            self._set(code, "who", who)

    def _set(self, code: str, name: str, listed: Iterable[str]) -> None:
        words = ", ".join(sorted(listed))
        self._alarm(Text(code=code, args={name: words}), bool(words))

    def _worded(self, cap: CapInUse) -> str:
        who = shown(cap.account, self._office.config)
        unit = self._office.config.office.currency if cap.is_money else "min"
        month = f" ({self._day:%m/%Y})" if cap.is_of_month else ""
        return f"{who} {cap.used:.0f}/{cap.limit:f} {unit}{month}"


def _of(first_calls: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(first_calls.items())
