"""The form node: one question after the other, each answer kept as soon as it is given."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Final

from firmware.calls.listening import RECORDED_TIMEOUT_S, Listening, beep, listen
from firmware.calls.visit import Visit
from firmware.config.flow_form import Form, Question
from firmware.contract.switching import Recorded
from firmware.store.flow_rows import FormAnswerRow
from firmware.store.repositories import new_ulid

SHORTEST_MS: Final = 500
"""A yes is short; less is the click of a receiver."""
FOLDER: Final = "voicemail"


async def ask_form(visit: Visit, node: Form) -> str:
    """Return the exit: next when all is answered, timeout at the first question that is not.

    Raises LegEnded when the caller hangs up; what they have said until then is kept.
    """
    for question in node.questions:
        ask = _voice if question.answer == "voice" else _digits
        for _ in range(node.retries + 1):
            await visit.say(question.prompt, until_key=True)
            if await ask(visit, node, question):
                break
        else:
            visit.call.step("form.not-answered", visit.caller, question=question.name)
            return node.timeout
    return node.next


async def _digits(visit: Visit, node: Form, question: Question) -> bool:
    digits = await visit.caller.collect(question.max_digits, node.timeout_s, node.timeout_s)
    if not digits:
        return False
    visit.call.variables[question.name] = digits
    visit.call.step("form.typed", visit.caller, question=question.name, digits=digits)
    row = _row(visit, node, question).model_copy(update={"digits": digits})
    visit.office.records.write(visit.office.records.form_answers.keep(row))
    return True


async def _voice(visit: Visit, node: Form, question: Question) -> bool:
    visit.caller.keys.clear()
    await beep(visit.caller)
    row = _row(visit, node, question)
    row = row.model_copy(update={"file": f"answer-{row.answer_id}.part"})
    visit.office.records.form_answers.begin(row)
    ended = visit.office.expect_recorded(row.answer_id)
    wanted = Listening(
        record_id=row.answer_id,
        file=visit.office.state / FOLDER / (row.file or ""),
        max_s=question.max_s,
        end_silence_s=node.end_silence_s,
    )
    said_something = True  # who hangs up has said what they had to say; the length decides
    try:
        said_something = await listen(visit.office.wires, visit.caller, wanted)
    finally:
        kept = await _keep(visit, row, ended, said_something=said_something)
    return kept


async def _keep(
    visit: Visit, row: FormAnswerRow, ended: "asyncio.Future[Recorded]", *, said_something: bool
) -> bool:
    """Hand the answer on to be packed, or drop it when there is nothing in it."""
    try:
        duration_ms = (await asyncio.wait_for(ended, RECORDED_TIMEOUT_S)).duration_ms
    except TimeoutError:
        return True  # the switch is gone; what it wrote is found and packed at the next start
    office = visit.office
    if duration_ms < SHORTEST_MS or not said_something:
        office.records.write(office.records.form_answers.delete(row, datetime.now(UTC)))
        (office.state / FOLDER / (row.file or "")).unlink(missing_ok=True)
        return False
    seconds = round(duration_ms / 1_000, 1)
    visit.call.step("form.spoken", visit.caller, question=row.question, seconds=seconds)
    office.hooks.answer_given(row.model_copy(update={"duration_ms": duration_ms}))
    return True


def _row(visit: Visit, node: Form, question: Question) -> FormAnswerRow:
    now = datetime.now(UTC)
    return FormAnswerRow(
        answer_id=new_ulid(now),
        call_id=visit.call.call_id,
        question=question.name,
        answered_at=now,
        keep_until=now.date() + timedelta(days=node.retention_days),
    )
