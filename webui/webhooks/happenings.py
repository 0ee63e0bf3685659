"""What other programs can be told of, and how the exchange's events are thinned out to it.

Pure: what has been seen so far and one event in, what is new out. The same
events after the same beginning say the same again, so a place in the stream
and what was seen up to it can be kept together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from firmware.contract.call_requests import CallId
from firmware.contract.events import (
    AlarmEvent,
    AnyEvent,
    CallEvent,
    ConfigEvent,
    LineEvent,
    LineGoneEvent,
    OpeningEvent,
    VoicemailEvent,
)
from firmware.contract.line_state import Health
from firmware.contract.message import LineId
from firmware.contract.views import (
    AlarmView,
    CallPhase,
    CallView,
    LineView,
    Opening,
    Snapshot,
)
from firmware.store.rows import CallRow, Disposition


class HookKind(StrEnum):
    CALL_BEGAN = "call-began"
    CALL_ANSWERED = "call-answered"
    CALL_ENDED = "call-ended"
    MESSAGE_LEFT = "message-left"
    LINE_CHANGED = "line-changed"
    ALARM = "alarm"
    OPENING_CHANGED = "opening-changed"
    SETTINGS_CHANGED = "settings-changed"


class Told(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)


class ToldCall(Told):
    call_id: CallId
    incoming: bool
    line_id: LineId | None = None
    calling: str | None = None
    called: str | None = None
    extension: str | None = None
    """Who talked last; like the three below it is known when the call has ended."""
    began_at: AwareDatetime
    answered_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    disposition: Disposition | None = None

    @classmethod
    def of(cls, call: CallView) -> Self:
        return cls(
            call_id=call.call_id,
            incoming=call.incoming,
            line_id=call.line_id,
            calling=call.calling,
            called=call.called,
            began_at=call.began_at,
        )

    @classmethod
    def on_record(cls, row: CallRow) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class ToldLine(Told):
    line_id: LineId
    label: str
    health: Health


class ToldAlarm(Told):
    line_id: LineId | None
    code: str
    args: dict[str, str | int | float]
    raised: bool
    """False: it is over."""


class HookMessage(Told):
    """The JSON that is posted; besides `kind` and `at` it has what belongs to its kind."""

    kind: HookKind | Literal["test"]
    at: AwareDatetime
    call: ToldCall | None = None
    line: ToldLine | None = None
    alarm: ToldAlarm | None = None
    new_voicemails: int | None = None
    opening: Opening | None = None
    version: int | None = None
    """Of the configuration, for settings-changed."""


class Seen(Told):
    """What has been told so far, as little of it as later events are compared with."""

    talked: dict[CallId, bool] = {}
    """Calls that are up, and whether somebody has talked on them."""
    health: dict[LineId, Health] = {}
    voicemails: int = 0
    opening: Opening = Opening.BY_HOURS


@dataclass(frozen=True)
class Step:
    """What has been seen now, and what of it is news."""

    seen: Seen
    news: tuple[HookMessage, ...] = ()


def step(seen: Seen, event: AnyEvent, at: datetime) -> Step:
    """Return what `event` adds; most events add nothing."""
    match event:
        case CallEvent(call=call):
            return _call(seen, call, at)
        case LineEvent(line=view):
            return _line(seen, view, at)
        case LineGoneEvent(line_id=line_id):
            rest = {known: health for known, health in seen.health.items() if known != line_id}
            return Step(seen.model_copy(update={"health": rest}))
        case VoicemailEvent(new_voicemails=count):
            more = HookMessage(kind=HookKind.MESSAGE_LEFT, at=at, new_voicemails=count)
            now = seen.model_copy(update={"voicemails": count})
            return Step(now, (more,) if count > seen.voicemails else ())
        case OpeningEvent(opening=opening):
            other = HookMessage(kind=HookKind.OPENING_CHANGED, at=at, opening=opening)
            now = seen.model_copy(update={"opening": opening})
            return Step(now, (other,) if opening is not seen.opening else ())
        case AlarmEvent(alarm=alarm, raised=raised):
            return Step(seen, (_alarm(alarm, at, raised=raised),))
        case ConfigEvent(version=version):
            changed = HookMessage(kind=HookKind.SETTINGS_CHANGED, at=at, version=version)
            return Step(seen, (changed,))
        case _:
            return Step(seen)


def caught_up(seen: Seen, snapshot: Snapshot, at: datetime) -> tuple[Step, frozenset[CallId]]:
    """Return what is news after a gap in the events, and the calls that ended within it."""
    gone = frozenset(seen.talked) - {call.call_id for call in snapshot.calls}
    still = {call_id: talked for call_id, talked in seen.talked.items() if call_id not in gone}
    events: list[AnyEvent] = [
        *(CallEvent(call=call) for call in snapshot.calls),
        *(LineEvent(line=line) for line in snapshot.lines),
        VoicemailEvent(new_voicemails=snapshot.new_voicemails),
        OpeningEvent(opening=snapshot.opening),
    ]
    return _all(seen.model_copy(update={"talked": still}), events, at), gone


def first_sight(snapshot: Snapshot, at: datetime) -> Seen:
    """Return what there is already when somebody begins to listen: none of it is news."""
    return caught_up(Seen(), snapshot, at)[0].seen


def _all(seen: Seen, events: Iterable[AnyEvent], at: datetime) -> Step:
    def add(done: Step, event: AnyEvent) -> Step:
        one = step(done.seen, event, at)
        return Step(one.seen, done.news + one.news)

    return reduce(add, events, Step(seen))


def _call(seen: Seen, call: CallView, at: datetime) -> Step:
    told = ToldCall.of(call)
    if call.phase is CallPhase.ENDED:
        rest = {known: talked for known, talked in seen.talked.items() if known != call.call_id}
        ended = HookMessage(kind=HookKind.CALL_ENDED, at=at, call=told)
        return Step(seen.model_copy(update={"talked": rest}), (ended,))
    kinds = [] if call.call_id in seen.talked else [HookKind.CALL_BEGAN]
    talked = seen.talked.get(call.call_id, False)
    if call.phase is CallPhase.TALKING and not talked:
        kinds, talked = [*kinds, HookKind.CALL_ANSWERED], True
    now = seen.model_copy(update={"talked": {**seen.talked, call.call_id: talked}})
    return Step(now, tuple(HookMessage(kind=kind, at=at, call=told) for kind in kinds))


def _line(seen: Seen, view: LineView, at: datetime) -> Step:
    line = view.line
    told = ToldLine(line_id=line.line_id, label=view.label, health=line.health)
    now = seen.model_copy(update={"health": {**seen.health, line.line_id: line.health}})
    same = seen.health.get(line.line_id) is line.health
    return Step(now, () if same else (HookMessage(kind=HookKind.LINE_CHANGED, at=at, line=told),))


def _alarm(alarm: AlarmView, at: datetime, *, raised: bool) -> HookMessage:
    text = alarm.text
    told = ToldAlarm(line_id=alarm.line_id, code=text.code, args=text.args, raised=raised)
    return HookMessage(kind=HookKind.ALARM, at=at, alarm=told)
