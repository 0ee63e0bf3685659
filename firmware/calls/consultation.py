"""The other call of a phone that transfers with consultation, and how two calls become one.

To a SIP phone the consultation is a call of its own. What was two calls is one
from the transfer on: the older one's record, room and recording go on.
"""

from dataclasses import dataclass

from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.contract.message import LegId
from firmware.contract.views import CallPhase


@dataclass(frozen=True, slots=True)
class Consultation:
    """`agent` is the transferor's leg on `call`; `partner` talks to it, or else `ringing` ring.

    A mobile that would be asked whether it takes the call is none of them: nobody asks it any more.
    """

    call: Call
    agent: Leg
    partner: Leg | None
    ringing: tuple[Leg, ...] = ()


def consultation(office: Office, call: Call, agent: Leg, leg_id: LegId) -> Consultation | None:
    """Return the other call of `agent`'s phone; None where nobody can be handed over.

    Its leg may have ended a moment ago: phones hang up both calls at once.
    """
    for other in office.calls.values():
        second = next((leg for leg in other.legs if leg.leg_id == leg_id), None)
        if second is not None and other is not call and _is_same_phone(office, agent, second):
            return _consultation(other, second)
    return None


def _is_same_phone(office: Office, one: Leg, other: Leg) -> bool:
    """Nobody joins the calls of others."""
    extension = office.config.extension_of_device(one.line_id)
    same = extension is not None and other.line_id in extension.devices
    return same or one.line_id == other.line_id


def _consultation(call: Call, agent: Leg) -> Consultation | None:
    if any(leg.second is not None for leg in call.legs):
        return None
    if call.conversation is not None:
        partners = [leg for leg in call.conversation.parties if leg is not agent]
        if agent not in call.conversation.parties or len(partners) != 1 or partners[0].is_over:
            return None
        return Consultation(call, agent, partners[0])
    others = [leg for leg in call.legs if leg is not agent and not leg.is_over]
    ringing = tuple(leg for leg in others if not leg.must_confirm)
    rings = call.phase is CallPhase.CONNECTING and not any(leg.is_active for leg in ringing)
    return Consultation(call, agent, None, ringing) if rings and ringing else None


def merged(first: Call, second: Call) -> Call:
    """Return the older of the two, which has all legs now; the younger one's script ends."""
    older, younger = sorted((first, second), key=lambda call: call.call_id)
    if younger.recorder is not None:
        younger.recorder.end()
    if older.recording and older.recorder is not None and younger.recorder is not None:
        older.recorder.trust(younger.recorder.told())
    older.take_over(younger)
    younger.turn_to(_nothing_more)
    return older


async def _nothing_more() -> None:
    """The script of a call that has become part of another."""
