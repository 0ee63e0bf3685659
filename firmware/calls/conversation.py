"""What runs on a call: its script, and the people who talk, as others may meddle with them."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeAlias

from firmware.calls.leg import Leg

Script: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
"""Begins what shall be done on a call; its end is the end of the call."""


class Conversation(Protocol):
    """People who talk; talk.py has the one there is."""

    @property
    def parties(self) -> tuple[Leg, ...]: ...

    @property
    def may_be_interrupted(self) -> bool:
        """Whether two talk and nothing else is being done, so that a call may be offered."""

    def add(self, leg: Leg) -> None:
        """Let a leg of the call, connected already, talk with the others."""
