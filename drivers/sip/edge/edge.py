"""The edge as the SIP card sees it: given lines and workers, it says who is registered."""

import asyncio
import logging
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from drivers.sip.edge import rpc
from drivers.sip.edge.addresses import AddressBook
from drivers.sip.edge.book import BookMaker, hosts
from drivers.sip.edge.certificate import own_certificate, tls_profiles
from drivers.sip.edge.configuration import EdgeFiles, configuration
from drivers.sip.edge.files import kept_secret, prepare_location, write_book, write_private
from drivers.sip.edge.orphans import end_orphans
from drivers.sip.edge.pinholes import keep_open, providers
from drivers.sip.edge.place import EdgePlace, EdgeWorker
from drivers.sip.edge.process import KamailioProcess, find_kamailio
from drivers.sip.edge.refused import Refused, read_refused
from drivers.sip.edge.registrations import Registrations, read_registrations
from firmware.contract.errors import LineError
from firmware.contract.settings import AnySipSettings
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
ASK_EVERY_S: Final = 5.0
MUTE_TIMES: Final = 3
"""So many questions unanswered in a row: it is hung."""
FILES_AGAIN_S: Final = 10.0
TRY_AGAIN_S: Final = 0.2


class EdgeEvents(Protocol):
    def registrations_changed(self, registrations: Registrations) -> None:
        """Devices came, went or moved. A mere refresh is not told."""

    def passwords_refused(self, refused: Refused) -> None:
        """Others than before come with a wrong password, as far as the office's network goes."""

    def edge_trouble(self, trouble: Text | None) -> None:
        """What keeps the edge from working now; None when nothing does any more."""


@dataclass(frozen=True, slots=True)
class Wanted:
    lines: tuple[AnySipSettings, ...] = ()
    workers: tuple[EdgeWorker, ...] = ()


