"""What happened, numbered: followers get it live, late ones get what they missed."""

from collections import deque
from collections.abc import Callable
from typing import Final
from uuid import uuid4

from firmware.contract.control import AnyEvent, NumberedEvent
from firmware.contract.errors import RequestRefused

KEPT: Final = 10_000
Follower = Callable[[NumberedEvent], None]


class EventStream:
    """The last events of this run of the exchange; a restart begins a new epoch."""

    def __init__(self) -> None:
        self.epoch = uuid4().hex
        self.seq = 0
        self._kept: deque[NumberedEvent] = deque(maxlen=KEPT)
        self._followers: set[Follower] = set()

    def publish(self, event: AnyEvent) -> None:
        self.seq += 1
        numbered = NumberedEvent(epoch=self.epoch, seq=self.seq, event=event)
        self._kept.append(numbered)
        for follower in tuple(self._followers):
            follower(numbered)

    def missed(self, epoch: str, after: int) -> list[NumberedEvent]:
        """Return the events after `after`. Raises RequestRefused when they are not all there."""
        oldest = self.seq - len(self._kept)
        if epoch != self.epoch or not oldest <= after <= self.seq:
            raise RequestRefused("control.start-again")
        return [event for event in self._kept if event.seq > after]

    def follow(self, follower: Follower) -> None:
        self._followers.add(follower)

    def unfollow(self, follower: Follower) -> None:
        """Following no more already is fine."""
        self._followers.discard(follower)
