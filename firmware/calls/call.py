"""The call: the legs that belong together, their story, and the record of it.

The call is the main record; a transfer changes its legs, never the call. What
happens is handed to the store first and done second, so that the record says
at least as much as what was done.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from firmware.calls.conversation import Conversation, Script
from firmware.calls.leg import Leg
from firmware.calls.members import Members, later
from firmware.calls.news import News
from firmware.calls.recorder import Recorder
from firmware.contract import messages as m
from firmware.contract.call_requests import CallId
from firmware.contract.causes import Cause
from firmware.contract.message import LegMessage
from firmware.contract.texts import Text
from firmware.contract.views import (
    CallPhase,
    CallView,
    Side,
    StoryStep,
)
from firmware.store.records import Records
from firmware.store.rows import CallRow, Disposition, LegRow

T = TypeVar("T")


class Call(Members):
    def __init__(
        self,
        row: CallRow,
        records: Records,
        changed: Callable[["Call"], None],
        elapsed: timedelta = timedelta(0),
    ) -> None:
        """`elapsed`: how long it has lasted already, for one that outlived the exchange."""
        super().__init__(elapsed)
        self.row = row
        self.news = News()
        self.phase = CallPhase.RINGING
        self.where: Text | None = None
        self.language = row.language or "en"
        self.music: str | None = None
        """The prompt who is on hold hears; None is the office's, or a beep now and then."""
        self.variables: dict[str, str] = {}
        self.disposition: Disposition | None = None
        self.cause: Cause | None = None
        """Why the call as a whole ended, where that is not simply that somebody hung up."""
        self.is_on_record = False
        """Whether the store has had its time to write it: before that the page is not told of it,
        so that nobody has seen a call that a kill could take back."""
        self.recording = False
        """Whether there is one, also while it pauses."""
        self.emergency = False
        self.members_changed: Callable[[], None] = _nobody
        self.recorder: Recorder | None = None
        self.conversation: Conversation | None = None
        """Those who talk now; None while a menu, a mailbox or ringing has the call."""
        self.turned: Callable[[], None] = _nobody
        """Whoever runs the call's script stops it, because another one has taken its place."""
        self._next_script: Script | None = None
        self.may_be_taken = False
        """It rings or is parked, so that any phone of ours may take it."""
        self.taker: Leg | None = None
        """The phone that has taken it (taking.py), until who waited for one has seen it."""
        self._story: list[StoryStep] = []
        self._records = records
        self._changed = changed

    @property
    def call_id(self) -> str:
        return self.row.call_id

    @property
    def room(self) -> str:
        """Where those talk whose words are recorded."""
        return self.call_id

    @property
    def early_room(self) -> str:
        """Where a caller hears the network before the answer."""
        return f"{self.call_id}-e"

    @property
    def consult_room(self) -> str:
        """Where the office talks with a third party about the one on hold."""
        return f"{self.call_id}-c"

    # ---- its members

    def join(self, leg: Leg, side: Side, extension: str | None = None) -> None:
        """The leg belongs to this call from now on; it stays in the record when it has left."""
        row = LegRow(
            call_id=self.call_id,
            leg_id=leg.leg_id,
            line_id=leg.line_id,
            side=side,
            number=leg.number,
            name=leg.name,
            extension=extension,
            began_ms=self.age_ms,
        )
        self.rejoin(leg, row)
        self._records.calls.put_leg(row)

    def rejoin(self, leg: Leg, row: LegRow) -> None:
        """As `join`, for a leg whose row is in the store already."""
        leg.news = self.news
        leg.on_change = self.leg_changed
        self._members[leg.leg_id] = (leg, row.side)
        self._rows[leg.leg_id] = row
        self.members_changed()
        self._changed(self)

    def take_over(self, other: "Call") -> None:
        """All that was and is on `other`, a younger call, is on this one from its first message."""
        later_ms = self.age_ms - other.age_ms
        for step in other.steps:
            self.take_step(step.model_copy(update={"at_ms": step.at_ms + later_ms}))
        self.charges |= other.charges
        self.emergency = self.emergency or other.emergency
        for leg, row in other.become_part_of(self.call_id):
            moved = later(row, self.call_id, later_ms)
            self.rejoin(leg, moved)
            self._records.calls.put_leg(moved)

    def become_part_of(self, call_id: CallId) -> list[tuple[Leg, LegRow]]:
        """Return all legs with their rows: this call has none any more, and its record says so."""
        self.step("transfer.merged", None, call=call_id)
        given = self.give_away()
        ended = {"ended_ms": self.age_ms, "cause": Cause.NORMAL_CALL_CLEARING}
        for _leg, row in given:
            if row.ended_ms is None:
                self._records.calls.put_leg(row.model_copy(update=ended))
        self.disposition = Disposition.ANSWERED
        self.cause = Cause.NORMAL_CALL_CLEARING
        self.change(merged_into=call_id)
        return given

    async def until(self, found: Callable[[], T | None], timeout_s: float | None) -> T | None:
        """As News.until, over all that happens on this call."""
        return await self.news.until(found, timeout_s)

    def let_go(self, leg: Leg, cause: Cause) -> None:
        """Clear a member, unless it is with another call of its phone: then it only leaves."""
        if leg.second is not None:
            leg.second.leave(self.call_id)
        if leg.news is self.news:
            leg.clear(cause)
            return
        row = self._rows[leg.leg_id]
        if row.ended_ms is None:
            self._rows[leg.leg_id] = row = row.model_copy(
                update={"ended_ms": self.age_ms, "cause": cause}
            )
            self._records.calls.put_leg(row)

    # ---- its script

    def turn_to(self, script: Script) -> None:
        """Abandon what is being done on this call and do this instead; its legs stay as they are.

        What asks for it may be the call's own script: it is stopped at its next wait.
        """
        self._next_script = script
        self.turned()

    def next_script(self) -> Script | None:
        """Return, once, what the call has been turned to."""
        script, self._next_script = self._next_script, None
        return script

    # ---- its story

    def step(self, code: str, leg: Leg | None = None, **args: str | int | float) -> None:
        """Write down what is about to happen (or what somebody else did)."""
        what = Text(code=code, args=args)
        leg_id = leg.leg_id if leg else None
        self.take_step(StoryStep(at_ms=self.age_ms, what=what, leg_id=leg_id))

    def take_step(self, step: StoryStep) -> None:
        self._records.calls.add_step(self.call_id, step)
        self._story.append(step)
        self._story.sort(key=lambda told: told.at_ms)
        self._changed(self)

    @property
    def steps(self) -> tuple[StoryStep, ...]:
        return tuple(self._story)

    def recall(self, steps: tuple[StoryStep, ...]) -> None:
        """Take the steps that are in the store already."""
        self._story = list(steps)

    def put_on_record(self) -> None:
        self.is_on_record = True
        self._changed(self)

    def enter(self, phase: CallPhase, where: Text | None = None) -> None:
        self.phase, self.where = phase, where
        self._changed(self)

    def answered(self) -> None:
        if self.row.answered_at is None:
            self.change(answered_at=datetime.now(UTC))

    def talks_to(self, leg: Leg) -> None:
        """Note who of the office has the call, and how we know that the far end answered."""
        extension = self._rows[leg.leg_id].extension
        self.answered()
        self.change(
            extension=extension or self.row.extension,
            supervision=leg.supervision or self.row.supervision,
        )

    def change(self, **fields: object) -> None:
        self.row = self.row.model_copy(update=fields)
        self._records.calls.change(self.row)

    def view(self) -> CallView:
        return CallView(
            call_id=self.call_id,
            began_at=self.row.began_at,
            incoming=self.row.incoming,
            line_id=self.row.line_id,
            calling=self.row.calling,
            called=self.row.called,
            phase=self.phase,
            where=self.where,
            legs=self.leg_views(),
            recording=self.recorder is not None and self.recorder.is_recording,
            story=self.steps,
        )

    # ---- its end

    def end(self, cause: Cause) -> CallRow:
        """Clear what is left and return the last row. Never waits, so nothing can interrupt it."""
        for leg in self.legs:
            self.let_go(leg, cause)
        first = self.cause or self.cause_of_legs() or cause
        self.step("call.ended", cause=int(first), seconds=round(self.age_ms / 1_000, 1))
        self.row = self.row.model_copy(
            update={
                "ended_at": datetime.now(UTC),
                "disposition": self.disposition or self._by_default(),
                "cause": first,
                "language": self.language,
            }
        )
        self.enter(CallPhase.ENDED)
        return self.row

    def _by_default(self) -> Disposition:
        """Nobody and no mailbox took the call."""
        caller = next(iter(self.legs), None)
        gave_up = caller is not None and caller.cause is Cause.NORMAL_CALL_CLEARING
        return Disposition.ABANDONED if self.row.incoming or gave_up else Disposition.FAILED

    def leg_changed(self, leg: Leg, message: LegMessage) -> None:
        """Take note of what was told of a member, or by it."""
        if leg.wish is not None and self.conversation is None:
            self.step("transfer.not-now", leg)
            leg.answer_transfer(accepted=False)
        row = self._rows[leg.leg_id]
        new: dict[str, object] = {}
        if leg.number is not None and row.number is None:
            new["number"] = leg.number
        if isinstance(message, m.Connect) and row.answered_ms is None:
            new["answered_ms"] = self.age_ms
        if leg.quality is not None and row.mos is None:
            new |= leg.quality.model_dump(exclude={"leg_id", "kind"})
            self._tell_quality(leg, leg.quality, row.ended_ms)
        if leg.cause is not None and row.ended_ms is None:
            new |= {"ended_ms": self.age_ms, "cause": leg.cause}
            if row.answered_ms is not None and leg.cause is Cause.RECOVERY_ON_TIMER_EXPIRY:
                self.step("call.far-end-gone", leg, line=leg.line_id)
        if new:
            self._rows[leg.leg_id] = row = row.model_copy(update=new)
            self._records.calls.put_leg(row)
            self.members_changed()
        self._changed(self)

    def _tell_quality(self, leg: Leg, told: m.MediaQuality, ended_ms: int | None) -> None:
        """Told when the sound has stopped, it is about the time before the leg's end."""
        code = "call.sound-quality"
        facts: dict[str, str | int | float] = {
            "line": leg.line_id,
            "lost": round(told.lost_percent, 1),
            "jitter": round(told.jitter_ms),
            "mos": round(told.mos, 1),
        }
        if told.round_trip_ms is not None:
            code = "call.sound-quality-round-trip"
            facts["round_trip"] = round(told.round_trip_ms)
        at_ms = self.age_ms if ended_ms is None else max(0, ended_ms - 1)
        self.take_step(StoryStep(at_ms=at_ms, what=Text(code=code, args=facts), leg_id=leg.leg_id))


def _nobody() -> None:
    """Nobody listens yet."""
