"""The ways a call of an extension may take to a number outside, as of now; and whether it may."""

import logging
from datetime import UTC, datetime

from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.office import Office
from firmware.calls.routing_out import RouteOut, route_out
from firmware.calls.toll_guard import Asked, refusal_but_for_now
from firmware.contract.texts import Text

log = logging.getLogger(__name__)


def outside_route(
    office: Office, dialled: Dialled, extension: str | None, *, pin_given: bool = False
) -> RouteOut:
    """Return the ways for a call `extension` makes or is to blame for; None is a flow.

    Who can ask for a PIN does so when refused with `toll.pin-needed`, and asks again.
    """
    held = None
    if dialled.meaning is Meaning.OUTSIDE:
        held = office.tolls.hold(dialled.number, extension)
    if held is not None:
        return RouteOut(refused=held)
    config, lines, room = office.config, office.lines, office.tolls.room
    return route_out(dialled, extension, config, lines, room, pin_given=pin_given)


def may_reach(office: Office, dialled: Dialled, extension: str | None) -> Text | None:
    """Return why `extension` (None: a flow) may never reach this; None when it may.

    For what is set now and used later, such as a forward: hours, caps and free
    lines are looked at when the call is made. A PIN nobody could type refuses.
    """
    if dialled.meaning is not Meaning.OUTSIDE:
        return None
    return refusal_but_for_now(Asked(dialled.number, extension, datetime.now(UTC)), office.config)


def refusal(call: Call, why: Text) -> None:
    """Note in the call's story, and in the log, why it may not go out."""
    log.info("call %s: may not go out: %s", call.call_id, why.code)
    call.step(why.code, None, **why.args)
