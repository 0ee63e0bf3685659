"""One try to keep a promise: somebody of the office is rung first, then the caller of before.

Whoever is called back is never kept waiting by a machine: there is a person on the line
already when they answer.
"""

import asyncio
from datetime import datetime
from typing import Final

from firmware.apps.phone.calling import ring_and_talk
from firmware.calls.attempt import ANSWERED_ELSEWHERE, Attempt, OutsideAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.reach import extension_attempts, group_attempts
from firmware.calls.recording import CallRecorder
from firmware.calls.visit import Visit
from firmware.calls.ways_out import outside_route, refusal
from firmware.config.callers import CallerClass
from firmware.config.extensions import Extension
from firmware.contract.causes import Cause
from firmware.contract.views import CallPhase, Side
from firmware.store.flow_rows import CallBackRow, CallBackState
from firmware.store.rows import Disposition

RING_S: Final = 30.0
THEIR_RING_S: Final = 60.0
LOOK_EVERY_S: Final = 1.0


def may_begin(office: Office, promise: CallBackRow, now: datetime) -> bool:
    """Whether it is opening hours, a line is free, the toll guard agrees and somebody is here."""
    config = office.config
    timetable = promise.timetable
    if timetable not in config.timetables or not office.features.is_open(config, timetable, now):
        return False
    if config.callers.classify(promise.number) is CallerClass.BLOCKED:
        return False
    route = outside_route(office, Dialled(Meaning.OUTSIDE, promise.number), None)
    free = any(not office.lines.is_taken(way.line_id) for way in route.ways)
    phones = [device for one in _people(office, promise) for device in one.devices]
    return route.refused is None and free and any(map(office.lines.is_free, phones))


async def call_back(office: Office, recorder: CallRecorder, promise: CallBackRow) -> None:
    """Ring the office, then the number; the promise is kept once the two have talked.

    Raises LegEnded when the one in the office hangs up.
    """
    call = recorder.call
    kept = asyncio.create_task(_kept_once_they_talk(office, call, promise))
    try:
        phone = await _somebody(office, call, promise)
        if phone is None:
            call.disposition = Disposition.NO_ANSWER
            call.step("callback.nobody-here")
            return
        visit = Visit(office, call, phone, recorder)
        await visit.say("calling-back")
        await _call(visit, promise)
    finally:
        kept.cancel()
        await _note(office, call, promise)


async def _call(visit: Visit, promise: CallBackRow) -> None:
    office = visit.office
    route = outside_route(office, Dialled(Meaning.OUTSIDE, promise.number), None)
    if route.refused is not None:
        refusal(visit.call, route.refused)
    published = Shown(next(iter(office.config.office.numbers), None))
    outside = OutsideAttempt(office, visit.call, route.ways, published, Side.OUTSIDE)
    await ring_and_talk(visit, [outside], THEIR_RING_S)


async def _somebody(office: Office, call: Call, promise: CallBackRow) -> Leg | None:
    """Return the phone that was picked up first; None when nobody did."""
    call.enter(CallPhase.RINGING)
    call.step("callback.tries", None, number=promise.number, tries=promise.tries)
    attempts = _attempts(office, call, promise)

    def look() -> Leg | bool | None:
        for one in attempts:
            one.advance()
        answered = (one.answered for one in attempts if one.answered is not None)
        return next(answered, None) or all(one.cause is not None for one in attempts) or None

    found: Leg | bool | None = None
    try:
        found = await call.until(look, RING_S)
    finally:
        leg = found if isinstance(found, Leg) else None
        for one in attempts:
            one.give_up(ANSWERED_ELSEWHERE if leg else Cause.NO_ANSWER_FROM_USER, leg)
    return leg


def _attempts(office: Office, call: Call, promise: CallBackRow) -> list[Attempt]:
    shown = Shown(promise.number, promise.name)
    group = office.config.group(promise.ring_group or "")
    if group is not None:
        return group_attempts(office, call, group, shown, RING_S)
    return extension_attempts(office, call, _people(office, promise), shown, RING_S)


def _people(office: Office, promise: CallBackRow) -> list[Extension]:
    group = office.config.group(promise.ring_group or "")
    members = group.extensions if group is not None else promise.extensions.split(",")
    return [one for one in map(office.config.extension, members) if one is not None]


async def _kept_once_they_talk(office: Office, call: Call, promise: CallBackRow) -> None:
    """Also when a power cut follows, nobody who has been talked to is called again."""
    while call.disposition is not Disposition.ANSWERED:
        await call.until(lambda: call.disposition is Disposition.ANSWERED or None, LOOK_EVERY_S)
    await _note(office, call, promise)


async def _note(office: Office, call: Call, promise: CallBackRow) -> None:
    """The promise is kept, given up after its last try, or stays."""
    if office.call_backs.owed_to(promise.number) is None:
        return  # cancelled meanwhile
    if call.disposition is Disposition.ANSWERED:
        call.step("callback.kept")
        await office.call_backs.end(promise, CallBackState.DONE)
    elif promise.tries >= promise.most_tries:
        call.step("callback.given-up", None, tries=promise.tries)
        await office.call_backs.end(promise, CallBackState.GIVEN_UP)
