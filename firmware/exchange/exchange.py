"""Puts the exchange together: its sockets, its office, its calls and what keeps them going."""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from firmware.apps.voicemail.by_mail import is_missed, tell_message, tell_missed
from firmware.calls.leg import Leg
from firmware.calls.longest import LongestCalls
from firmware.calls.metering import Metering
from firmware.calls.office import Hooks, Office
from firmware.config.model import Config
from firmware.contract.causes import Cause
from firmware.contract.errors import MessageRefused, StorageFault
from firmware.contract.message import LineId
from firmware.contract.messages import Alarm, Command, Hello, LiveLeg, Release
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import Order, Recorded, SwitchHello
from firmware.contract.texts import Text
from firmware.control.server import serve_control
from firmware.exchange.backups import Backups, stop_for_restore
from firmware.exchange.call_backs import CallBackRunner
from firmware.exchange.calls_desk import CallsDesk
from firmware.exchange.cards import CardEvents, Cards
from firmware.exchange.desk import ControlDesk
from firmware.exchange.incoming import BundleHooks, IncomingBundles
from firmware.exchange.live_config import LiveConfig
from firmware.exchange.mail_desk import MailDesk
from firmware.exchange.network_files import write_network_files
from firmware.exchange.packing import Packing
from firmware.exchange.retention import keep_retention
from firmware.exchange.survivors import ADOPTION_S, Survivors
from firmware.exchange.switchboard import Switchboard
from firmware.exchange.toll_watch import TollWatch
from firmware.exchange.views import line_views
from firmware.exchange.voices import PromptVoices
from firmware.exchange.window import Window
from firmware.highway.link import Link, serve
from firmware.mail.outbox import Outbox
from firmware.store.database import FILE as DATABASE
from firmware.store.journal import Journal
from firmware.store.records import Records
from firmware.store.rows import CallRow, CallStory, VoicemailRow

log = logging.getLogger(__name__)

_ANY_OBJECT: Final[TypeAdapter[dict[str, Any]]] = TypeAdapter(dict[str, Any])
_HELLO: Final[TypeAdapter[Hello | SwitchHello]] = TypeAdapter(Hello | SwitchHello)
HELLO_TIMEOUT_S: Final = 5.0
RELEASE_TIMEOUT_S: Final = 15.0
SWEEP_EVERY_S: Final = 5.0


