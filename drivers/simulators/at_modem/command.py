"""What a command of the simulated modem is: a pattern, and a handler that answers or refuses."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from drivers.simulators.at_modem.modem import Modem


class Refused(Exception):
    """A final result other than OK."""

    def __init__(self, result: str = "ERROR", cme: int | None = None) -> None:
        super().__init__(result, cme)
        self.result = result
        self.cme = cme


Handler: TypeAlias = "Callable[[Modem, re.Match[str]], list[str]]"
"""Returns the information lines before OK, or raises Refused."""
Table: TypeAlias = "tuple[tuple[re.Pattern[str], Handler], ...]"


def entry(pattern: str, handler: Handler) -> tuple[re.Pattern[str], Handler]:
    return re.compile(pattern, re.IGNORECASE), handler
