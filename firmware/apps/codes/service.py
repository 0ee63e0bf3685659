"""Serves a phone that has dialled a code: the table says who does what."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from firmware.apps.codes.bundles import bundle_result, take_bundle
from firmware.apps.codes.calling_again import call_back, redial
from firmware.apps.codes.loudspeaker import intercom, page
from firmware.apps.codes.mailboxes import any_mailbox, own_mailbox
from firmware.apps.codes.order import Order
from firmware.apps.codes.speaking import box_address, box_state, claim_code, echo_test, own_number
from firmware.apps.codes.switches import (
    call_waiting,
    do_not_disturb,
    forward,
    forward_off,
    opening,
)
from firmware.apps.codes.taking_calls import pick_up, pick_up_group, take_parked
from firmware.apps.phone.calling import own_extension, refuse
from firmware.calls.dialled import Dialled
from firmware.calls.features import When
from firmware.calls.in_call import WHILE_TALKING
from firmware.calls.visit import Visit
from firmware.config.codes import Code
from firmware.contract.views import Opening

Service: TypeAlias = Callable[[Order], Awaitable[None]]

SERVICES: Final[Mapping[Code, Service]] = {
    Code.OWN_MAILBOX: own_mailbox,
    Code.ANY_MAILBOX: any_mailbox,
    Code.DO_NOT_DISTURB_ON: partial(do_not_disturb, on=True),
    Code.DO_NOT_DISTURB_OFF: partial(do_not_disturb, on=False),
    Code.FORWARD_ALWAYS: partial(forward, when=When.ALWAYS),
    Code.FORWARD_ALWAYS_OFF: partial(forward_off, when=When.ALWAYS),
    Code.FORWARD_BUSY: partial(forward, when=When.BUSY),
    Code.FORWARD_BUSY_OFF: partial(forward_off, when=When.BUSY),
    Code.FORWARD_NO_ANSWER: partial(forward, when=When.NO_ANSWER),
    Code.FORWARD_NO_ANSWER_OFF: partial(forward_off, when=When.NO_ANSWER),
    Code.CALL_WAITING_ON: partial(call_waiting, on=True),
    Code.CALL_WAITING_OFF: partial(call_waiting, on=False),
    Code.PICK_UP: pick_up,
    Code.PICK_UP_GROUP: pick_up_group,
    Code.TAKE_PARKED: take_parked,
    Code.INTERCOM: intercom,
    Code.PAGE: page,
    Code.REDIAL: redial,
    Code.CALL_BACK: call_back,
    Code.CLAIM_CODE: claim_code,
    Code.BOX_ADDRESS: box_address,
    Code.BOX_STATE: box_state,
    Code.OWN_NUMBER: own_number,
    Code.ECHO_TEST: echo_test,
    Code.BUNDLE_TAKE: take_bundle,
    Code.BUNDLE_RESULT: bundle_result,
    Code.OFFICE_OPEN: partial(opening, to=Opening.OPEN),
    Code.OFFICE_CLOSED: partial(opening, to=Opening.CLOSED),
    Code.OFFICE_BY_HOURS: partial(opening, to=Opening.BY_HOURS),
}


async def serve_code(visit: Visit, dialled: Dialled) -> None:
    """Do what the code says, then clear the phone. Raises LegEnded when it hangs up."""
    own, code = own_extension(visit), dialled.code
    service = SERVICES.get(code) if code is not None else None
    if own is not None and _is_for_talking(visit, dialled):
        visit.call.step("feature.code-while-talking", visit.caller, keys=dialled.number)
        await refuse(visit, "code-while-talking")
    elif code is None or service is None or own is None:
        visit.call.step("feature.code-unknown", visit.caller, keys=dialled.number)
        await refuse(visit, "code-unknown")
    elif code in own.blocked_codes:
        visit.call.step("feature.code-blocked", visit.caller, keys=dialled.number)
        await refuse(visit, "code-blocked")
    else:
        await service(Order(visit, own, dialled.behind))
    visit.caller.clear()


def _is_for_talking(visit: Visit, dialled: Dialled) -> bool:
    codes = visit.office.config.codes
    return dialled.number in {codes.keys(code) for code in WHILE_TALKING}
