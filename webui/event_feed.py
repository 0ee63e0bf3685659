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

from firmware.contract.events import AnyEvent, NumberedEvent
from firmware.contract.views import Snapshot
from firmware.control.kept_events import KeptEvents

KEPT_EVENTS: Final = 2000
KEPT_BYTES: Final = 3 << 20
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


class SnapshotMessage(StreamMessage):
    """Everything as of the stream's id; scripts get it first, and again after a gap."""

    kind: Literal["snapshot"] = "snapshot"
    snapshot: Snapshot


AnyMessage: TypeAlias = Annotated[
    EventMessage | SnapshotMessage | ResyncMessage | ReachableMessage, Field(discriminator="kind")
]
"""Scripts get no resync and pages no snapshot: each has the other's instead."""


class EventFeed:
    def __init__(self) -> None:
        self._epoch: str | None = None
        self._kept = KeptEvents(KEPT_EVENTS, KEPT_BYTES)
        self._clients: set[Client] = set()
        self.reachable = False

    @property
    def seq(self) -> int:
        """The newest event's number."""
        return self._kept.seq

    def up(self, snapshot: Snapshot) -> None:
        """The exchange is back. Same epoch: what was missed cannot be known, so all start again."""
        missed = (snapshot.epoch, snapshot.seq) != (self._epoch, self._kept.seq)
        if missed:
            self._epoch = snapshot.epoch
            self._kept.restart(snapshot.seq)
        self.reachable = True
        self._tell_reachable()
        if missed:
            for client in self._clients:
                client.resync()

    def down(self) -> None:
        if self.reachable:
            self.reachable = False
            self._tell_reachable()

    def take(self, event: NumberedEvent) -> None:
        encoded = _encoded(EventMessage(epoch=event.epoch, seq=event.seq, event=event.event))
        if event.seq != self._kept.seq + 1:  # not ours to trust: what is kept has no gap
            self._kept.restart(event.seq - 1)
        self._kept.add(encoded)
        for client in self._clients:
            if event.seq > client.after:
                client.put(encoded)

    @contextmanager
    def client(self, epoch: str, after: int) -> Iterator["Client"]:
        """A client that has seen everything up to `after` of `epoch`."""
        client = Client(after)
        client.put(_encoded(ReachableMessage(reachable=self.reachable)))
        self._replay(client, epoch)
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    def _replay(self, client: "Client", epoch: str) -> None:
        if self._epoch is None:
            return
        # A snapshot may be newer than what has come through here.
        missed = self._kept.after(min(client.after, self._kept.seq))
        if epoch != self._epoch or missed is None:
            client.resync()
            return
        for encoded in missed:
            client.put(encoded)

    def _tell_reachable(self) -> None:
        message = _encoded(ReachableMessage(reachable=self.reachable))
        for client in self._clients:
            client.put(message)


class Client:
    """One open stream: a bounded queue of encoded messages, ended by a resync."""

    def __init__(self, after: int) -> None:
        self.after: Final = after
        """What the client has seen already."""
        self._queue: deque[bytes] = deque()
        self._more = asyncio.Event()
        self._closed = False

    def put(self, message: bytes) -> None:
        if self._closed:
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
            self._queue.append(_encoded(ResyncMessage()))
            self._more.set()

    def end(self) -> None:
        """No more for this one: its session is over."""
        self._closed = True
        self._queue.clear()
        self._more.set()

    async def messages(self) -> AsyncGenerator[str]:
        """Yield each AnyMessage as JSON, until a ResyncMessage has been yielded."""
        while not self._closed or self._queue:
            await self._more.wait()
            self._more.clear()
            while self._queue:
                yield self._queue.popleft().decode()


def _encoded(message: StreamMessage) -> bytes:
    return message.model_dump_json().encode()
