"""What looks like fraud although every rule allows it: told, and calls abroad held until midnight.

A first call ever to a country is only told. Many calls while the office is
closed, and many short ones, are what a stolen phone account makes.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from firmware.calls.charge import Account, Payer
from firmware.config.model import Config
from firmware.config.opening import is_open

BURST_S: Final = 600.0
SHORT_CALL_S: Final = 10
SHORT_WITHIN_S: Final = 3_600.0
NIGHT: Final = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
"""Hours an office without `office_hours` is taken for closed."""


class Anomalies:
    """Remembers until midnight what it has seen; `known` are the countries ever called."""

    def __init__(
        self, known: Iterable[str] = (), seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._known = set(known)
        self._seconds = seconds
        self._day: date | None = None
        self.first_calls: dict[str, str] = {}
        """Country -> who called there today for the first time ever."""
        self.suspicious: dict[Account, str] = {}
        """Who -> what they did today, as a code."""
        self.suspected: Callable[[Account, str], None] = _nobody
        """Told of each new one, so that a restart does not let them go."""
        self._begun: dict[Account, deque[float]] = {}
        self._short: dict[Account, deque[float]] = {}

    def turn_the_page(self, today: date) -> None:
        if today != self._day:
            self._day, self.first_calls, self.suspicious = today, {}, {}

    def begins(self, payer: Payer, country: str | None, at: datetime, config: Config) -> bool:
        """Note a call out; True when nobody has called that country before."""
        who = payer.accounts[1]
        most = config.toll_guard.calls_while_closed
        closed = _is_closed(at, config)
        if most is not None and closed and self._count(self._begun, who, BURST_S) > most:
            self._suspect(who, "toll.burst")
        own = country is None or country == config.office.country
        if country is None or own or country in self._known:
            return False
        self._known.add(country)
        self.first_calls[country] = payer.extension or ""
        return True

    def ended(self, payer: Payer, talked_s: int, config: Config) -> None:
        """Note how long an answered call was."""
        most = config.toll_guard.short_calls_per_hour
        if most is None or talked_s >= SHORT_CALL_S:
            return
        if self._count(self._short, who := payer.accounts[1], SHORT_WITHIN_S) > most:
            self._suspect(who, "toll.short-calls")

    def _suspect(self, who: Account, why: str) -> None:
        if who not in self.suspicious:
            self.suspicious[who] = why
            self.suspected(who, why)

    def _count(self, seen: dict[Account, deque[float]], who: Account, within_s: float) -> int:
        times, now = seen.setdefault(who, deque(maxlen=1_000)), self._seconds()
        times.append(now)
        while times[0] <= now - within_s:
            times.popleft()
        return len(times)


def _nobody(_who: Account, _why: str) -> None:
    """Nobody keeps it."""


def _is_closed(at: datetime, config: Config) -> bool:
    timetable = config.toll_guard.office_hours
    if timetable is not None:
        return not is_open(config, timetable, at)
    return at.astimezone(ZoneInfo(config.office.timezone)).hour in NIGHT
