"""What happened, numbered: followers get it live, late ones get what they missed."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from firmware.contract.errors import RequestRefused
from firmware.contract.events import AnyEvent, NumberedEvent
from firmware.control.kept_events import KeptEvents

KEPT: Final = 10_000
KEPT_BYTES: Final = 3 << 20
"""Less than a link lets wait (MAX_BACKLOG_BYTES): a follower may miss all of it and get it."""
Follower = Callable[[bytes], None]
"""Gets each event as the line that goes out."""


class EventStream:
    """The last events of this run of the exchange; a restart begins a new epoch."""

    def __init__(self) -> None:
        self.epoch = uuid4().hex
        self._kept = KeptEvents(KEPT, KEPT_BYTES)
        self._followers: set[Follower] = set()

    @property
    def seq(self) -> int:
        """The newest event's number; 0 before the first."""
        return self._kept.seq

    def publish(self, event: AnyEvent) -> None:
        line = NumberedEvent(epoch=self.epoch, seq=self.seq + 1, event=event).to_line()
        self._kept.add(line)
        for follower in tuple(self._followers):
            follower(line)

    def missed(self, epoch: str, after: int) -> list[bytes]:
        """Return the lines after `after`. Raises RequestRefused when they are not all there."""
        lines = self._kept.after(after) if epoch == self.epoch else None
        if lines is None:
            raise RequestRefused("control.start-again")
        return lines

    def follow(self, follower: Follower) -> None:
        self._followers.add(follower)

    def unfollow(self, follower: Follower) -> None:
        """Following no more already is fine."""
        self._followers.discard(follower)
