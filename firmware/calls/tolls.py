"""What calls out cost and count: room is taken before a line is seized, the rest given back.

Checking a cap and taking from it is one step that nothing can come between, so
two phones never take the last money both. What is taken stands in the store
before the line is seized, so a power cut hides nothing from the caps.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from firmware.calls.call import Call
from firmware.calls.charge import Account, Charge, Payer, Scope
from firmware.calls.routing_out import WayOut
from firmware.calls.spending import Ledger
from firmware.calls.toll_anomalies import Anomalies
from firmware.calls.toll_caps import LiveCalls, affordable_s, is_metered, no_room, shown
from firmware.calls.toll_guard import is_abroad
from firmware.config.model import Config
from firmware.contract.message import LegId, new_leg_id
from firmware.contract.texts import Text
from firmware.store.records import Records
from firmware.store.rows import CalledCountryRow, SpendingRow, SwitchedRow

PAID_AT_ONCE_S: Final = 60
DISK_S: Final = 0.5
"""A slow or full disk holds no caller up for longer: what is taken counts in memory."""
HELD: Final = "held"
"""What the store calls those whose calls abroad wait until midnight."""
UNUSED_S: Final = 5.0
"""A room taken and not used so long after has been given up."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A way out that may be taken, under this leg's id, as soon as it `is_safe`."""

    leg_id: LegId
    way: WayOut
    written: "asyncio.Task[None] | None" = None
    not_after: float = 0.0

    @property
    def is_safe(self) -> bool:
        """Whether it would survive a power cut, or has waited long enough for the disk."""
        if self.written is None or self.written.done():
            return True
        return asyncio.get_running_loop().time() >= self.not_after


