"""What calls out cost and count: room is taken before a line is seized, the rest given back.

Checking a cap and taking from it is one step that nothing can come between, so
two phones never take the last money both. What is taken stands in the store
before the line is seized, so a power cut hides nothing from the caps.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from firmware.calls.call import Call
from firmware.calls.charge import Charge, Payer
from firmware.calls.routing_out import WayOut
from firmware.calls.spending import Ledger
from firmware.calls.toll_caps import LiveCalls, affordable_s, is_metered, no_room
from firmware.config.model import Config
from firmware.contract.message import LegId, new_leg_id
from firmware.contract.texts import Text
from firmware.store.records import Records
from firmware.store.rows import SpendingRow

PAID_AT_ONCE_S: Final = 60
DISK_S: Final = 0.5
"""A slow or full disk holds no caller up for longer: what is taken counts in memory."""
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
        self._config, self._records = config, records

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
        call.charges[leg_id] = Charge(payer, way.cost_per_minute, way.abroad)
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
            if rest_s or calls:
                on = charge.paid_on if rest_s < 0 else None
                rows.append(self._spend(charge, rest_s, calls=calls, on=on))
        return rows

    def _spend(
        self, charge: Charge, seconds: int, *, calls: int, on: date | None = None
    ) -> SpendingRow:
        return self.ledger.spend(charge.payer, seconds, charge.cost_per_minute, calls=calls, on=on)

    def _drop_unused(self, call: Call, leg_id: LegId) -> None:
        if leg_id in call.charges and not call.has_leg(leg_id):
            self.left(call, leg_id, answered=False)