class Edge:
    def __init__(self, state: Path, place: EdgePlace, events: EdgeEvents) -> None:
        self.place = place
        self.registrations: Registrations = {}
        self.refused: Refused = {}
        self._events = events
        self._files = EdgeFiles(folder=(state / "sip").absolute(), run=(state / "run").absolute())
        self._program = find_kamailio()
        self._process: KamailioProcess | None = None
        self._wanted = Wanted()
        self._book: dict[str, str] = {}
        self._changed = asyncio.Event()
        self._addresses = AddressBook(self._changed.set)
        self._moved = asyncio.Event()
        self._applied = asyncio.Condition()
        self._applied_last: Wanted | None = None

    @property
    def missing(self) -> bool:
        """No Kamailio on this box: no phone can register, nothing listens."""
        return self._program is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def use(self, lines: Iterable[AnySipSettings], workers: Iterable[EdgeWorker]) -> None:
        """These are the lines and workers from now on; registrations and calls go on."""
        wanted = Wanted(tuple(lines), tuple(workers))
        if wanted != self._wanted:
            self._wanted = wanted
            self._changed.set()

    def move(self, place: EdgePlace) -> None:
        """Stand elsewhere from now on; Kamailio is restarted if that is a change."""
        if place != self.place:
            self.place = place
            self._moved.set()

    async def applied(self) -> None:
        """Return once Kamailio goes by what `use` was told last."""
        async with self._applied:
            await self._applied.wait_for(lambda: self._applied_last == self._wanted)

    async def bans(self) -> tuple[str, ...]:
        """Return the addresses shut out now. Raises LineError when Kamailio is not there."""
        return tuple(sorted(await rpc.table(self._files.rpc, "ban")))

    async def unban(self, address: str) -> None:
        """Let the address in again; one that is not banned is fine. Raises LineError."""
        for table in ("ban", "wrong", "asked"):
            if address in await rpc.table(self._files.rpc, table):
                await rpc.ask(self._files.rpc, "htable.delete", table, address)

    async def load(self) -> Counter[str]:
        """Return how many calls each worker has, by its incarnation. Raises LineError."""
        return Counter((await rpc.table(self._files.rpc, "calls")).values())

    async def run(self) -> None:
        """Be the edge until cancelled. Without Kamailio this says so and waits."""
        if self._program is None:
            self._events.edge_trouble(Text(code="sip.no-edge"))
            await asyncio.Event().wait()
            return
        self._changed.set()
        while True:
            self._moved.clear()
            try:
                await self._stand(self._program)
            except (OSError, sqlite3.Error) as error:
                log.exception("the edge cannot write its files")
                self._events.edge_trouble(Text(code="sip.edge-files", args={"why": str(error)}))
                await asyncio.sleep(FILES_AGAIN_S)

    async def _stand(self, program: str) -> None:
        """Run at the present place until it changes."""
        self._files.run.mkdir(parents=True, exist_ok=True)
        secret = await asyncio.to_thread(kept_secret, self._files.folder)
        await asyncio.to_thread(prepare_location, self._files.location)
        await self._write_book(secret)
        await asyncio.to_thread(self._write_configuration, secret)
        self._process = KamailioProcess(
            program, self._files.configuration, self._changed.set, self._events.edge_trouble
        )
        tasks = [
            asyncio.create_task(self._process.keep_running(self.place), name="kamailio"),
            asyncio.create_task(self._keep_book(secret), name="kamailio's book"),
            asyncio.create_task(self._addresses.keep(), name="addresses"),
            asyncio.create_task(self._keep_pinholes(), name="pinholes"),
            asyncio.create_task(self._watch_registrations(), name="registrations"),
            asyncio.create_task(self._watch_refused(), name="wrong passwords"),
            asyncio.create_task(self._watch_over(self._process), name="kamailio is asked"),
            asyncio.create_task(self._until_moved(), name="edge moves"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _write_configuration(self, secret: bytes) -> None:
        files, place = self._files, self.place
        certificate = place.certificate or own_certificate(files.folder, place.domain)
        write_private(files.tls, tls_profiles(certificate).encode())
        write_private(files.configuration, configuration(place, files, secret).encode())

    async def _until_moved(self) -> None:
        await self._moved.wait()

    async def _keep_book(self, secret: bytes) -> None:
        """Write the book at each change, and when names get other addresses."""
        while True:
            self._changed.clear()
            wanted = self._wanted
            await self._write_book(secret)
            await self._reload()
            with suppress(LineError):  # away again: then it has forgotten whose calls are whose
                await end_orphans(self._files.rpc, wanted.workers, self.place.inner_port)
            async with self._applied:
                self._applied_last = wanted
                self._applied.notify_all()
            await self._changed.wait()

    async def _write_book(self, secret: bytes) -> None:
        wanted = self._wanted
        addresses = self._addresses.of(hosts(wanted.lines))
        book = BookMaker(self.place, secret, addresses).entries(wanted.lines, wanted.workers)
        if book != self._book:
            await asyncio.to_thread(write_book, self._files.book, book)
            self._book = book

    async def _reload(self) -> None:
        while True:
            try:
                await rpc.ask(self._files.rpc, "htable.reload", "book")
            except LineError:
                await asyncio.sleep(TRY_AGAIN_S)
            else:
                return

    async def _watch_over(self, process: KamailioProcess) -> None:
        """Kill a Kamailio that runs and answers nothing."""
        unanswered = 0
        while True:
            await asyncio.sleep(ASK_EVERY_S)
            try:
                await rpc.ask(self._files.rpc, "core.uptime")
            except LineError:
                unanswered += 1
            else:
                unanswered = 0
            if unanswered >= MUTE_TIMES and process.pid is not None:
                log.warning("kamailio has not answered %s times, killed", unanswered)
                process.kill()
                unanswered = 0

    async def _keep_pinholes(self) -> None:
        await keep_open(
            self._files.rpc, self.place, lambda: providers(self._book, self.place.office)
        )

    async def _watch_registrations(self) -> None:
        while True:
            with suppress(sqlite3.Error):  # busy: it is looked at again at once
                found = await asyncio.to_thread(
                    read_registrations, self._files.location, time.time()
                )
                before, self.registrations = self.registrations, found
                if found != before:
                    self._events.registrations_changed(found)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _watch_refused(self) -> None:
        while True:
            with suppress(LineError):  # away or busy: it is asked again at once
                found = await read_refused(self._files.rpc)
                before, self.refused = self.refused, found
                if found != before:
                    self._events.passwords_refused(found)
            await asyncio.sleep(LOOK_EVERY_S)
