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


class Callers(Chapter):
    blocked: tuple[NumberPattern, ...] = ()
    """Cleared with cause 21 before anything is answered."""
    vip: tuple[NumberPattern, ...] = ()
    block_withheld: bool = False

    def classify(self, calling: str | None) -> CallerClass:
        """Return the class of a caller in E.164 form; None is a number withheld.

        A number in both lists is blocked.
        """
        if calling is None:
            return CallerClass.BLOCKED if self.block_withheld else CallerClass.WITHHELD
        if _listed(calling, self.blocked):
            return CallerClass.BLOCKED
        return CallerClass.VIP if _listed(calling, self.vip) else CallerClass.OTHER


def _listed(number: str, patterns: tuple[str, ...]) -> bool:
    return any(
        number.startswith(pattern[:-1]) if pattern.endswith("*") else number == pattern
        for pattern in patterns
    )
