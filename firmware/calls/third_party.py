"""Whom a party is handed on to: what the phone dialled, as attempts to ring, or why not.

The toll guard decides as for a call of that phone: nobody transfers to where
they may not call.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from firmware.calls.attempt import Attempt, OutsideAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.reach import extension_attempts, group_attempts
from firmware.calls.routing_out import WayOut
from firmware.calls.ways_out import outside_route
from firmware.contract.causes import Cause
from firmware.contract.texts import Text

_CAUSE_OF: Final[Mapping[str, Cause]] = {
    "route.not-a-number": Cause.INVALID_NUMBER_FORMAT,
    "route.no-free-line": Cause.NO_CIRCUIT_AVAILABLE,
    "route.no-line-at-all": Cause.NO_CIRCUIT_AVAILABLE,
}


def third_party(
    office: Office, call: Call, agent: Leg, dialled: Dialled, shown: Shown
) -> list[Attempt] | Text:
    """Return whom to ring for `agent`, or the sentence that says why nobody."""
    extension = office.config.extension(dialled.number)
    group = office.config.group_numbered(dialled.number)
    if dialled.meaning is Meaning.EXTENSION and extension is not None:
        return extension_attempts(office, call, [extension], shown)
    if dialled.meaning is Meaning.GROUP and group is not None:
        return group_attempts(office, call, group, shown)
    own = office.config.extension_of_device(agent.line_id)
    route = outside_route(office, dialled, own.id if own else None)
    ways = _emergency(call, route.ways) if dialled.meaning is Meaning.EMERGENCY else route.ways
    return route.refused or [OutsideAttempt(office, call, ways, shown)]


def _emergency(call: Call, ways: Sequence[WayOut]) -> Sequence[WayOut]:
    """Return the ways besides the call's own lines, if there are any.

    Nobody clears the held party to call for help where another line will do.
    """
    ours = {leg.line_id for leg in call.legs if not leg.is_over}
    others = [way for way in ways if way.line_id not in ours]
    call.emergency = call.emergency or bool(others)
    return others or ways


def cause_of_refusal(why: Text) -> Cause:
    return _CAUSE_OF.get(why.code, Cause.OUTGOING_CALLS_BARRED)
