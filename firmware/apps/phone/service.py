"""A phone of ours calls: it went off hook and dials, or the page dials for it."""

from collections.abc import Mapping
from typing import Final

from firmware.apps.ivr.connecting import connect_people
from firmware.apps.ivr.service import run_flow
from firmware.apps.voicemail.listening import hear_mailbox
from firmware.calls.attempt import Attempt, OutsideAttempt, PhoneAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning, understand
from firmware.calls.dialling import dialled_by_phone
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.reach import (
    extension_attempts,
    group_members,
    outside_route,
    reach,
    refusal,
)
from firmware.calls.recording import CallRecorder
from firmware.calls.talk import Talk
from firmware.calls.toll_refusals import PROMPT_OF_REFUSAL
from firmware.calls.visit import Visit
from firmware.contract.causes import Cause
from firmware.contract.control import CallPhase, Side
from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.store.rows import Disposition

RING_S: Final = 60.0
EMERGENCY_RING_S: Final = 180.0
OUR_PHONE_RING_S: Final = 30.0
TONE_OF_REFUSAL_S: Final = 8.0
TONE_OF_CAUSE: Final[Mapping[Cause, str]] = {
    Cause.USER_BUSY: "busy",
    Cause.UNALLOCATED_NUMBER: "sit",
    Cause.NO_ROUTE_TO_DESTINATION: "sit",
    Cause.SEND_SPECIAL_INFORMATION_TONE: "sit",
    Cause.NUMBER_CHANGED: "sit",
    Cause.INVALID_NUMBER_FORMAT: "sit",
}
"""What the network would have played; any other cause is its congestion."""


async def phone_lifted(office: Office, recorder: CallRecorder, phone: Leg) -> None:
    """Serve a phone that went off hook until its call is over. Raises LegEnded."""
    call = recorder.call
    if not await phone.answer():
        return
    call.step("phone.lifted", phone, line=phone.line_id)
    if phone.dialled is None:
        dialled = await dialled_by_phone(office, phone)
    else:
        dialled = understand(phone.dialled, office.config)
    await _call_out(office, recorder, phone, dialled)


async def dial_for_phone(
    office: Office, recorder: CallRecorder, line_id: LineId, called: str
) -> None:
    """Ring the phone, then call for it, as the page's user asked. Raises LegEnded."""
    call = recorder.call
    ringing = PhoneAttempt(office, call, line_id, Shown(called))
    call.enter(CallPhase.RINGING)

    def picked_up() -> bool:
        ringing.advance()
        return ringing.cause is not None or (ringing.leg is not None and ringing.leg.is_active)

    await call.until(picked_up, OUR_PHONE_RING_S)
    phone = ringing.leg
    if phone is None or not phone.is_active:
        ringing.give_up(Cause.NO_ANSWER_FROM_USER)
        call.disposition = Disposition.NO_ANSWER
        call.step("phone.did-not-lift", line=line_id)
        return
    await _call_out(office, recorder, phone, understand(called, office.config))


async def _call_out(office: Office, recorder: CallRecorder, phone: Leg, dialled: Dialled) -> None:
    call = recorder.call
    call.change(called=dialled.number or None)
    call.step("phone.dialled", phone, number=dialled.number)
    if dialled.meaning is Meaning.MAILBOX:
        await _own_mailbox(office, call, phone)
        return
    if dialled.meaning in {Meaning.FLOW, Meaning.GROUP}:
        await _inside(Visit(office, call, phone, recorder), dialled)
        return
    planned = _plan(office, call, phone, dialled)
    if isinstance(planned, Text):
        refusal(call, planned)
        prompt = PROMPT_OF_REFUSAL.get(planned.code)
        await _refuse(office, call, phone, prompt, "congestion")
        return
    call.enter(CallPhase.CONNECTING, Text(code="where.ringing"))
    reached = await reach(call, phone, planned, EMERGENCY_RING_S if call.emergency else RING_S)
    if reached.leg is None:
        reached.tell(call)
        await _refuse(office, call, phone, None, TONE_OF_CAUSE.get(reached.cause, "congestion"))
        return
    call.disposition = Disposition.ANSWERED
    await recorder.begin(reached.leg)
    await Talk(office, call, recorder, phone, reached.leg).run()


async def _inside(visit: Visit, dialled: Dialled) -> None:
    """Serve the phone like a caller from outside: with a flow, or with a group that rings."""
    config = visit.office.config
    flow, group = config.flow_numbered(dialled.number), config.group_numbered(dialled.number)
    if flow is not None:
        await run_flow(visit, flow)
    elif group is not None:
        members = group_members(visit.office, group.id)
        await connect_people(visit, members, group.voicemail)


async def _own_mailbox(office: Office, call: Call, phone: Leg) -> None:
    own = office.config.extension_of_device(phone.line_id)
    mailbox = office.config.mailbox(own.voicemail or "") if own else None
    if own is None or mailbox is None:
        call.step("route.no-mailbox", phone)
        await _refuse(office, call, phone, None, "congestion")
        return
    await hear_mailbox(office, call, phone, mailbox, own.id)


def _plan(office: Office, call: Call, phone: Leg, dialled: Dialled) -> list[Attempt] | Text:
    """Return whom to ring, or the sentence that says why nobody."""
    own = office.config.extension_of_device(phone.line_id)
    extension = office.config.extension(dialled.number)
    if dialled.meaning is Meaning.EXTENSION and extension is not None:
        shown = Shown(own.id if own else None, own.name if own else None)
        return extension_attempts(office, call, [extension], shown)
    call.emergency = dialled.meaning is Meaning.EMERGENCY
    route = outside_route(office, dialled, own.id if own else None)
    if route.refused is not None:
        return route.refused
    published = Shown(next(iter(office.config.office.numbers), None))
    return [OutsideAttempt(office, call, route.ways, published, Side.OUTSIDE)]


async def _refuse(office: Office, call: Call, phone: Leg, prompt: str | None, tone: str) -> None:
    """Let the phone hear why nothing comes of it, then clear it."""
    call.disposition = call.disposition or Disposition.FAILED
    if prompt is not None:
        await phone.play(await office.voices.files(prompt, call.language))
    phone.sound.tone(tone)
    await phone.until(lambda: None, TONE_OF_REFUSAL_S)
    phone.clear(Cause.NORMAL_CALL_CLEARING)
