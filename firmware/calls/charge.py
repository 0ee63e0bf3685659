"""What a leg we placed outside costs, and who pays for it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from firmware.contract.message import LineId

MICROS: Final = 1_000_000


class Scope(StrEnum):
    BOX = "box"
    LINE = "line"
    EXTENSION = "extension"
    FLOWS = "flows"


@dataclass(frozen=True, slots=True)
class Account:
    """What minutes and money are counted for: the whole box, a line, an extension, the flows."""

    scope: Scope
    id: str = ""


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose call it is and over which line."""

    line_id: LineId
    extension: str | None
    """None for flows and callers from outside."""

    @property
    def accounts(self) -> tuple[Account, Account, Account]:
        """Return the accounts the call counts for: the box, who calls, the line."""
        who = Account(Scope.EXTENSION, self.extension) if self.extension else Account(Scope.FLOWS)
        return Account(Scope.BOX), who, Account(Scope.LINE, self.line_id)


@dataclass(frozen=True, slots=True)
class Charge:
    payer: Payer
    cost_per_minute: Decimal
    abroad: bool = False
    paid_s: int = 0
    """Seconds that are in the ledger already, the last of them on the day `paid_on`."""
    paid_on: date | None = None


def micros_of(seconds: int, cost_per_minute: Decimal) -> int:
    """Return what so many seconds cost; giving the same seconds back is the same sum."""
    return int(cost_per_minute * MICROS * seconds / 60)
