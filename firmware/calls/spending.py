"""What calls out have used up: minutes and money of today and of this month, by account.

An account is the whole box, a line, an extension, or the flows together. The
caps look here; it survives a restart, because every row stands in the store.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from firmware.calls.charge import Account, Payer, micros_of
from firmware.store.rows import SpendingRow


@dataclass(frozen=True, slots=True)
class Used:
    """Money in millionths of the office's currency."""

    day_s: int = 0
    day_micros: int = 0
    month_s: int = 0
    month_micros: int = 0


class Ledger:
    """Days and months are those of the office's time zone."""

    def __init__(
        self,
        zone: str,
        rows: Iterable[SpendingRow] = (),
        now: Callable[[ZoneInfo], datetime] = datetime.now,
    ) -> None:
        self._zone, self._now = ZoneInfo(zone), now
        self._day = self.today()
        self._used: dict[Account, Used] = {}
        for row in rows:
            self._count(row)

    def today(self) -> date:
        return self._now(self._zone).date()

    def used(self, account: Account) -> Used:
        self._turn_the_page()
        return self._used.get(account, Used())

    def spend(
        self,
        payer: Payer,
        seconds: int,
        cost_per_minute: Decimal,
        *,
        calls: int = 1,
        on: date | None = None,
    ) -> SpendingRow:
        """Count one call, or a part of it; return the row to be added to the store.

        Negative seconds give back what was paid `on` that day and not talked.
        """
        self._turn_the_page()
        row = SpendingRow(
            day=on or self._day,
            line_id=payer.line_id,
            extension=payer.extension or "",
            calls=calls,
            seconds=seconds,
            cost_micros=micros_of(seconds, cost_per_minute),
        )
        self._count(row)
        return row

    def _count(self, row: SpendingRow) -> None:
        if (row.day.year, row.day.month) != (self._day.year, self._day.month):
            return
        today = row.day == self._day
        for account in Payer(row.line_id, row.extension or None).accounts:
            old = self._used.get(account, Used())
            self._used[account] = Used(
                day_s=old.day_s + today * row.seconds,
                day_micros=old.day_micros + today * row.cost_micros,
                month_s=old.month_s + row.seconds,
                month_micros=old.month_micros + row.cost_micros,
            )

    def _turn_the_page(self) -> None:
        today = self.today()
        if today == self._day:
            return
        same_month = (today.year, today.month) == (self._day.year, self._day.month)
        self._day = today
        self._used = {
            account: replace(used, day_s=0, day_micros=0)
            for account, used in self._used.items()
            if same_month
        }
