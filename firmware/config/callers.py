"""Chapter [callers]: whom we know before they say a word."""

from enum import StrEnum
from typing import Annotated, TypeAlias

from firmware.config.chapter import Chapter
from firmware.config.forms import number_pattern

NumberPattern: TypeAlias = Annotated[str, number_pattern]
"""A number in E.164 form, or its beginning followed by *, such as +447700900*."""


class CallerClass(StrEnum):
    BLOCKED = "blocked"
    VIP = "vip"
    WITHHELD = "withheld"
    OTHER = "other"


class Withheld(StrEnum):
    """What becomes of a caller who hides the number."""

    LET_IN = "let-in"
    CHALLENGE = "challenge"
    """Asked to key in a number, or to say who calls; whoever stays silent is refused."""
    REFUSE = "refuse"


class Callers(Chapter):
    blocked: tuple[NumberPattern, ...] = ()
    """Cleared with cause 21 before anything is answered."""
    allowed: tuple[NumberPattern, ...] = ()
    """Let in although a beginning in `blocked` fits; the longer pattern decides."""
    vip: tuple[NumberPattern, ...] = ()
    withheld: Withheld = Withheld.LET_IN

    def classify(self, calling: str | None) -> CallerClass:
        """Return the class of a caller in E.164 form; None is a number withheld.

        A number in `blocked` and in `vip` is blocked.
        """
        if calling is None:
            refused = self.withheld is Withheld.REFUSE
            return CallerClass.BLOCKED if refused else CallerClass.WITHHELD
        if _fit(calling, self.blocked) > _fit(calling, self.allowed):
            return CallerClass.BLOCKED
        return CallerClass.VIP if _fit(calling, self.vip) else CallerClass.OTHER


def _fit(number: str, patterns: tuple[str, ...]) -> int:
    """Return how much the most particular pattern that fits says; 0 when none does."""
    return max((_said_by(pattern, number) for pattern in patterns), default=0)


def _said_by(pattern: str, number: str) -> int:
    if pattern.endswith("*"):
        return len(pattern) if number.startswith(pattern[:-1]) else 0
    return len(pattern) + 1 if number == pattern else 0
