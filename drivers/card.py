"""The runtime every card shares: links to exchange and switch, and a keeper for each line."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from drivers.driver import CardPlace, Driver
from drivers.line_keeper import LineKeeper
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line import LineCommand, SeizedTimeslot
from firmware.contract.line_state import Health, LineState
from firmware.contract.message import LineMessage
from firmware.contract.messages import (
    COMMANDS,
    Alarm,
    AlertCall,
    Command,
    Configure,
    Hello,
    LineGone,
    LineStateChanged,
    LiveLeg,
    PlaceCall,
    Release,
    Report,
    SetGains,
    SpanInfo,
)
from firmware.contract.settings import AnyLineSettings, LineSettings
from firmware.highway.card_side import TimeslotPool
from firmware.highway.lasting import connect_forever, hand_over_span
from firmware.highway.link import Link
from firmware.highway.span import Span

log = logging.getLogger(__name__)

BEAT_EVERY_S: Final = 0.1
WATCH_PAUSE_S: Final = 2.0
EXCHANGES_AFFAIR: Final = frozenset(
    {"label", "number", "record", "max_call_s", "receive_db", "send_db"}
)
"""Settings that change nothing about how the device is driven; gains are a command."""
NO_OPTIONS: Final[Mapping[str, str]] = MappingProxyType({})
DEVICE_NAMES: Final = ("id", "serial", "imei", "iccid")


class Card:
    """All lines of one kind. CardServices for each of them."""

    def __init__(
        self,
        kind: type[Driver],
        state: Path,
        devices: Path,
        options: Mapping[str, str] = NO_OPTIONS,
    ) -> None:
        self.country = "GB"
        self.name = kind.name
        self._run = state / "run"
        self._span = Span.create(self.name, kind.timeslots)
        self._timeslots = TimeslotPool(self._span)
        self._driver = kind(devices, self)
        self._driver.settle(CardPlace(state, self._span.fd, options))
        self._keepers: dict[str, LineKeeper] = {}
        self._keeping: dict[str, asyncio.Task[None]] = {}
        self._retiring: dict[LineKeeper, asyncio.Task[None]] = {}
        """Lines that end with their calls, and what ends when they are closed."""
        self._unassigned: dict[str, LineState] = {}
        self._alarms: dict[tuple[str | None, str], Alarm] = {}
        self._link: Link[Command] | None = None
        self._configured = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; then every line is closed, and the exchange told of it."""
        exchange, switch = self._run / "exchange.sock", self._run / "switch.sock"
        try:
            async with asyncio.TaskGroup() as tasks:
                services = [
                    tasks.create_task(self._beat()),
                    tasks.create_task(self._watch()),
                    tasks.create_task(hand_over_span(switch, self.name, self._span.fd)),
                    tasks.create_task(
                        connect_forever(exchange, COMMANDS, self._hello, self._obey, self._linked)
                    ),
                ]
                await stop.wait()
                await _end([*self._retiring.values(), *self._keeping.values()])
                for service in services:
                    service.cancel()
        finally:
            await _end([*self._retiring.values(), *self._keeping.values()])
            self._span.close()

    # ---- services for the lines

    def report(self, report: Report) -> None:
        match report:
            case LineStateChanged(line=line) if line.health is Health.UNASSIGNED:
                self._unassigned[line.line_id] = line
            case LineGone():
                self._unassigned.pop(report.line_id, None)
            case Alarm():
                self._remember(report)
            case _:
                pass
        for keeper in self._keepers_of(report):
            keeper.reported(report)
        if self._link is not None:
            self._link.send(report)

    def seize_timeslot(self) -> SeizedTimeslot:
        return self._timeslots.seize()

    # ---- the exchange

    def _hello(self) -> Hello:
        lines = [keeper.state for keeper in self._keepers.values()]
        return Hello(
            card=self.name,
            driver=self.name,
            span=SpanInfo(name=self.name, timeslots=self._span.timeslots),
            lines=(*lines, *self._unassigned.values()),
            legs=tuple(self._legs()),
        )

    def _linked(self, link: Link[Command] | None) -> None:
        self._link = link
        if link is not None:
            for alarm in self._alarms.values():
                link.send(alarm)

    async def _obey(self, command: Command) -> None:
        if isinstance(command, Configure):
            self._configure(command)
        elif isinstance(command, PlaceCall | AlertCall | LineMessage):
            self._to_line(command.line_id, command)
        else:
            self._to_leg(command.leg_id, command)

    def _to_line(self, line_id: str, command: LineCommand) -> None:
        keeper = self._keepers.get(line_id)
        if keeper is not None:
            keeper.obey(command)
        elif isinstance(command, PlaceCall | AlertCall):
            self.report(Release(leg_id=command.leg_id, cause=Cause.NO_ROUTE_TO_DESTINATION))
        else:
            log.warning("%s: %s for a line this card does not have", line_id, command.kind)

    def _to_leg(self, leg_id: str, command: LineCommand) -> None:
        for keeper in (*self._keepers.values(), *self._retiring):
            if keeper.expects(leg_id):
                return keeper.obey(command)
        return self.report(Release(leg_id=leg_id, cause=Cause.INVALID_CALL_REFERENCE))

    # ---- the configuration

    def _configure(self, configure: Configure) -> None:
        """Make these lines all there are; a line with a call changes once that is over."""
        everything_new = configure.country != self.country
        self.country = configure.country
        self._driver.configured(configure.lines)
        wanted = {settings.id: settings for settings in configure.lines}
        for line_id in self._keepers.keys() - wanted.keys():
            self._retire(line_id)
        for line_id, settings in wanted.items():
            keeper = self._keepers.get(line_id)
            if keeper is None:
                self._begin(settings)
            elif everything_new or _device(keeper.line.settings) != _device(settings):
                self._retire(line_id)
                self._begin(settings)
            else:
                _adjust(keeper, settings)
        self._configured.set()

    def _begin(self, settings: AnyLineSettings) -> None:
        """Keep the line from now on or, while its device is on a call, from the end of that."""
        try:
            keeper = LineKeeper(self._driver.make_line(settings), self.report)
        except LineError as error:
            log.warning("%s: %s", settings.id, error)
            return
        self._keepers[settings.id] = keeper
        self.report(LineStateChanged(line=keeper.state))
        before = [
            retiring
            for old, retiring in self._retiring.items()
            if _claims(old.line.settings) & _claims(settings)
        ]
        self._keeping[settings.id] = asyncio.create_task(
            _keep_after(before, keeper), name=f"line {settings.id}"
        )

    def _retire(self, line_id: str) -> None:
        keeper, keeping = self._keepers.pop(line_id), self._keeping.pop(line_id)

        async def retire() -> None:
            try:
                await keeper.retire()
            finally:
                await _end([keeping])
                self._retiring.pop(keeper, None)

        self._retiring[keeper] = asyncio.create_task(retire(), name=f"{line_id} retiring")

    # ---- inside

    def _keepers_of(self, report: Report) -> Iterator[LineKeeper]:
        """Who has to know of `report`: retired lines only hear that a leg was released."""
        if isinstance(report, LineStateChanged):
            keeper = self._keepers.get(report.line.line_id)
            if keeper is not None:
                yield keeper
        elif isinstance(report, Release):
            yield from (*self._keepers.values(), *self._retiring)

    def _legs(self) -> Iterator[LiveLeg]:
        for keeper in (*self._keepers.values(), *self._retiring):
            yield from keeper.line.legs()

    def _remember(self, alarm: Alarm) -> None:
        key = alarm.line_id, alarm.text.code
        if alarm.raised:
            self._alarms[key] = alarm
        else:
            self._alarms.pop(key, None)

    async def _beat(self) -> None:
        while True:
            self._span.beat()
            await asyncio.sleep(BEAT_EVERY_S)

    async def _watch(self) -> None:
        await self._configured.wait()  # until then every device would look unassigned
        while True:
            try:
                await self._driver.watch()
            except LineError as error:
                log.warning("%s: looking for devices: %s", self.name, error)
            except Exception:  # as in LineKeeper: a fault in looking must not cost the calls
                log.exception("%s: fault in looking for devices", self.name)
            await asyncio.sleep(WATCH_PAUSE_S)


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    ending = list(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


async def _keep_after(before: list[asyncio.Task[None]], keeper: LineKeeper) -> None:
    if before:
        await asyncio.wait(before)
    await keeper.keep()


def _claims(settings: LineSettings) -> frozenset[tuple[str, str]]:
    """Return what no two lines may have at once: the line's name and those of its device."""
    named = ((name, getattr(settings, name, None)) for name in DEVICE_NAMES)
    return frozenset((name, value) for name, value in named if value is not None)


def _device(settings: LineSettings) -> LineSettings:
    """Return what of `settings` the device's driver goes by."""
    return settings.model_copy(
        update={name: LineSettings.model_fields[name].default for name in EXCHANGES_AFFAIR}
    )


def _adjust(keeper: LineKeeper, settings: LineSettings) -> None:
    before, keeper.line.settings = keeper.line.settings, settings
    gains = settings.receive_db, settings.send_db
    if gains != (before.receive_db, before.send_db):
        keeper.obey(SetGains(line_id=settings.id, receive_db=gains[0], send_db=gains[1]))
