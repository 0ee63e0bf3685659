"""A phone of ours is rung, and what is said into it after the tone becomes a prompt."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware.calls.attempt import PhoneAttempt, Shown
from firmware.calls.leg import Leg, LegEnded
from firmware.calls.listening import RECORDED_TIMEOUT_S, Listening, beep, listen
from firmware.calls.office import Office
from firmware.calls.recording import CallRecorder
from firmware.calls.visit import Visit
from firmware.contract.causes import Cause
from firmware.contract.errors import RequestRefused
from firmware.contract.message import LineId
from firmware.contract.views import CallPhase
from firmware.store.repositories import new_ulid

RING_S: Final = 30.0
LONGEST_S: Final = 120
END_SILENCE_S: Final = 4


async def record_prompt(
    office: Office,
    recorder: CallRecorder,
    line_id: LineId,
    wanted: Path,
    begins: Callable[[], None],
) -> None:
    """Record into the file `wanted`, a .part of the switch; returns when it is whole.

    `begins` is called when the phone is picked up. Raises RequestRefused when it
    is not, or when nothing was said.
    """
    call = recorder.call
    phone = await _picked_up(office, recorder, line_id)
    if phone is None:
        call.step("phone.did-not-lift", line=line_id)
        raise RequestRefused("studio.no-answer", line=line_id)
    begins()
    visit = Visit(office, call, phone, recorder)
    call.step("studio.records", phone)
    if not await _spoken(visit, wanted):
        raise RequestRefused("studio.nothing-said")
    if not phone.is_over:
        await visit.say("recording-kept")
        phone.clear(Cause.NORMAL_CALL_CLEARING)


async def _spoken(visit: Visit, wanted: Path) -> bool:
    """Return whether anything was said; hanging up is as good an end as the key."""
    listening = Listening(new_ulid(), wanted, LONGEST_S, END_SILENCE_S)
    await visit.say("speak-after-tone")
    visit.caller.keys.clear()
    await beep(visit.caller)
    words_before = visit.caller.words
    ended = visit.office.expect_recorded(listening.record_id)
    try:
        said = await listen(visit.office.wires, visit.caller, listening)
    except LegEnded:
        said = visit.caller.words > words_before
    try:
        await asyncio.wait_for(ended, RECORDED_TIMEOUT_S)
    except TimeoutError:  # the switch is gone, and with it the end of what was said
        return False
    return said


async def _picked_up(office: Office, recorder: CallRecorder, line_id: LineId) -> Leg | None:
    call = recorder.call
    ringing = PhoneAttempt(office, call, line_id, Shown(name=office.config.office.name))
    call.enter(CallPhase.RINGING)

    def look() -> bool:
        ringing.advance()
        return ringing.cause is not None or ringing.answered is not None

    await call.until(look, RING_S)
    if ringing.answered is None:
        ringing.give_up(Cause.NO_ANSWER_FROM_USER)
    return ringing.answered
