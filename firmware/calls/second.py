"""What a leg must know of a second call that its phone has on the one line."""

from typing import Protocol


class Second(Protocol):
    """The second call of a phone that has one line (call_waiting.py has the one there is)."""

    def is_with(self, call_id: str) -> bool:
        """Whether the phone is with that call now."""

    @property
    def is_withdrawn(self) -> bool:
        """Whether who waited has gone before anybody took the call."""

    def flash(self) -> None:
        """Go over to the other call; the first time, take it."""

    def leave(self, call_id: str) -> None:
        """That call is over."""
