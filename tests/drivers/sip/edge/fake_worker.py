"""A signalling worker as the edge sees it: a socket on loopback that answers by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from drivers.sip.edge.place import EdgeWorker
from tests.drivers.sip.edge.edge_rig import EdgeRig
from tests.drivers.sip.edge.sip_wire import (
    PATIENCE_S,
    Phone,
    Received,
    Wire,
    from_called,
    reply,
    request,
)


class FakeWorker:
    def __init__(self, wire: Wire, name: str, capacity: int) -> None:
        self.wire = wire
        self.worker = EdgeWorker(name, wire.port, capacity)
        self.heard: list[Received] = []
        self._seen = 0
        self._news = asyncio.Event()
        self.library_full = False
        """486 at once, as the library does by itself."""
        self.called_is_busy = False
        self.rings_only = False
        self.mute = False

    @classmethod
    @asynccontextmanager
    async def at_work(
        cls, rig: EdgeRig, name: str = "worker-1", capacity: int = 4
    ) -> AsyncIterator["FakeWorker"]:
        worker = cls(await rig.wire(), name, capacity)
        working = asyncio.create_task(worker._work())
        try:
            yield worker
        finally:
            working.cancel()

    @property
    def invites(self) -> list[Received]:
        return [one for one in self.heard if one.method == "INVITE"]

    def send(self, rig: EdgeRig, text: str) -> None:
        self.wire.send(text, self._inner(rig))

    def invite(
        self, rig: EdgeRig, uri: str, *headers: str, user: str = "101", body: str = ""
    ) -> str:
        """Call somebody through the edge, as the library does: by a Route to it."""
        route = f"Route: <sip:127.0.0.1:{rig.place.inner_port};lr>"
        if body:
            headers = (*headers, "Content-Type: application/sdp")
        text = request(self.wire, "INVITE", uri, route, *headers, user=user, body=body)
        self.wire.send(text, self._inner(rig))
        return text

    def send_in_dialog(self, rig: EdgeRig, method: str, answer: Received) -> None:
        """Go on in a call we started, of which `answer` is the 200."""
        caller = Phone(self.wire, self._inner(rig), "101", "")
        self.wire.send(caller.in_dialog(method, answer), self._inner(rig))

    def send_back(self, rig: EdgeRig, method: str, invite: Received) -> None:
        """Go on in a call that came in with `invite`."""
        self.wire.send(from_called(self.wire, method, invite, "w"), self._inner(rig))

    async def next_with(self, what: int | str) -> Received:
        """Return the next message of that status or method that came since the last call."""
        while True:
            message = await self.next()
            if what in (message.status, message.method):
                return message

    async def next(self) -> Received:
        async with asyncio.timeout(PATIENCE_S):
            while self._seen == len(self.heard):
                self._news.clear()
                await self._news.wait()
        self._seen += 1
        return self.heard[self._seen - 1]

    def _inner(self, rig: EdgeRig) -> tuple[str, int]:
        return ("127.0.0.1", rig.place.inner_port)

    async def _work(self) -> None:
        while True:
            message = await self.wire.inbox.get()
            self.heard.append(message)
            self._news.set()
            if message.status or self.mute:
                continue
            for answer in self._answers(message):
                self.wire.send(answer, message.source)

    def _answers(self, request: Received) -> list[str]:
        contact = f"Contact: <sip:{self.worker.name}@127.0.0.1:{self.wire.port};ob>"
        match request.method:
            case "INVITE" if self.library_full:
                return [reply(request, 486, "Busy Here")]
            case "INVITE" if self.called_is_busy:
                busy = reply(request, 486, "Busy Here", "Reason: Q.850;cause=17", tag="w")
                return [reply(request, 100, "Trying"), busy]
            case "INVITE" if self.rings_only:
                return [
                    reply(request, 100, "Trying"),
                    reply(request, 180, "Ringing", contact, tag="w"),
                ]
            case "INVITE":
                return [reply(request, 100, "Trying"), reply(request, 200, "OK", contact, tag="w")]
            case "CANCEL":
                (invite,) = (
                    one
                    for one in self.invites
                    if one.header("Call-ID") == request.header("Call-ID")
                )
                return [
                    reply(request, 200, "OK"),
                    reply(invite, 487, "Request Terminated", tag="w"),
                ]
            case "ACK":
                return []
            case _:
                return [reply(request, 200, "OK", contact)]