class Tolls:
    """`config` returns the configuration that is live."""

    def __init__(self, config: Callable[[], Config], records: Records) -> None:
        self.ledger = Ledger(config().office.timezone)
        self.live = LiveCalls()
        self.anomalies = Anomalies()
        self.anomalies.suspected = self._hold
        self._config, self._records = config, records

    def recall(
        self,
        spent: Iterable[SpendingRow],
        countries: Iterable[str],
        switched: Iterable[SwitchedRow] = (),
    ) -> None:
        """Take what the store knows: this month's spending, the countries ever called, and who
        has been held today.
        """
        zone = self._config().office.timezone
        self.ledger = Ledger(zone, spent)
        self.anomalies = Anomalies(countries)
        today = self.today()
        for row in switched:
            mark, _, account = row.what.partition(" ")
            if mark == HELD and row.changed_at.astimezone(ZoneInfo(zone)).date() == today:
                scope, _, number = account.partition(" ")
                self.anomalies.suspicious[Account(Scope(scope), number)] = row.value
        self.anomalies.suspected = self._hold

    def today(self) -> date:
        """Return the day of the office, on which it has forgotten what was odd yesterday."""
        today = self.ledger.today()
        self.anomalies.turn_the_page(today)
        return today

    def hold(self, number: str, extension: str | None) -> Text | None:
        """Return why a call abroad must wait until midnight: its caller looks like a fraud."""
        self.today()
        who = Payer("", extension).accounts[1]
        if who not in self.anomalies.suspicious or not is_abroad(number, self._config()):
            return None
        return Text(code="toll.held", args={"who": shown(who, self._config())})

    def room(self, payer: Payer, cost_per_minute: Decimal) -> Text | None:
        """Return why such a call cannot begin now; None when it can."""
        return no_room(payer, cost_per_minute, self._config(), self.ledger, self.live)

    def reserve(self, call: Call, way: WayOut) -> Reservation | Text:
        """Take room for a call, and pay its first minute where that is metered; or say why not.

        An emergency call always has room, and costs nothing.
        """
        leg_id = new_leg_id()
        if way.emergency:
            return Reservation(leg_id, way)
        payer = Payer(way.line_id, way.extension)
        refused = self.room(payer, way.cost_per_minute)
        if refused is not None:
            return refused
        self.live.begin(leg_id, payer)
        self._look_for_fraud(call, way, payer)
        call.charges[leg_id] = Charge(payer, way.cost_per_minute, abroad=way.abroad)
        loop = asyncio.get_running_loop()
        loop.call_later(UNUSED_S, self._drop_unused, call, leg_id)
        if not self.is_metered(payer):
            return Reservation(leg_id, way)
        written = self.pay(call, leg_id, PAID_AT_ONCE_S)
        written.add_done_callback(lambda _: call.news.wake())
        loop.call_later(DISK_S, call.news.wake)
        return Reservation(leg_id, way, written, loop.time() + DISK_S)

    def is_metered(self, payer: Payer) -> bool:
        """Whether minutes or money of such a call are limited."""
        return is_metered(payer, self._config())

    def affordable_s(self, charge: Charge) -> int:
        """Return how many more seconds calls like this may have, all of them together."""
        return affordable_s(charge.payer, charge.cost_per_minute, self._config(), self.ledger)

    def pay(self, call: Call, leg_id: LegId, seconds: int) -> "asyncio.Task[None]":
        """Count seconds still to be talked as spent, as many as the caps have left."""
        charge = call.charges[leg_id]
        paid = min(seconds, self.affordable_s(charge))
        row = self._spend(charge, paid, calls=0)
        call.charges[leg_id] = replace(charge, paid_s=charge.paid_s + paid, paid_on=row.day)
        return self._records.write(self._records.spending.add(row))

    def take_up(self, call: Call, leg_id: LegId, charge: Charge) -> None:
        """Go on counting a call that outlived the exchange."""
        call.charges[leg_id] = charge
        self.live.take_up(leg_id, charge.payer)

    def left(self, call: Call | None, leg_id: LegId, *, answered: bool) -> None:
        """The leg is released; one that was never answered gets back what it had paid."""
        self.live.end(leg_id)
        charge = None if call is None or answered else call.charges.pop(leg_id, None)
        if charge is not None and charge.paid_s:
            back = self._spend(charge, -charge.paid_s, calls=0, on=charge.paid_on)
            self._records.write(self._records.spending.add(back))

    def settle(self, call: Call) -> list[SpendingRow]:
        """Count what the legs of an ended call talked beyond what is paid, or give it back."""
        rows = []
        for leg_id, charge in call.charges.items():
            self.live.end(leg_id)
            talked_s = call.talked_whole_s(leg_id)
            rest_s, calls = talked_s - charge.paid_s, int(talked_s > 0)
            if calls:
                self.anomalies.ended(charge.payer, talked_s, self._config())
            if rest_s or calls:
                on = charge.paid_on if rest_s < 0 else None
                rows.append(self._spend(charge, rest_s, calls=calls, on=on))
        return rows

    def _look_for_fraud(self, call: Call, way: WayOut, payer: Payer) -> None:
        self.today()
        now, country = datetime.now(UTC), way.country
        if self.anomalies.begins(payer, country, now, self._config()) and country is not None:
            call.step("toll.first-call-ever", None, country=country)
            row = CalledCountryRow(country=country, first_at=now, extension=way.extension or "")
            self._records.write(self._records.spending.call_country(row))

    def _hold(self, who: Account, why: str) -> None:
        what = f"{HELD} {who.scope} {who.id}"
        row = SwitchedRow(what=what, value=why, changed_at=datetime.now(UTC))
        self._records.write(self._records.switched.put(row))

    def _spend(
        self, charge: Charge, seconds: int, *, calls: int, on: date | None = None
    ) -> SpendingRow:
        return self.ledger.spend(charge.payer, seconds, charge.cost_per_minute, calls=calls, on=on)

    def _drop_unused(self, call: Call, leg_id: LegId) -> None:
        if leg_id in call.charges and not call.has_leg(leg_id):
            self.left(call, leg_id, answered=False)
