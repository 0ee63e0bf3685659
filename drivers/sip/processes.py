"""The processes behind all SIP lines, and which of them is able to carry a call now."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from drivers.sip.account import accounts_of, hosts_of, line_of
from drivers.sip.edge.addresses import AddressBook
from drivers.sip.edge.edge import Edge
from drivers.sip.edge.place import EdgeWorker
from drivers.sip.edge.refused import Refused
from drivers.sip.edge.registrations import Registrations
from drivers.sip.line import SipLine
from drivers.sip.media import Media
from drivers.sip.phone_line import SipPhoneLine
from drivers.sip.programs import Programs
from drivers.sip.signalling_messages import Clear, Invited, OfferRefused, Registration, UsePorts
from drivers.sip.workers import Worker, Workers
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line import CardServices
from firmware.contract.messages import Alarm
from firmware.contract.settings import AnySipSettings
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
AWAY_S: Final = 10.0
"""Processes that are away so long have lines that cannot call; a restart is shorter."""


class Processes:
    """drivers.sip.line.Shared for the lines, PoolEvents for the workers."""

    def __init__(
        self, programs: Programs, card: CardServices, lines: Callable[[], Iterable[SipLine]]
    ) -> None:
        self._programs = programs
        self._card = card
        self._lines = lines
        self._settings: tuple[AnySipSettings, ...] = ()
        self._edge_trouble: Text | None = None
        self._names = AddressBook(self._allow)
        self.edge = Edge(programs.state, programs.edge_place, self)
        programs.has_edge = not self.edge.missing
        self.media = Media(programs.rtp(), self._ports_changed)
        self.workers = Workers(programs.worker, self)
        self._changed = asyncio.Event()

    def want(self, settings: tuple[AnySipSettings, ...], most: int) -> None:
        """Serve these lines from now on, with at most so many calls at once."""
        self._settings = settings
        domain = self._programs.edge_place.domain
        accounts = [account for one in settings for account in accounts_of(one, domain)]
        if self.edge.missing:
            self._allow()
        self.workers.want(min(sum(one.calls_at_once for one in settings), most), accounts)
        self._use_edge()

    async def run(self) -> None:
        """Until cancelled; then all of them are ended."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.media.keep_running())
                tasks.create_task(self.edge.run())
                if self.edge.missing:
                    tasks.create_task(self._names.keep())
        finally:
            await self.workers.end()

    # ---- Shared

    @property
    def is_ready(self) -> bool:
        """Some worker is there and has ports to offer."""
        return any(one.ready and self.media.ports(one.name) for one in self.workers.all)

    def freest_worker(self) -> Worker:
        worker = self.workers.freest()
        if worker is None or not self.media.ports(worker.name):
            raise LineError("sip.no-worker-free")
        return worker

    def leg_of_dialog(self, replaces: str) -> str | None:
        found = (line.leg_of_dialog(replaces) for line in self._lines())
        return next((leg_id for leg_id in found if leg_id is not None), None)

    async def ready(self) -> None:
        while not self.is_ready:
            self._changed.clear()
            await self._changed.wait()

    async def trouble(self) -> LineError:
        loop = asyncio.get_running_loop()
        fine_at = loop.time()
        while loop.time() - fine_at < AWAY_S:
            await asyncio.sleep(LOOK_EVERY_S)
            fine_at = loop.time() if self.is_ready else fine_at
        return LineError("sip.processes-away", seconds=AWAY_S)

    # ---- PoolEvents

    def invited(self, worker: Worker, news: Invited) -> None:
        line = self._line(news.account or self._account_at(news.source))
        if line is None:
            log.warning("an INVITE for no line of ours (%s) was refused", news.account)
            worker.refuse(Clear(leg_id=news.leg_id, cause=Cause.CALL_REJECTED))
        elif news.replaces is not None:
            self._refuse_replacing(worker, news, news.replaces)
        else:
            line.came_in(worker, news)

    def _refuse_replacing(self, worker: Worker, news: Invited, replaces: str) -> None:
        """Nobody is told of others' dialogs, so nobody can rightly take one over (RFC 3891).

        Calls change hands by REFER and by the codes for picking up. To begin another call in
        place of the one that was meant would be worst.
        """
        ours = self.leg_of_dialog(replaces) is not None
        cause = Cause.FACILITY_REJECTED if ours else Cause.INVALID_CALL_REFERENCE
        log.info("an INVITE that would replace a call was refused")
        worker.refuse(Clear(leg_id=news.leg_id, cause=cause))

    def offer_refused(self, news: OfferRefused) -> None:
        line = self._line(news.account or self._account_at(news.source))
        if line is not None:
            line.no_common_codec()

    def registration(self, news: Registration) -> None:
        line = self._line(line_of(news.account_id))
        if line is not None:
            line.registration(news)

    def workers_changed(self) -> None:
        self.workers.adjust()
        self._use_edge()

    def ports_wanted(self, worker: str, count: int) -> None:
        self.media.reserve(worker, count)
        self._ports_changed(worker)

    # ---- EdgeEvents

    def registrations_changed(self, registrations: Registrations) -> None:
        self.tell_phones()

    def passwords_refused(self, refused: Refused) -> None:
        for line in self._lines():
            if isinstance(line, SipPhoneLine):
                line.refused(refused.get(line.user, ()))

    def edge_trouble(self, trouble: Text | None) -> None:
        before, self._edge_trouble = self._edge_trouble, trouble
        if before is not None and before != trouble:
            self._card.report(Alarm(text=before, raised=False))
        if trouble is not None and before != trouble:
            self._card.report(Alarm(text=trouble))
        self.tell_phones()

    # ---- inside

    def _line(self, line_id: str | None) -> SipLine | None:
        return next((line for line in self._lines() if line.line_id == line_id), None)

    def _account_at(self, source: str) -> str | None:
        """Return the line whose far end is always there; asked where no edge vouches for it."""
        host = source.rpartition(":")[0]
        known = self._known_addresses()
        here = [
            one
            for one in self._settings
            if any(host in known.get(name, ()) for name in hosts_of(one))
        ]
        here.sort(key=lambda one: one.address != source)
        return here[0].id if here else None

    def _allow(self) -> None:
        """Without an edge the workers themselves hear nobody but those known by address."""
        addresses = {one for found in self._known_addresses().values() for one in found}
        allowed = tuple(sorted(addresses))
        if allowed != self._programs.allowed:
            self._programs.allowed = allowed
            self.workers.renew()

    def _known_addresses(self) -> dict[str, tuple[str, ...]]:
        return self._names.of(host for one in self._settings for host in hosts_of(one))

    def _ports_changed(self, owner: str) -> None:
        ports = self.media.ports(owner)
        worker = next((one for one in self.workers.all if one.name == owner), None)
        if worker is not None and worker.ready is not None and ports:
            worker.send(UsePorts(address=self._programs.address, ports=ports))
            self._use_edge()
            self._changed.set()

    def _use_edge(self) -> None:
        workers = (
            EdgeWorker(one.name, one.ready.port, one.ready.capacity)
            for one in self.workers.all
            if one.ready is not None and self.media.ports(one.name)
        )
        self.edge.use(self._settings, workers)

    def tell_phones(self) -> None:
        for line in self._lines():
            if isinstance(line, SipPhoneLine):
                devices = self.edge.registrations.get(line.user, ())
                line.refused(self.edge.refused.get(line.user, ()))
                line.registered(devices, self._edge_trouble)
