"""A phone asks to hand its party on (SIP REFER); the exchange decides, does it and answers."""

from firmware.calls.attempt import Shown
from firmware.calls.call import Call
from firmware.calls.dialled import understand
from firmware.calls.handing_on import handed_on
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.third_party import cause_of_refusal, third_party
from firmware.contract.causes import Cause
from firmware.contract.control import Side
from firmware.contract.texts import Text


async def hand_on(
    office: Office, call: Call, agent: Leg, others: tuple[Leg, ...]
) -> tuple[Leg, ...] | None:
    """Deal with `agent`'s wish; return who talks afterwards, None when all stays as it is.

    Raises LegEnded when the party hangs up while being handed on.
    """
    wish = agent.wish
    if wish is None:
        return None
    possible = len(others) == 1 and not others[0].is_over
    if not possible or call.side_of(agent) is not Side.OFFICE or wish.to is None:
        _refuse(call, agent, Text(code="transfer.not-now"), Cause.FACILITY_REJECTED)
        return None
    return await _blind(office, call, agent, others[0], wish.to)


async def _blind(
    office: Office, call: Call, agent: Leg, held: Leg, to: str
) -> tuple[Leg, ...] | None:
    dialled = understand(to, office.config)
    planned = third_party(office, call, agent, dialled, Shown(held.number, held.name))
    if isinstance(planned, Text):
        _refuse(call, agent, planned, cause_of_refusal(planned))
        return None
    call.step("transfer.blind-to", agent, number=dialled.number)
    agent.answer_transfer(accepted=True)
    agent.clear(Cause.NORMAL_CALL_CLEARING)
    reached = await handed_on(office, call, agent, held, planned)
    return (held,) if reached is None else (held, reached)


def _refuse(call: Call, agent: Leg, why: Text, cause: Cause) -> None:
    call.step(why.code, agent, **why.args)
    agent.answer_transfer(accepted=False, cause=cause)
