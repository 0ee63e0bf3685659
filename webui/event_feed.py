"""The exchange's events, fanned out to every open page and script.

The last events stay here, so that a page that lost its connection for a moment
goes on where it was. A client too slow to keep up is told to start again from
a snapshot instead of being queued for without end.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from firmware.contract.control import AnyEvent, NumberedEvent, Snapshot

KEPT_EVENTS: Final = 2000
CLIENT_QUEUE: Final = 500


class StreamMessage(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)


class EventMessage(StreamMessage):
    kind: Literal["event"] = "event"
    epoch: str
    seq: int
    event: AnyEvent


class ResyncMessage(StreamMessage):
    """Take a snapshot and connect again with its epoch and number; nothing follows."""

    kind: Literal["resync"] = "resync"


class ReachableMessage(StreamMessage):
    """Whether the exchange can be asked; the first message of every stream."""

    kind: Literal["exchange"] = "exchange"
    reachable: bool


AnyStreamMessage: TypeAlias = Annotated[
    EventMessage | ResyncMessage | ReachableMessage, Field(discriminator="kind")
]


class EventFeed:
    def __init__(self) -> None:
        self._epoch: str | None = None
        self._seq = 0
        self._kept: deque[NumberedEvent] = deque(maxlen=KEPT_EVENTS)
        self._clients: set[Client] = set()
        self.reachable = False

    def up(self, snapshot: Snapshot) -> None:
        """The exchange is back. Same epoch: what was missed cannot be known, so all start again."""
        missed = (snapshot.epoch, snapshot.seq) != (self._epoch, self._seq)
        if missed:
            self._epoch, self._seq = snapshot.epoch, snapshot.seq
            self._kept.clear()
        self.reachable = True
        self._tell(ReachableMessage(reachable=True))
        if missed:
            for client in self._clients:
                client.resync()

    def down(self) -> None:
        if self.reachable:
            self.reachable = False
            self._tell(ReachableMessage(reachable=False))

    def take(self, event: NumberedEvent) -> None:
        self._seq = event.seq
        self._kept.append(event)
        self._tell(_message(event))

    @contextmanager
    def client(self, epoch: str, after: int) -> Iterator["Client"]:
        """A client that has seen everything up to `after` of `epoch`."""
        client = Client()
        client.put(ReachableMessage(reachable=self.reachable))
        self._replay(client, epoch, after)
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    def _replay(self, client: "Client", epoch: str, after: int) -> None:
        if self._epoch is None:
            return
        oldest = self._seq - len(self._kept)
        if epoch != self._epoch or after < oldest:
            client.resync()
            return
        client.after = after
        for event in self._kept:
            client.put(_message(event))

    def _tell(self, message: EventMessage | ReachableMessage) -> None:
        for client in self._clients:
            client.put(message)


class Client:
    """One open stream: a bounded queue, ended by a resync."""

    def __init__(self) -> None:
        self.after = 0
        self._queue: deque[EventMessage | ResyncMessage | ReachableMessage] = deque()
        self._more = asyncio.Event()
        self._closed = False

    def put(self, message: EventMessage | ReachableMessage) -> None:
        if self._closed or (isinstance(message, EventMessage) and message.seq <= self.after):
            return
        if len(self._queue) >= CLIENT_QUEUE:
            self.resync()
            return
        self._queue.append(message)
        self._more.set()

    def resync(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.clear()
            self._queue.append(ResyncMessage())
            self._more.set()

    async def messages(self) -> AsyncGenerator[EventMessage | ResyncMessage | ReachableMessage]:
        """Yield until a resync has been yielded."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._queue:
                message = self._queue.popleft()
                yield message
                if isinstance(message, ResyncMessage):
                    return


def _message(event: NumberedEvent) -> EventMessage:
    return EventMessage(epoch=event.epoch, seq=event.seq, event=event.event)
