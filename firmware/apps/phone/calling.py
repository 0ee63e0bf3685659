"""A phone of ours calls somebody: in the office or outside; and hears why when it cannot."""

from collections.abc import Mapping
from typing import Final

from firmware.apps.ivr.connecting import connect_group
from firmware.apps.ivr.service import run_flow
from firmware.apps.phone.dial_pin import ask_pin
from firmware.apps.voicemail.service import MessageOrder, take_message
from firmware.calls.attempt import Attempt, OutsideAttempt, Shown
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.reach import Reached, extension_attempts, reach
from firmware.calls.toll_refusals import PROMPT_OF_REFUSAL
from firmware.calls.visit import Visit
from firmware.calls.ways_out import outside_route, refusal
from firmware.config.extensions import Extension
from firmware.contract.causes import Cause
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase, Side
from firmware.store.rows import Disposition

RING_S: Final = 60.0
EMERGENCY_RING_S: Final = 180.0
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
NOBODY_THERE: Final = frozenset(
    {Cause.NO_USER_RESPONDING, Cause.SUBSCRIBER_ABSENT, Cause.DESTINATION_OUT_OF_ORDER}
)
"""The phone is unplugged, or has not registered: as good as not answering."""


def own_extension(visit: Visit) -> Extension | None:
    return visit.office.config.extension_of_device(visit.caller.line_id)


async def call_number(visit: Visit, dialled: Dialled) -> None:
    """Serve the phone until the call is over. Raises LegEnded when it hangs up."""
    config = visit.office.config
    flow, group = config.flow_numbered(dialled.number), config.group_numbered(dialled.number)
    if dialled.meaning is Meaning.FLOW and flow is not None:
        await run_flow(visit, flow)
    elif dialled.meaning is Meaning.GROUP and group is not None:
        await connect_group(visit, group)
    else:
        await _call_party(visit, dialled)


async def _call_party(visit: Visit, dialled: Dialled) -> None:
    planned = _plan(visit, dialled)
    if isinstance(planned, Text) and planned.code == "toll.pin-needed":
        own = own_extension(visit)
        planned = await ask_pin(visit, own.id if own else None) or _plan(
            visit, dialled, pin_given=True
        )
    if isinstance(planned, Text):
        refusal(visit.call, planned)
        await refuse(visit, PROMPT_OF_REFUSAL.get(planned.code), "congestion")
        return
    await ring_and_talk(visit, planned, _ring_s(visit, dialled), _mailbox_of(visit, dialled))


def _ring_s(visit: Visit, dialled: Dialled) -> float | None:
    """Return how long it rings; None for an extension, which knows that itself."""
    if dialled.meaning is Meaning.EXTENSION:
        return None
    return EMERGENCY_RING_S if visit.call.emergency else RING_S


def _mailbox_of(visit: Visit, dialled: Dialled) -> str | None:
    extension = visit.office.config.extension(dialled.number)
    return extension.voicemail if extension else None


async def ring_and_talk(
    visit: Visit, attempts: list[Attempt], ring_s: float | None, mailbox: str | None = None
) -> None:
    """Ring these for the phone; a tone says why nobody came.

    When nobody answered, or no phone is there, `mailbox` takes over; whoever is busy may be
    asked again soon.
    """
    call = visit.call
    call.enter(CallPhase.CONNECTING, Text(code="where.ringing"))
    reached = await reach(call, visit.caller, attempts, ring_s)
    if reached.leg is None:
        no_answer = reached.disposition is Disposition.NO_ANSWER
        unanswered = no_answer or reached.cause in NOBODY_THERE
        await _nobody(visit, reached, reached.mailbox or (mailbox if unanswered else None))
        return
    call.disposition = Disposition.ANSWERED
    await visit.recorder.begin(reached.leg)
    await visit.talk_to(reached)


async def refuse(visit: Visit, prompt: str | None, tone: str | None = None) -> None:
    """Let the phone hear why nothing comes of it, then clear it."""
    visit.call.disposition = visit.call.disposition or Disposition.FAILED
    if prompt is not None:
        await visit.say(prompt)
    if tone is not None:
        visit.caller.sound.tone(tone)
        await visit.caller.until(lambda: None, TONE_OF_REFUSAL_S)
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


async def _nobody(visit: Visit, reached: Reached, mailbox: str | None) -> None:
    reached.tell(visit.call)
    if mailbox is None:
        await refuse(visit, None, TONE_OF_CAUSE.get(reached.cause, "congestion"))
        return
    await take_message(visit, MessageOrder(mailbox))
    await visit.say("goodbye")
    visit.caller.clear(Cause.NORMAL_CALL_CLEARING)


def _plan(visit: Visit, dialled: Dialled, *, pin_given: bool = False) -> list[Attempt] | Text:
    """Return whom to ring, or the sentence that says why nobody."""
    office, call, own = visit.office, visit.call, own_extension(visit)
    extension = office.config.extension(dialled.number)
    if dialled.meaning is Meaning.EXTENSION and extension is not None:
        return extension_attempts(office, call, [extension], shown_of(own))
    call.emergency = dialled.meaning is Meaning.EMERGENCY
    route = outside_route(office, dialled, own.id if own else None, pin_given=pin_given)
    if route.refused is not None:
        return route.refused
    published = Shown(next(iter(office.config.office.numbers), None))
    return [OutsideAttempt(office, call, route.ways, published, Side.OUTSIDE)]


def shown_of(own: Extension | None) -> Shown:
    return Shown(own.id if own else None, own.name if own else None)
