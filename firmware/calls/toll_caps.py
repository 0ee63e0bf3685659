"""Caps of calls out: calls at once, new calls a minute, minutes and money of day and month."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from firmware.calls.charge import MICROS, Account, Payer, Scope
from firmware.calls.spending import Ledger, Used
from firmware.config.model import Config
from firmware.config.toll_guard import Caps
from firmware.contract.message import LegId
from firmware.contract.texts import Text

SECONDS_OF_A_DAY: Final = 86_400
RATE_S: Final = 60.0
FLOWS_SHOWN: Final = "IVR"
"""How sentences name the flows, in every language."""


@dataclass(frozen=True, slots=True)
class CapInUse:
    """One limit of minutes or money, and what is used of it, in the unit of the limit."""

    account: Account
    code: str
    """What is said when it is reached."""
    used: Decimal
    limit: Decimal

    @property
    def is_money(self) -> bool:
        return self.code in _OF_MONEY

    @property
    def is_of_month(self) -> bool:
        return self.code in _OF_MONTH

    def seconds_left(self, cost_per_minute: Decimal) -> int:
        """Return how long calls at that price may go on; never below 0."""
        left = max(Decimal(0), self.limit - self.used)
        if self.is_money:
            if not cost_per_minute:
                return SECONDS_OF_A_DAY if left else 0
            return int(left * 60 / cost_per_minute)
        return int(left * 60)


_OF_MONEY: Final = frozenset({"toll.money-of-day", "toll.money-of-month"})
_OF_MONTH: Final = frozenset({"toll.minutes-of-month", "toll.money-of-month"})


class LiveCalls:
    """The calls out that are up or being set up, and how many began lately."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._live: dict[LegId, Payer] = {}
        self._begun: dict[Account, deque[float]] = {}

    def begin(self, leg_id: LegId, payer: Payer) -> None:
        self._live[leg_id] = payer
        for account in payer.accounts:
            self._begun.setdefault(account, deque(maxlen=10_000)).append(self._now())

    def take_up(self, leg_id: LegId, payer: Payer) -> None:
        """Count a call that began long ago."""
        self._live[leg_id] = payer

    def end(self, leg_id: LegId) -> None:
        """Ended already, or never counted, is fine."""
        self._live.pop(leg_id, None)

    def at_once(self, account: Account) -> int:
        return sum(1 for payer in self._live.values() if account in payer.accounts)

    def begun_lately(self, account: Account) -> int:
        begun = self._begun.get(account, deque())
        while begun and begun[0] <= self._now() - RATE_S:
            begun.popleft()
        return len(begun)


def caps_of(payer: Payer, config: Config) -> Iterator[tuple[Account, Caps]]:
    """Yield the accounts a call counts for, each with its caps: the box, who calls, the line."""
    box, who, line = payer.accounts
    yield box, config.toll_guard
    yield who, config.dial_class_of(payer.extension)
    out = config.routes_out.of(payer.line_id)
    if out is not None:
        yield line, out


def spent_caps(account: Account, caps: Caps, used: Used) -> Iterator[CapInUse]:
    """Yield the limits of minutes and money an account has."""
    limits = (
        ("toll.minutes-of-day", caps.minutes_per_day, Decimal(used.day_s) / 60),
        ("toll.money-of-day", caps.money_per_day, Decimal(used.day_micros) / MICROS),
        ("toll.minutes-of-month", caps.minutes_per_month, Decimal(used.month_s) / 60),
        ("toll.money-of-month", caps.money_per_month, Decimal(used.month_micros) / MICROS),
    )
    for code, limit, spent in limits:
        if limit is not None:
            yield CapInUse(account, code, spent, Decimal(limit))


def caps_in_use(config: Config, ledger: Ledger) -> Iterator[CapInUse]:
    """Yield every limit of minutes and money there is: the box, who may call, the lines."""
    accounts: list[tuple[Account, Caps]] = [
        (Account(Scope.BOX), config.toll_guard),
        (Account(Scope.FLOWS), config.dial_class_of(None)),
    ]
    accounts += [
        (Account(Scope.EXTENSION, one.id), config.dial_class_of(one.id))
        for one in config.extensions
    ]
    accounts += [(Account(Scope.LINE, out.line), out) for out in config.routes_out.lines]
    for account, caps in accounts:
        yield from spent_caps(account, caps, ledger.used(account))


def is_metered(payer: Payer, config: Config) -> bool:
    return any(caps.is_metered for _account, caps in caps_of(payer, config))


def affordable_s(payer: Payer, cost_per_minute: Decimal, config: Config, ledger: Ledger) -> int:
    """Return how many more seconds such calls may have, all of them together."""
    left = [
        cap.seconds_left(cost_per_minute)
        for account, caps in caps_of(payer, config)
        for cap in spent_caps(account, caps, ledger.used(account))
    ]
    return min([SECONDS_OF_A_DAY, *left])


def no_room(
    payer: Payer, cost_per_minute: Decimal, config: Config, ledger: Ledger, live: LiveCalls
) -> Text | None:
    """Return the first cap that keeps a new call from beginning; None when none does."""
    for account, caps in caps_of(payer, config):
        who = shown(account, config)
        if caps.calls_at_once is not None and live.at_once(account) >= caps.calls_at_once:
            return Text(code="toll.calls-at-once", args={"who": who, "limit": caps.calls_at_once})
        lately = live.begun_lately(account)
        if caps.calls_per_minute is not None and lately >= caps.calls_per_minute:
            return Text(code="toll.call-rate", args={"who": who, "limit": caps.calls_per_minute})
        for cap in spent_caps(account, caps, ledger.used(account)):
            if cap.seconds_left(cost_per_minute) <= 0:
                return Text(code=cap.code, args={"who": who, "limit": f"{cap.limit:f}"})
    return None


def shown(account: Account, config: Config) -> str:
    """Return how a sentence names an account."""
    if account.scope is Scope.BOX:
        return config.office.box
    return FLOWS_SHOWN if account.scope is Scope.FLOWS else account.id
