"""A phone of ours calls: it went off hook and dials, or the page dials for it."""

from typing import Final

from firmware.calls.attempt import Attempt, OutsideAttempt, PhoneAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning, understand
from firmware.calls.dialling import dialled_by_phone
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.reach import Reached, extension_attempts, outside_route, reach, refusal
from firmware.calls.recording import CallRecorder
from firmware.calls.talk import Talk
from firmware.contract.causes import Cause
from firmware.contract.control import CallPhase, Side
from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.store.rows import Disposition

RING_S: Final = 60.0
EMERGENCY_RING_S: Final = 180.0
OUR_PHONE_RING_S: Final = 30.0
TONE_OF_REFUSAL_S: Final = 8.0


async def phone_lifted(office: Office, recorder: CallRecorder, phone: Leg) -> None:
    """Serve a phone that went off hook until its call is over. Raises LegEnded."""
    call = recorder.call
    if not await phone.answer():
        return
    call.step("phone.lifted", phone, line=phone.line_id)
    dialled = await dialled_by_phone(office, phone)
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
    attempts = _attempts(office, call, phone, dialled)
    reached = await _ring(call, phone, attempts, dialled) if attempts else None
    if reached is None or reached.leg is None:
        await _refuse(call, phone, reached)
        return
    call.disposition = Disposition.ANSWERED
    await recorder.begin(reached.leg)
    await Talk(office, call, recorder, phone, reached.leg).run()


async def _ring(call: Call, phone: Leg, attempts: list[Attempt], dialled: Dialled) -> Reached:
    call.enter(CallPhase.CONNECTING, Text(code="where.ringing"))
    ring_s = EMERGENCY_RING_S if dialled.meaning is Meaning.EMERGENCY else RING_S
    return await reach(phone, attempts, ring_s)


def _attempts(office: Office, call: Call, phone: Leg, dialled: Dialled) -> list[Attempt]:
    own = office.config.extension_of_device(phone.line_id)
    shown = Shown(own.id if own else None, own.name if own else None)
    extension = office.config.extension(dialled.number)
    if dialled.meaning is Meaning.EXTENSION and extension is not None:
        return extension_attempts(office, call, [extension], shown)
    if dialled.meaning is Meaning.NOTHING and not dialled.number:
        return []
    call.emergency = dialled.meaning is Meaning.EMERGENCY
    route = outside_route(office, dialled, own.id if own else None)
    if route.refused is not None:
        refusal(call, route.refused)
        return []
    outward = Shown(next(iter(office.config.office.numbers), None))
    return [OutsideAttempt(office, call, route.ways, outward, Side.OUTSIDE)]


async def _refuse(call: Call, phone: Leg, reached: Reached | None) -> None:
    """Let the phone hear why nothing comes of it, then clear it."""
    call.disposition = reached.disposition if reached else Disposition.FAILED
    if reached is not None:
        call.step("phone.not-reached", cause=int(reached.cause))
    tone = "busy" if reached and reached.disposition is Disposition.BUSY else "congestion"
    phone.sound.tone(tone)
    await phone.until(lambda: None, TONE_OF_REFUSAL_S)
    phone.clear(Cause.NORMAL_CALL_CLEARING)
