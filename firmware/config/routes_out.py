"""Chapter [routes_out]: which lines calls out take, what they cost and how much a line may carry.

Who may dial what stands in [toll_guard]. Emergency numbers always go out.
"""

from decimal import Decimal

from firmware.config.chapter import Beginning, Chapter
from firmware.config.number_kind import NumberKind, longest_prefix
from firmware.config.toll_guard import Caps, Money
from firmware.contract.message import LineId


class LineOut(Caps):
    """What calls over a line cost and how much of it a day or a month may have."""

    line: LineId
    kinds: tuple[NumberKind, ...] = ()
    """The only kinds of number it carries; empty is all."""
    abroad: bool = True
    """Carries calls to other countries, too."""
    cost_per_minute: Money = Decimal(0)
    cost_per_minute_of: dict[NumberKind, Money] = {}
    """Where a kind of number costs something else."""
    cost_per_minute_abroad: Money | None = None
    cost_per_minute_to: dict[Beginning, Money] = {}
    """Where numbers that begin so cost something else; the longest beginning decides."""

    def cost_of_minute(self, e164: str, kind: NumberKind, *, abroad: bool) -> Decimal:
        """Return what a minute to that number costs: the most particular price that fits."""
        known = longest_prefix(e164, self.cost_per_minute_to)
        if known is not None:
            return self.cost_per_minute_to[known]
        if abroad and self.cost_per_minute_abroad is not None:
            return self.cost_per_minute_abroad
        return self.cost_per_minute_of.get(kind, self.cost_per_minute)

    def carries(self, kind: NumberKind, *, abroad: bool) -> bool:
        return (not self.kinds or kind in self.kinds) and (self.abroad or not abroad)

    @property
    def has_a_price(self) -> bool:
        prices = [self.cost_per_minute, self.cost_per_minute_abroad or Decimal(0)]
        prices += [*self.cost_per_minute_of.values(), *self.cost_per_minute_to.values()]
        return any(prices)


class RoutesOut(Chapter):
    lines: tuple[LineOut, ...] = ()
    """Cheapest first, then in this order; when empty, every line that can, in the file's order."""

    def of(self, line_id: LineId) -> LineOut | None:
        return next((one for one in self.lines if one.line == line_id), None)
