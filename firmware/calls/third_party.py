"""Whom a party is handed on to: what the phone dialled, as attempts to ring, or why not.

The toll guard decides as for a call of that phone: nobody transfers to where
they may not call.
"""

from collections.abc import Mapping
from typing import Final

from firmware.calls.attempt import Attempt, OutsideAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.reach import extension_attempts, group_attempts
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
    return route.refused or [OutsideAttempt(office, call, route.ways, shown)]


def cause_of_refusal(why: Text) -> Cause:
    return _CAUSE_OF.get(why.code, Cause.OUTGOING_CALLS_BARRED)
