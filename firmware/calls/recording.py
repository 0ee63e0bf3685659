"""Recording a call: the rule, the announcement with its proof, and who is on which side.

Nothing is recorded before the announcement has ended; how much of it the
caller heard is kept with the recording.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.contract.control import Side
from firmware.contract.message import LegId
from firmware.contract.switching import Played, Record, Stop
from firmware.contract.texts import Text
from firmware.store.rows import RecordingRow, RecordingState

log = logging.getLogger(__name__)


class CallRecorder:
    """The one recorder of a call; `begin` may be called whenever the rule may have changed."""

    def __init__(self, office: Office, call: Call) -> None:
        self._office = office
        self.call = call
        self._order: Record | None = None
        self._failed = False
        self._told: set[LegId] = set()
        """Who has heard the announcement."""
        call.members_changed = self.follow

    async def begin(self, listener: Leg) -> None:
        """Announce to `listener`, unless they know, and record from then on, if a rule asks for it.

        Raises LegEnded. A recording that cannot be made never stops the call.
        """
        if self._failed or listener.leg_id in self._told or not self._wanted():
            return
        prompt = self._office.config.recording.announcement
        files = await self._office.voices.files(prompt, self.call.language)
        self.call.step("recording.announcing", listener)
        played = await listener.play(files)
        if played is None or not played.complete:
            self.end()
            self._give_up(_reason(played))
            return
        self._told.add(listener.leg_id)
        if self._order is None:
            self._start(prompt, played, files[0])

    def follow(self) -> None:
        """Legs have joined, left or moved: the same file goes on with those who are there."""
        if self._order is None:
            return
        changed = self._order.model_copy(update=self._sides())
        if changed != self._order:
            self._order = changed
            self._office.wires.tell_switch(changed)

    def pause(self, paused: bool) -> None:
        """Leave out what is said now, such as a card number."""
        if self._order is not None:
            self._order = self._order.model_copy(update={"paused": paused})
            self.call.step("recording.paused" if paused else "recording.resumed")
            self._office.wires.tell_switch(self._order)

    def repeat(self) -> None:
        """Tell a switch that knows nothing; it goes on in the same file."""
        if self._order is not None:
            self._office.wires.tell_switch(self._order)

    def end(self) -> None:
        if self._order is not None:
            self._office.wires.tell_switch(Stop(record_id=self._order.record_id))
            self._order = None
            self.call.recording = False

    def failed(self, fault: Text) -> None:
        """The switch could not go on: the call continues without."""
        self._order = None
        self.call.recording = False
        self._give_up(fault)

    def take_up(self, row: RecordingRow) -> None:
        """Go on with the recording that ran when the exchange died; it was announced then."""
        self._office.hooks.recording_begins(row)
        self._begin_order(row.file)

    def _start(self, prompt: str, played: Played, sound: Path) -> None:
        now = datetime.now(UTC)
        keep_days = self._office.config.recording.retention_days
        row = RecordingRow(
            call_id=self.call.call_id,
            file=f"{now:%Y/%m/%d}/{self.call.call_id}.part",
            state=RecordingState.WRITING,
            began_ms=self.call.age_ms,
            announcement=prompt,
            announcement_sound=sound.stem,
            announcement_played_ms=played.played_ms,
            announcement_complete=played.complete,
            keep_until=now.date() + timedelta(days=keep_days),
        )
        self._office.records.recordings.begin(row)
        self._office.hooks.recording_begins(row)
        self.call.step("recording.begins", seconds=round(played.played_ms / 1_000, 1))
        self._begin_order(row.file)

    def _begin_order(self, file: str) -> None:
        path = self._office.state / "recordings" / file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            self._give_up(Text(code="recording.disk-fault", args={"why": fault.strerror or ""}))
            return
        self._order = Record(record_id=self.call.call_id, file=str(path), **self._sides())
        self.call.recording = True
        self._office.wires.tell_switch(self._order)

    def _sides(self) -> dict[str, frozenset[LegId]]:
        """Who is recorded now; what is said in a consultation is not."""
        call = self.call
        outside = (leg for leg in call.on_side(Side.OUTSIDE) if leg.sound.room in {None, call.room})
        office = (leg for leg in call.on_side(Side.OFFICE) if leg.sound.room == call.room)
        return {"outside": _seated(outside), "office": _seated(office)}

    def _wanted(self) -> bool:
        return any(self._line_records(leg) for leg in self.call.legs if not leg.is_over)

    def _line_records(self, leg: Leg) -> bool:
        line = self._office.config.line(leg.line_id)
        extension = self._office.config.extension_of_device(leg.line_id)
        by_extension = extension is not None and extension.record and leg.is_active
        return by_extension or (line is not None and line.record)

    def _give_up(self, fault: Text) -> None:
        self._failed = True
        self.call.step(fault.code, None, **fault.args)
        self.call.step("recording.not-made")
        self._office.hooks.alarm(Text(code="recording.not-made"))


def _seated(legs: Iterable[Leg]) -> frozenset[LegId]:
    return frozenset(leg.leg_id for leg in legs if leg.sound.is_seated and not leg.is_over)


def _reason(played: Played | None) -> Text:
    if played is not None and played.fault is not None:
        return played.fault
    return Text(code="recording.announcement-cut")
