"""Recording a call: the rule, the announcement with its proof, and who is on which side.

Nothing is recorded before the announcement has ended; how much of it the
caller heard is kept with the recording. Who is on hold is not recorded, nor
is the music they hear: the file has silence there, as it has for a pause.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.contract.message import LegId
from firmware.contract.switching import Played, Record, Stop
from firmware.contract.texts import Text
from firmware.contract.views import Side
from firmware.store.rows import RecordingRow, RecordingState

log = logging.getLogger(__name__)

_NOBODY: Final[frozenset[LegId]] = frozenset()


class CallRecorder:
    """The one recorder of a call; `begin` may be called whenever the rule may have changed."""

    def __init__(self, office: Office, call: Call) -> None:
        self._office = office
        self.call = call
        self._order: Record | None = None
        self._failed = False
        self._paused = self._asked = False
        self._told: set[LegId] = set()
        """Who has heard the announcement."""
        call.members_changed = self.follow
        call.recorder = self

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

    @property
    def is_recording(self) -> bool:
        return self._order is not None and not self._paused

    @property
    def was_asked_for(self) -> bool:
        return self._asked and not self._ruled()

    def ask(self) -> None:
        """Record from the next `begin` on, although no rule asks for it."""
        self._asked = True

    def follow(self) -> None:
        """Legs have joined, left or moved: the same file goes on with those who are there."""
        if self._order is None:
            return
        changed = self._order.model_copy(update=self._sides())
        if changed != self._order:
            self._order = changed
            self._office.wires.tell_switch(changed)

    def pause(self, *, told: bool = False) -> None:
        """Leave out what is said until `resume`, such as a card number.

        `told`, here as there: the call's story says so already.
        """
        self._pause(paused=True, told=told)

    def resume(self, *, told: bool = False) -> None:
        self._pause(paused=False, told=told)

    def told(self) -> frozenset[LegId]:
        """Return the legs that have heard the announcement."""
        return frozenset(self._told)

    def trust(self, told: frozenset[LegId]) -> None:
        """These legs have heard the announcement on a call that is part of this one now."""
        self._told |= told

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

    def take_up(self, row: RecordingRow, *, paused: bool) -> None:
        """Go on with the recording that ran when the exchange died; it was announced then."""
        self._paused = paused
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
        order = Record(record_id=self.call.call_id, file=str(path), outside=_NOBODY, office=_NOBODY)
        self._order = order.model_copy(update=self._sides())
        self.call.recording = True
        self._office.wires.tell_switch(self._order)

    def _pause(self, *, paused: bool, told: bool) -> None:
        if self._paused == paused:
            return
        self._paused = paused
        if self._order is None:
            return
        if not told:
            self.call.step("recording.paused" if paused else "recording.resumed")
        self.follow()

    def _sides(self) -> dict[str, object]:
        """Who is recorded now; what is said in a consultation or on hold is not.

        While nobody is, the file goes on in silence; it names those who wait, or
        else everybody, because a recording of nobody would come to its end.
        """
        alone_or_there = {None, self.call.room}
        outside = self._among(Side.OUTSIDE, lambda leg: leg.sound.room in alone_or_there)
        office = self._among(Side.OFFICE, lambda leg: leg.sound.room == self.call.room)
        if outside or office:
            return {"outside": outside, "office": office, "paused": self._paused}
        waiting = self._everybody(aside=True)
        if not any(waiting.values()):
            waiting = self._everybody(aside=False)
        return {**waiting, "paused": self._paused or any(waiting.values())}

    def _everybody(self, *, aside: bool) -> dict[str, frozenset[LegId]]:
        return {side.value: self._among(side, lambda _: True, aside=aside) for side in Side}

    def _among(
        self, side: Side, is_there: Callable[[Leg], bool], *, aside: bool = False
    ) -> frozenset[LegId]:
        return frozenset(
            leg.leg_id
            for leg in self.call.on_side(side)
            if leg.sound.is_aside == aside
            and leg.sound.is_seated
            and not leg.is_over
            and is_there(leg)
        )

    def _wanted(self) -> bool:
        return self._asked or self._ruled()

    def _ruled(self) -> bool:
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


def _reason(played: Played | None) -> Text:
    if played is not None and played.fault is not None:
        return played.fault
    return Text(code="recording.announcement-cut")
