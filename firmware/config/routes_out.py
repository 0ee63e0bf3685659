"""Chapter [routes_out]: who may dial what, over which line, for how much money a day.

The default is narrow on purpose: national ordinary numbers only. International
and premium numbers are denied until a rule allows them. Emergency numbers are
not decided here: they always go out.
"""

from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from firmware.config.chapter import Chapter, Country, ExtensionId
from firmware.config.number_kind import NumberKind
from firmware.contract.message import LineId

Money: TypeAlias = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]
"""In the office's currency."""

SECONDS_OF_A_DAY: Final = 86_400
ORDINARY: Final = (NumberKind.FIXED, NumberKind.MOBILE, NumberKind.TOLL_FREE)


class DialRule(Chapter):
    """Allows what it names; a number is allowed when any rule allows it."""

    extensions: tuple[ExtensionId, ...] = ()
    """Whom it is for; empty is everybody, calls of flows to outside numbers included."""
    kinds: Annotated[tuple[NumberKind, ...], Field(min_length=1)] = ORDINARY
    countries: tuple[Country, ...] = ()
    """Where to; empty is the office's own country only."""


class LineOut(Chapter):
    """What calls over a line cost and how much of it a day may have."""

    line: LineId
    cost_per_minute: Money = Decimal(0)
    cost_per_minute_of: dict[NumberKind, Money] = {}
    """Where a kind of number costs something else."""
    cost_per_minute_abroad: Money | None = None
    minutes_per_day: Annotated[int | None, Field(ge=1, le=100_000)] = None
    money_per_day: Money | None = None

    @property
    def is_capped(self) -> bool:
        return self.minutes_per_day is not None or self.money_per_day is not None

    def seconds_left(self, used_s: int, used_money: Decimal, cost_per_minute: Decimal) -> int:
        """Return how long calls at that price may go on today; never below 0."""
        left = [SECONDS_OF_A_DAY]
        if self.minutes_per_day is not None:
            left.append(self.minutes_per_day * 60 - used_s)
        if self.money_per_day is not None and used_money >= self.money_per_day:
            left.append(0)
        elif self.money_per_day is not None and cost_per_minute:
            left.append(int((self.money_per_day - used_money) * 60 / cost_per_minute))
        return max(0, min(left))

    def cost_of_minute(self, kind: NumberKind, abroad: bool) -> Decimal:
        if abroad and self.cost_per_minute_abroad is not None:
            return self.cost_per_minute_abroad
        return self.cost_per_minute_of.get(kind, self.cost_per_minute)


class RoutesOut(Chapter):
    rules: tuple[DialRule, ...] = (DialRule(),)
    lines: tuple[LineOut, ...] = ()
    """Cheapest first, then in this order; when empty, every line that can, in the file's order."""

    def of(self, line_id: LineId) -> LineOut | None:
        return next((one for one in self.lines if one.line == line_id), None)
