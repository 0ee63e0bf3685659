"""What each line has spent today: the daily caps look here, and it survives a restart."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from firmware.calls.routing_out import UsedToday
from firmware.contract.message import LineId
from firmware.store.rows import SpendingRow

MICROS: Final = 1_000_000


class SpentToday:
    """Days are those of the office's time zone."""

    def __init__(self, zone: str, rows: Iterable[SpendingRow] = ()) -> None:
        self._zone = ZoneInfo(zone)
        self._day = self.today()
        self._rows = {row.line_id: row for row in rows if row.day == self._day}

    def today(self) -> date:
        return datetime.now(self._zone).date()

    def used(self, line_id: LineId) -> UsedToday:
        self._turn_the_page()
        row = self._rows.get(line_id)
        if row is None:
            return UsedToday()
        return UsedToday(row.seconds, Decimal(row.cost_micros) / MICROS)

    def spend(
        self, line_id: LineId, seconds: float, cost_per_minute: Decimal, calls: int = 1
    ) -> SpendingRow:
        """Count one call, or a part of it; return the row to be added to the store.

        Negative seconds give back what was paid and not talked.
        """
        self._turn_the_page()
        whole = math.ceil(seconds)
        micros = int(cost_per_minute * MICROS * whole / 60)
        old = self._rows.get(line_id) or SpendingRow(day=self._day, line_id=line_id)
        self._rows[line_id] = old.model_copy(
            update={
                "calls": old.calls + calls,
                "seconds": old.seconds + whole,
                "cost_micros": old.cost_micros + micros,
            }
        )
        return SpendingRow(
            day=self._day, line_id=line_id, calls=calls, seconds=whole, cost_micros=micros
        )

    def _turn_the_page(self) -> None:
        if self.today() != self._day:
            self._day = self.today()
            self._rows = {}
