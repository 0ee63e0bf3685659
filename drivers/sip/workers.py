"""The signalling workers: as many as the configured calls need, and which call is on which."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from drivers.sip.child import ChildProgram, LinkedChild
from drivers.sip.media_messages import HereIAm
from drivers.sip.signalling_messages import (
    SIP_NEWS,
    Account,
    Clear,
    Ended,
    Invited,
    OfferRefused,
    Registration,
    SipCommand,
    SipNews,
    SipReport,
    UseAccounts,
    UsePorts,
    WorkerReady,
)

log = logging.getLogger(__name__)

ASSUMED_CAPACITY: Final = 4
"""Calls of one worker until one has said what its library holds."""
SPARE_PORTS: Final = 2
"""A port that was just given up still hears the call before."""


class SipCall(Protocol):
    """A leg whose signalling is on a worker."""

    def sip_news(self, news: SipReport) -> None: ...

    def sip_lost(self) -> None:
        """The worker died."""


class PoolEvents(Protocol):
    def invited(self, worker: "Worker", news: Invited) -> None: ...

    def offer_refused(self, news: OfferRefused) -> None: ...

    def registration(self, news: Registration) -> None: ...

    def workers_changed(self) -> None:
        """Another set of workers is ready, or with other ports."""

    def ports_wanted(self, worker: str, count: int) -> None: ...


class Worker:
    def __init__(self, program: ChildProgram, pool: "Workers", events: PoolEvents) -> None:
        self.name = program.name
        self.ready: WorkerReady | None = None
        self.calls: dict[str, SipCall] = {}
        self.is_outdated = False
        """Its program would be started otherwise now."""
        self._pool, self._events = pool, events
        self._child = LinkedChild(program, SIP_NEWS, self._heard, self._died)
        self._task = asyncio.create_task(self._child.keep_running(), name=self.name)

    @property
    def pid(self) -> int | None:
        return self._child.pid

    @property
    def free(self) -> int:
        return self.ready.capacity - len(self.calls) if self.ready else 0

    def send(self, order: SipCommand | UseAccounts | UsePorts) -> None:
        self._child.send(order)

    def refuse(self, order: Clear) -> None:
        """End a call nobody takes."""
        self._child.send(order)

    def begin(self, leg_id: str, call: SipCall) -> None:
        """News of the leg go to `call` from now on; until Ended it takes up capacity."""
        self.calls[leg_id] = call

    def start_again(self) -> None:
        self.is_outdated = False
        self._child.start_again()

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _heard(self, news: SipNews) -> None:
        match news:
            case WorkerReady():
                self.ready = news
                self._events.ports_wanted(self.name, news.capacity + SPARE_PORTS)
                self._pool.accounts_to(self)
                self._events.workers_changed()
            case HereIAm():
                pass
            case Registration():
                self._events.registration(news)
            case Invited():
                self._events.invited(self, news)
            case OfferRefused():
                self._events.offer_refused(news)
            case _:
                self._to_call(news)

    def _to_call(self, news: SipReport) -> None:
        call = self.calls.get(news.leg_id)
        if isinstance(news, Ended):
            self.calls.pop(news.leg_id, None)
        if call is not None:
            call.sip_news(news)
        if isinstance(news, Ended):
            self._pool.adjust()

    def _died(self) -> None:
        self.ready = None
        lost, self.calls = list(self.calls.values()), {}
        for call in lost:
            call.sip_lost()
        self._events.workers_changed()


class Workers:
    def __init__(self, program: Callable[[int], ChildProgram], events: PoolEvents) -> None:
        self._program, self._events = program, events
        self._accounts: tuple[Account, ...] = ()
        self._calls_wanted = 0
        self._workers: dict[int, Worker] = {}
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def all(self) -> tuple[Worker, ...]:
        return tuple(self._workers.values())

    @property
    def capacity(self) -> int:
        """Calls at once of one worker, as its library says."""
        said = [one.ready.capacity for one in self.all if one.ready]
        return max(said, default=ASSUMED_CAPACITY)

    def want(self, calls: int, accounts: Iterable[Account]) -> None:
        """Have room for so many calls at once and these accounts; live calls are not touched."""
        self._calls_wanted, self._accounts = calls, tuple(accounts)
        self.adjust()
        for worker in self.all:
            self.accounts_to(worker)

    def adjust(self) -> None:
        """Start workers that are missing; end or start again idle ones that are too many or old."""
        needed = -(-self._calls_wanted // self.capacity)
        for index in range(1, needed + 1):
            if index not in self._workers:
                self._workers[index] = Worker(self._program(index), self, self._events)
        for index in [one for one in self._workers if one > needed]:
            if not self._workers[index].calls:
                ending = asyncio.create_task(self._workers.pop(index).end())
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)
                self._events.workers_changed()

        for worker in self.all:
            if worker.is_outdated and not worker.calls:
                worker.start_again()

    def renew(self) -> None:
        """Start all workers again, each when its calls are over."""
        for worker in self.all:
            worker.is_outdated = True
        self.adjust()

    def accounts_to(self, worker: Worker) -> None:
        """Registering is for one worker alone: the first."""
        if worker.ready is None:
            return
        first = worker is self._workers.get(1)
        accounts = (
            one if first else one.model_copy(update={"registers": False}) for one in self._accounts
        )
        worker.send(UseAccounts(accounts=tuple(accounts)))

    def freest(self) -> Worker | None:
        """Return the worker with most room; None when all are full or away."""
        best = max(self.all, key=lambda one: one.free, default=None)
        return best if best is not None and best.free > 0 else None

    async def end(self) -> None:
        self._calls_wanted = 0
        workers, self._workers = self.all, {}
        await asyncio.gather(*(worker.end() for worker in workers), *self._ending)
