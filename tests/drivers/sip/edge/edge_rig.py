"""A real Kamailio on loopback between phones and workers that tests play over raw sockets.

127.0.0.1 is the office's network, 127.0.0.2 and up are the world outside.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from drivers.sip.edge.edge import Edge
from drivers.sip.edge.place import EdgePlace, EdgeWorker
from drivers.sip.edge.refused import Refused
from drivers.sip.edge.registrations import Registrations
from firmware.contract.settings import SipPhoneSettings, SipTrunkSettings
from firmware.contract.texts import Text
from tests.drivers.sip.edge.sip_wire import PATIENCE_S, Phone, Wire, free_port

OFFICE = "127.0.0.1"
PASSWORD = "correct horse battery"
ALICE = SipPhoneSettings(
    driver="sip", account="phone", id="sip-1", user="alice", secret=PASSWORD, network=None
)
BOB = SipPhoneSettings(driver="sip", account="phone", id="sip-2", user="bob", secret=PASSWORD)


class HeardEvents:
    def __init__(self) -> None:
        self.registrations: Registrations = {}
        self.refused: Refused = {}
        self.troubles: list[Text | None] = []
        self._news = asyncio.Event()

    def registrations_changed(self, registrations: Registrations) -> None:
        self.registrations = registrations
        self._news.set()

    def passwords_refused(self, refused: Refused) -> None:
        self.refused = refused
        self._news.set()

    def edge_trouble(self, trouble: Text | None) -> None:
        self.troubles.append(trouble)
        self._news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                self._news.clear()
                await self._news.wait()


class EdgeRig:
    def __init__(self, state: Path, place: EdgePlace) -> None:
        self.state, self.place = state, place
        self.events = HeardEvents()
        self.edge = Edge(state, place, self.events)
        self._running: asyncio.Task[None] | None = None
        self.address = (OFFICE, place.port)
        self._wires: list[Wire] = []
        self._servers: list[asyncio.Server] = []

    async def wire(self, address: str = OFFICE, port: int = 0) -> Wire:
        wire = await Wire.open(address, port)
        self._wires.append(wire)
        return wire

    async def tcp_listener(self, address: str) -> tuple[int, Callable[[], Awaitable[str]]]:
        """Listen; return the port, and what waits for the next message up to its blank line."""
        messages: asyncio.Queue[str] = asyncio.Queue()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.IncompleteReadError):
                messages.put_nowait((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.close()

        server = await asyncio.start_server(accept, address, 0)
        self._servers.append(server)

        async def heard() -> str:
            async with asyncio.timeout(PATIENCE_S):
                return await messages.get()

        return server.sockets[0].getsockname()[1], heard

    async def phone(
        self, user: str = "alice", password: str = PASSWORD, address: str = OFFICE
    ) -> Phone:
        return Phone(await self.wire(address), self.address, user, password)

    def start(self) -> None:
        self._running = asyncio.create_task(self.edge.run())

    async def kill_kamailio(self) -> int:
        """Kill its first process without warning; return its number once another runs."""
        pid = self.edge.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await self.until(lambda: self.edge.pid not in (None, pid))
        return pid

    async def until(self, true: Callable[[], bool]) -> None:
        """Look until it is so."""
        async with asyncio.timeout(PATIENCE_S):
            while not true():  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.02)

    async def use(
        self, *lines: SipPhoneSettings | SipTrunkSettings, workers: tuple[EdgeWorker, ...] = ()
    ) -> None:
        self.edge.use(lines, workers)
        async with asyncio.timeout(PATIENCE_S):
            await self.edge.applied()

    async def close(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        for wire in self._wires:
            wire.close()
        for server in self._servers:
            server.close()


@asynccontextmanager
async def edge_rig(*listen: str, start: bool = True) -> AsyncIterator[EdgeRig]:
    """Yield an edge; `listen` are addresses besides the office's."""
    state = Path(tempfile.mkdtemp(prefix="edge-"))
    place = EdgePlace(
        listen=(OFFICE, *listen),
        port=free_port(),
        inner_port=free_port(),
        office=("127.0.0.1/32",),
        tls_port=free_port(),
    )
    rig = EdgeRig(state, place)
    if start:
        rig.start()
    try:
        yield rig
    finally:
        await rig.close()
        shutil.rmtree(state, ignore_errors=True)  # a child of Kamailio may still write its last