class Exchange:
    """Implements firmware.calls.wires.Wires, too: every word to card and switch passes here."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._loop = asyncio.get_running_loop()
        self._live = LiveConfig(state)
        self._window = window = Window(self._live)
        self._switchboard = Switchboard(window.alarms.set)
        config = self._live.start(window.raise_alarm)
        self._journal = Journal(state / DATABASE, window.alarm_from_thread)
        records = Records.on(self._journal, state / DATABASE, config.office.box)
        self._voices = PromptVoices(state, config, window.raise_alarm)
        self._packing = Packing(state, records, self._voicemail_kept, window.alarms.set)
        hooks = Hooks(
            call_changed=window.call_changed,
            alarm=window.raise_alarm,
            recording_begins=self._packing.begun,
            message_left=self._packing.message,
            answer_given=self._packing.answer,
            messages_changed=self._voicemails_changed,
            call_ended=self._call_ended,
        )
        self._office = Office(state, config, self, records, self._voices, hooks)
        self._outbox = Outbox(state, config, records, window.alarms.set)
        self._office.mail = self._outbox
        self._office.features.extension_changed = window.extension_changed
        self._office.features.opening_changed = window.opening_changed
        window.office = self._office
        self._calls = CallsDesk(self._office)
        self._side_work: set[asyncio.Task[None]] = set()
        bundle_hooks = BundleHooks(self._note, window.alarms.set, window.events.publish)
        self._bundles = IncomingBundles(state, self._live, self._office.phone_book, bundle_hooks)
        self._office.bundles = self._bundles
        self._desk = ControlDesk(
            self._office,
            self._calls,
            self._live,
            self._bundles,
            MailDesk(self._office, self._outbox),
            window.snapshot,
        )
        self._backups = Backups(state, lambda: self._office.config, self._note, window.alarms.set)
        self._desk.backups = self._backups
        self._survivors = Survivors(self._office, self._calls, ())
        self._cards = Cards(self._office, self._card_events())

    async def run(self, stop: asyncio.Event) -> None:
        """Serve cards, switch and control until `stop`; then end the calls and write everything."""
        await asyncio.to_thread(write_network_files, self._state, self._office.config.network)
        await self._recall()
        self._switchboard.office = self._office
        self._switchboard.recorded = self._recorded
        self._switchboard.reported = self._window.switch_reported
        self._switchboard.repeat_all = self._repeat_all
        self._switchboard.restarted = self._switch_restarted
        self._switchboard.presence = self._window.presence
        self._live.made_live = self._made_live
        self._live.changed = self._window.config_changed
        records = self._office.records
        async with AsyncExitStack() as stack:
            sockets = self._state / "run"
            await stack.enter_async_context(
                serve(sockets / "exchange.sock", _ANY_OBJECT, self._attend)
            )
            await stack.enter_async_context(
                serve_control(sockets / "control.sock", self._desk, self._window.events)
            )
            tasks = [
                asyncio.create_task(one)
                for one in (
                    self._packing.run(),
                    self._outbox.run(),
                    self._live.watch(),
                    self._bundles.run(),
                    self._sweep(),
                    Metering(self._office).run(),
                    TollWatch(self._office, self._window.alarms.set).run(),
                    LongestCalls(self._office).run(),
                    CallBackRunner(self._office, self._calls.carry_recorded).run(),
                    self._adopt(),
                    self._voices.prepare(),
                    self._backups.run(),
                    stop_for_restore(self._state, stop),
                    keep_retention(self._state, records, lambda: self._office.config.recording),
                )
            ]
            await stop.wait()
            await self._calls.end_all()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self._office.records.all_written()
        await asyncio.to_thread(self._journal.close)

    # ---- wires

    def tell_card(self, line_id: LineId, command: Command) -> None:
        self._cards.tell(line_id, command)

    def tell_switch(self, order: Order) -> None:
        self._switchboard.tell(order)

    # ---- connections

    async def _attend(self, link: Link[dict[str, Any]]) -> None:
        """Serve one connection; its first line says whether it is a card or the switch."""
        try:
            raw = await asyncio.wait_for(link.receive(), HELLO_TIMEOUT_S)
            hello = _HELLO.validate_python(raw)
        except (TimeoutError, MessageRefused, ValidationError):
            log.warning("exchange.sock: somebody who says no hello, cut off")
            return
        if isinstance(hello, Hello):
            await self._cards.attend(link, hello)
        else:
            await self._switchboard.attend(link, hello)

    def _card_events(self) -> CardEvents:
        return CardEvents(
            line_changed=self._window.line_changed,
            line_gone=self._window.line_gone,
            setup=self._calls.arrived,
            live_legs=self._live_legs,
            alarm=self._alarm_of_card,
            self_test_done=self._desk.self_test_done,
            presence=self._window.presence,
        )

    def _repeat_all(self) -> None:
        """A switch has come (back), or a span: say again what every leg and recorder needs."""
        for leg in self._office.legs.values():
            leg.sound.repeat()
        for recorder in self._calls.recorders.values():
            recorder.repeat()

    def _switch_restarted(self) -> None:
        self._packing.switch_restarted(self._office.calls.keys())

    def _recorded(self, notice: Recorded) -> None:
        if self._office.tell_recorded(notice):
            return
        if notice.fault is not None:
            recorder = self._calls.recorders.get(notice.record_id)
            if recorder is not None:
                recorder.failed(notice.fault)
        self._packing.ended(notice.record_id, notice.duration_ms)

    # ---- coming back

    async def _recall(self) -> None:
        """Read what the database knows of before: open calls, today's spending, new messages."""
        await asyncio.to_thread(self._journal.opened.wait, HELLO_TIMEOUT_S)
        archive, office = self._office.records.archive, self._office
        stories: tuple[CallStory, ...] = ()
        try:
            stories = await asyncio.to_thread(archive.unfinished)
            self._window.voicemails(await asyncio.to_thread(archive.new_voicemails))
            month = office.tolls.ledger.today().replace(day=1)
            spent = await asyncio.to_thread(archive.spent_since, month)
            switched = await asyncio.to_thread(archive.switched)
            countries = await asyncio.to_thread(archive.called_countries)
            office.tolls.recall(spent, countries, switched)
            office.features.recall(
                await asyncio.to_thread(archive.extensions),
                switched,
                await asyncio.to_thread(archive.pin_tries),
            )
            office.call_backs.recall(await asyncio.to_thread(archive.call_backs_owed))
            office.phone_book.recall(await asyncio.to_thread(archive.contacts))
            for tone in await asyncio.to_thread(archive.learned_tones):
                office.lines.learned[tone.line_id] = LearnedTone(
                    frequency_hz=tone.frequency_hz, on_ms=tone.on_ms, off_ms=tone.off_ms
                )
        except StorageFault as fault:
            self._window.alarms.set(fault.text, True)
        self._survivors = Survivors(office, self._calls, stories)

    def _live_legs(self, legs: tuple[LiveLeg, ...]) -> None:
        self._survivors.take(legs)

    async def _adopt(self) -> None:
        await asyncio.sleep(ADOPTION_S)
        self._survivors.give_up()
        try:
            await self._packing.leftovers(self._office)
        except StorageFault as fault:
            self._window.alarms.set(fault.text, True)

    async def _sweep(self) -> None:
        """Take legs for released whose card never said so: the line must not stay busy for ever."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            for leg in tuple(self._office.legs.values()):
                if _is_stuck(leg, self._loop.time()):
                    log.warning("%s: never released, taken for idle", leg.line_id)
                    leg.report(Release(leg_id=leg.leg_id, cause=Cause.RECOVERY_ON_TIMER_EXPIRY))
                    self._office.forget(leg)

    # ---- configuration

    def _made_live(self, config: Config) -> None:
        before, self._office.config = self._office.config, config
        # Before the cards have the new settings: a line in a call keeps its own until its end.
        self._desk.lookups.made_live(before, config)
        for line_id in self._office.lines.configure(config):
            self._window.line_gone(line_id)
        self._cards.configure()
        self._voices.use(config)
        self._outbox.use(config)
        self._beside(asyncio.to_thread(write_network_files, self._state, config.network))
        if before.recording.retention_days != config.recording.retention_days:
            self._office.records.recordings.keep_for(config.recording.retention_days)
        for view in line_views(self._office):
            self._window.line_changed(view.line.line_id)

    # ---- alarms and messages

    def _note(self, who: str, text: Text) -> None:
        records = self._office.records
        records.write(records.audit.note(who, text, datetime.now(UTC)))

    def _alarm_of_card(self, alarm: Alarm) -> None:
        self._window.alarms.set(alarm.text, alarm.raised, alarm.line_id)

    async def _voicemail_kept(self, row: VoicemailRow) -> None:
        await tell_message(self._office, row)
        self._voicemails_changed()

    def _call_ended(self, row: CallRow) -> None:
        if is_missed(row):
            self._beside(tell_missed(self._office, row.call_id))

    def _voicemails_changed(self) -> None:
        self._beside(self._count_voicemails())

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._side_work.add(task)
        task.add_done_callback(self._side_work.discard)

    async def _count_voicemails(self) -> None:
        try:
            count = await asyncio.to_thread(self._office.records.archive.new_voicemails)
        except StorageFault:
            return
        self._window.voicemails(count)


def _is_stuck(leg: Leg, now: float) -> bool:
    return leg.cleared_at is not None and now - leg.cleared_at > RELEASE_TIMEOUT_S
