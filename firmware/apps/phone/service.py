"""A phone of ours calls: it went off hook and dials, or the page dials for it."""

from typing import Final

from firmware.apps.codes.service import serve_code
from firmware.apps.phone.calling import call_number, own_extension
from firmware.apps.phone.claim_code import speak_claim_code
from firmware.calls.attempt import PhoneAttempt, Shown
from firmware.calls.dialled import Dialled, Meaning, understand
from firmware.calls.dialling import dialled_by_phone
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.recording import CallRecorder
from firmware.calls.visit import Visit
from firmware.contract.causes import Cause
from firmware.contract.message import LineId
from firmware.contract.views import CallPhase
from firmware.store.rows import Disposition

OUR_PHONE_RING_S: Final = 30.0


async def phone_lifted(office: Office, recorder: CallRecorder, phone: Leg) -> None:
    """Serve a phone that went off hook until its call is over. Raises LegEnded."""
    call = recorder.call
    if not await phone.answer():
        return
    call.step("phone.lifted", phone, line=phone.line_id)
    if phone.dialled is None:
        await speak_claim_code(office, call, phone)
        dialled = await dialled_by_phone(office, phone)
    else:
        dialled = understand(phone.dialled, office.config)
    await _serve(Visit(office, call, phone, recorder), dialled)


async def dial_for_phone(
    office: Office, recorder: CallRecorder, line_id: LineId, called: str
) -> None:
    """Ring the phone, then call for it, as the page's user asked. Raises LegEnded."""
    call = recorder.call
    ringing = PhoneAttempt(office, call, line_id, Shown(called))
    call.enter(CallPhase.RINGING)

    def picked_up() -> bool:
        ringing.advance()
        return ringing.cause is not None or ringing.answered is not None

    await call.until(picked_up, OUR_PHONE_RING_S)
    phone = ringing.answered
    if phone is None:
        ringing.give_up(Cause.NO_ANSWER_FROM_USER)
        call.disposition = Disposition.NO_ANSWER
        call.step("phone.did-not-lift", line=line_id)
        return
    await _serve(Visit(office, call, phone, recorder), understand(called, office.config))


async def _serve(visit: Visit, dialled: Dialled) -> None:
    visit.call.change(called=dialled.number or None)
    visit.call.step("phone.dialled", visit.caller, number=dialled.number)
    own = own_extension(visit)
    if own is not None:
        visit.caller.number, visit.caller.name = own.id, own.name
    if dialled.meaning in {Meaning.CODE, Meaning.UNKNOWN_CODE}:
        visit.call.language = (own.language if own else None) or visit.call.language
        await serve_code(visit, dialled)
    else:
        await call_number(visit, dialled)
