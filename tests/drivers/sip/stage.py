"""The SIP card's inside with its children played by the test, over the links they really have."""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from drivers.driver import CardPlace
from drivers.sip.child import ChildProgram
from drivers.sip.driver import new_line
from drivers.sip.line import SipLine
from drivers.sip.media_messages import Codec, EndpointOpened, MediaDirection, MediaReady
from drivers.sip.processes import Processes
from drivers.sip.programs import Programs
from drivers.sip.signalling_messages import MediaAgreed, WorkerReady
from firmware.contract.message import Message
from firmware.contract.settings import AnySipSettings
from tests.drivers.rig import DEADLINE_S, RecordingCard

STAND_IN: Final = Path(__file__).with_name("stand_in.py")
FIRST_PORT: Final = 20_000
CAPACITY: Final = 4
Json = dict[str, Any]


class Actor:
    """One child in one of its lives."""

    def __init__(self, name: str, pid: int, writer: asyncio.StreamWriter) -> None:
        self.name, self.pid = name, pid
        self.orders: list[Json] = []
        self._taken = 0
        self._writer = writer
        self._came = asyncio.Event()
        self.says_it_is_there = True
        self.moves_ports_by = 0
        self.has_left = asyncio.Event()

    def say(self, *messages: Message) -> None:
        for message in messages:
            self._writer.write(message.to_line())

    def heard(self, order: Json) -> None:
        if order["kind"] == "are-you-there":
            if self.says_it_is_there:
                self._writer.write(b'{"kind":"here-i-am"}\n')
            return
        self.orders.append(order)
        if order["kind"] == "open-endpoint":
            port = order["port"] or FIRST_PORT + 2 * order["endpoint"]
            port += self.moves_ports_by
            self.say(EndpointOpened(endpoint=order["endpoint"], port=port))
        self._came.set()

    async def told(self, kind: str, **fields: object) -> Json:
        """Wait for the next order of that kind with these fields; each is returned once."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                for index, order in enumerate(self.orders):
                    if order["kind"] == kind and fields.items() <= order.items():
                        return self.orders.pop(index)
                self._came.clear()
                await self._came.wait()


class StagedPrograms(Programs):
    def __init__(self, place: CardPlace, socket: Path, hung_after_s: float) -> None:
        super().__init__(place)
        self._socket, self._hung_after_s = socket, hung_after_s

    def rtp(self) -> ChildProgram:
        return self._stand_in("sip-rtp")

    def worker(self, index: int) -> ChildProgram:
        return self._stand_in(f"sip-worker-{index}")

    def _stand_in(self, name: str) -> ChildProgram:
        def arguments(link: int) -> Sequence[str]:
            return (sys.executable, str(STAND_IN), name, str(self._socket), str(link))

        return ChildProgram(name, arguments, hung_after_s=self._hung_after_s)


class Stage:
    """Lines of a SIP driver, open, on a recording card."""

    def __init__(self, card: RecordingCard) -> None:
        self.card = card
        self.lines: dict[str, SipLine] = {}
        self.processes: Processes
        self._actors: dict[str, asyncio.Queue[Actor]] = {}
        self._on_stage = 0
        self._writers: list[asyncio.StreamWriter] = []
        self._empty = asyncio.Event()

    async def emptied(self) -> None:
        """Return when the last child is gone; one that came too late is sent away."""
        async with asyncio.timeout(DEADLINE_S):
            await self._empty.wait()
        for writer in self._writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def left(self, actor: Actor) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await actor.has_left.wait()

    async def actor(self, name: str) -> Actor:
        """Return the next life of that child."""
        async with asyncio.timeout(DEADLINE_S):
            return await self._actors.setdefault(name, asyncio.Queue()).get()

    async def worker(self, index: int = 1) -> Actor:
        """Return the next life of a worker, which has said that it is ready."""
        actor = await self.actor(f"sip-worker-{index}")
        actor.say(WorkerReady(capacity=CAPACITY, library="played", port=5080 + index))
        return actor

    async def rtp(self) -> Actor:
        actor = await self.actor("sip-rtp")
        actor.say(MediaReady())
        return actor

    async def enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._on_stage += 1
        self._writers.append(writer)
        name, pid = (await reader.readline()).decode().split()
        actor = Actor(name, int(pid), writer)
        self._actors.setdefault(name, asyncio.Queue()).put_nowait(actor)
        try:
            async for line in reader:
                actor.heard(json.loads(line))
        except ConnectionResetError:
            pass  # it was killed
        finally:
            writer.close()
            actor.has_left.set()
            self._on_stage -= 1
            if not self._on_stage:
                self._empty.set()


@asynccontextmanager
async def staged(
    *settings: AnySipSettings, hung_after_s: float = 30.0, timeslots: int = 16
) -> AsyncIterator[Stage]:
    """Run the lines of `settings`; the test must take `rtp()` and `worker()` before they open."""
    folder = Path(tempfile.mkdtemp(prefix="sp-", dir="/tmp"))
    stage = Stage(RecordingCard(timeslots=timeslots))
    server = await asyncio.start_unix_server(stage.enter, folder / "stage")
    place = CardPlace(folder, 0, {"sip-port": "0"})
    stage.processes = Processes(
        StagedPrograms(place, folder / "stage", hung_after_s), stage.card, stage.lines.values
    )
    for one in settings:
        stage.lines[one.id] = new_line(one, stage.card, stage.processes)
    stage.processes.want(settings, timeslots)
    media = asyncio.create_task(stage.processes.media.keep_running())
    try:
        yield stage
    finally:
        for line in stage.lines.values():
            await line.close()
        media.cancel()
        await asyncio.gather(media, return_exceptions=True)
        await stage.processes.workers.end()
        server.close()
        await stage.emptied()
        shutil.rmtree(folder)


def agreed(
    leg_id: str,
    port: int,
    direction: MediaDirection = MediaDirection.SENDRECV,
    *,
    early: bool = False,
    events: int | None = 101,
) -> MediaAgreed:
    return MediaAgreed(
        leg_id=leg_id,
        local_port=port,
        address="127.0.0.1",
        port=30_000,
        codec=Codec.PCMU,
        payload_type=0,
        event_payload_type=events,
        direction=direction,
        early=early,
    )
