"""The call-back node: the promise stands in the store before the caller hears of it."""

from datetime import UTC, datetime

from firmware.apps.ivr.values import value_of
from firmware.calls.dialled import Meaning, understand
from firmware.calls.visit import Visit
from firmware.calls.ways_out import may_reach, refusal
from firmware.config.callers import CallerClass
from firmware.config.flow_callback import CallBack
from firmware.contract.errors import StorageFault
from firmware.store.flow_rows import CallBackRow
from firmware.store.repositories import new_ulid


async def promise_call_back(visit: Visit, node: CallBack) -> str:
    """Return the exit: next when it is promised; failed without a number that may be called.

    Who is owed a call already is owed no second one.
    """
    number = _number(visit, node)
    if number is None:
        return node.failed
    backs = visit.office.call_backs
    if backs.owed_to(number) is None:
        try:
            await backs.promise(_row(visit, node, number))
        except StorageFault:
            visit.call.step("callback.not-kept", visit.caller)
            return node.failed
    visit.call.step("callback.promised", visit.caller, number=number)
    await visit.say(node.prompt)
    return node.next


def _number(visit: Visit, node: CallBack) -> str | None:
    """Return the number in E.164 form; None, with the reason in the story, when there is none."""
    asked = value_of(visit, node.variable or "caller")
    dialled = understand(asked, visit.office.config)
    if dialled.meaning is not Meaning.OUTSIDE:
        visit.call.step("callback.no-number", visit.caller)
        return None
    if visit.office.config.callers.classify(dialled.number) is CallerClass.BLOCKED:
        visit.call.step("callback.blocked", visit.caller)
        return None
    refused = may_reach(visit.office, dialled, None)
    if refused is not None:
        refusal(visit.call, refused)
        return None
    return dialled.number


def _row(visit: Visit, node: CallBack, number: str) -> CallBackRow:
    now = datetime.now(UTC)
    return CallBackRow(
        call_back_id=new_ulid(now),
        call_id=visit.call.call_id,
        number=number,
        name=visit.caller.name,
        extensions=",".join(node.extensions),
        ring_group=node.group,
        timetable=node.timetable,
        language=visit.call.language,
        most_tries=node.tries,
        every_min=node.every_min,
        asked_at=now,
        due_at=now,
    )
