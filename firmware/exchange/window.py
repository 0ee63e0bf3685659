"""What the page sees of the exchange: a snapshot, and an event whenever something changes."""

import asyncio

from firmware.apps.codes.switching import extension_view
from firmware.calls.call import Call
from firmware.calls.office import Office
from firmware.contract import events, views
from firmware.contract.message import LineId
from firmware.contract.switching import SwitchReport
from firmware.contract.texts import Text
from firmware.control.events import EventStream
from firmware.exchange.alarms import Alarms
from firmware.exchange.live_config import LiveConfig
from firmware.exchange.views import cap_views, line_view, line_views


class Window:
    """`office` is set before anything can happen in it."""

    office: Office

    def __init__(self, live: LiveConfig) -> None:
        self.events = EventStream()
        self.alarms = Alarms(self._tell_alarm)
        self._live = live
        self._loop = asyncio.get_running_loop()
        self._processes: dict[str, bool] = {"switch": False}
        self._switch: SwitchReport | None = None
        self._new_voicemails = 0
        self._changed_calls: dict[str, Call] = {}
        self._shown_lines: dict[LineId, views.LineView] = {}

    def snapshot(self) -> views.Snapshot:
        office = self.office
        return views.Snapshot(
            epoch=self.events.epoch,
            seq=self.events.seq,
            office=office.config.office.name,
            country=office.config.office.country,
            lines=line_views(office),
            calls=tuple(call.view() for call in office.calls.values() if call.is_on_record),
            extensions=tuple(extension_view(office, one) for one in office.config.extensions),
            opening=office.features.opening,
            caps=cap_views(office),
            alarms=self.alarms.views(),
            processes=tuple(
                views.ProcessView(name=name, connected=up) for name, up in self._processes.items()
            ),
            new_voicemails=self._new_voicemails,
            config_version=self._live.version,
            config_unconfirmed_until=self._live.unconfirmed_until,
            switch=self._switch,
        )

    def switch_reported(self, report: SwitchReport) -> None:
        self._switch = report

    def call_changed(self, call: Call) -> None:
        """Tell of a call once per turn of the loop, however much happened to it in one turn."""
        if not self._changed_calls:
            self._loop.call_soon(self._publish_calls)
        self._changed_calls[call.call_id] = call

    def line_changed(self, line_id: LineId) -> None:
        """Tell of a line if there is anything to see that was not there before."""
        if line_id not in self.office.lines:
            return
        view = line_view(self.office, line_id)
        if self._shown_lines.get(line_id) != view:
            self._shown_lines[line_id] = view
            self.events.publish(events.LineEvent(line=view))

    def line_gone(self, line_id: LineId) -> None:
        self._shown_lines.pop(line_id, None)
        self.alarms.forget_line(line_id)
        self.events.publish(events.LineGoneEvent(line_id=line_id))

    def extension_changed(self, extension: str) -> None:
        own = self.office.config.extension(extension)
        if own is not None:
            view = extension_view(self.office, own)
            self.events.publish(events.ExtensionEvent(extension=view))

    def opening_changed(self, opening: views.Opening) -> None:
        self.events.publish(events.OpeningEvent(opening=opening))

    def config_changed(self) -> None:
        event = events.ConfigEvent(
            version=self._live.version,
            office=self.office.config.office.name,
            unconfirmed_until=self._live.unconfirmed_until,
        )
        self.events.publish(event)

    def presence(self, name: str, connected: bool) -> None:
        self._processes[name] = connected
        view = views.ProcessView(name=name, connected=connected)
        self.events.publish(events.ProcessEvent(process=view))

    def voicemails(self, count: int) -> None:
        self._new_voicemails = count
        self.events.publish(events.VoicemailEvent(new_voicemails=count))

    def raise_alarm(self, text: Text) -> None:
        self.alarms.set(text, True)

    def alarm_from_thread(self, text: Text, raised: bool) -> None:
        """As the journal's thread tells it."""
        self._loop.call_soon_threadsafe(self.alarms.set, text, raised)

    def _publish_calls(self) -> None:
        changed, self._changed_calls = self._changed_calls, {}
        for call in changed.values():
            if not call.is_on_record:
                continue
            self.events.publish(events.CallEvent(call=call.view()))
        for line_id in {leg.line_id for call in changed.values() for leg in call.legs}:
            self.line_changed(line_id)

    def _tell_alarm(self, alarm: views.AlarmView, raised: bool) -> None:
        self.events.publish(events.AlarmEvent(alarm=alarm, raised=raised))
