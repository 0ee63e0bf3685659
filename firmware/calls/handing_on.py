"""A party waits for somebody they are handed on to; when nobody answers they come back.

Whoever handed them on has hung up already, so it is their phone that rings again.
"""

from collections.abc import Sequence
from typing import Final, NoReturn

from firmware.calls.attempt import Attempt, PhoneAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.conversation import Script
from firmware.calls.hold import set_aside
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.reach import reach
from firmware.contract.causes import Cause
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase

RING_S: Final = 30.0
EMERGENCY_RING_S: Final = 180.0
RECALL_S: Final = 30.0
LINE_IDLE_S: Final = 5.0
"""How long the line of who handed on may take to be idle again."""


async def handed_on(
    office: Office, call: Call, agent: Leg, held: Leg, attempts: Sequence[Attempt]
) -> Leg | None:
    """Return who talks to `held` now: one of those rung, or `agent`'s phone; None when nobody does.

    `held` hears ringback. Raises LegEnded when they hang up.
    """
    set_aside(held)
    call.members_changed()
    call.enter(CallPhase.CONNECTING, Text(code="where.handed-on"))
    reached = await reach(call, held, attempts, EMERGENCY_RING_S if call.emergency else RING_S)
    if reached.leg is not None:
        call.step("transfer.done", reached.leg)
        return reached.leg
    call.step("transfer.not-answered", agent, cause=int(reached.cause))
    return await recalled(office, call, agent, held)


async def handed_to(call: Call, menu: Script) -> NoReturn:
    """Let the call's next script serve the party; never returns, for this one is stopped."""
    call.turn_to(menu)
    while True:
        await call.until(lambda: None, None)


async def recalled(office: Office, call: Call, agent: Leg, held: Leg) -> Leg | None:
    """Ring `agent`'s phone again for `held`; None, and the story says so, when nobody lifts it."""
    agent.clear(Cause.NORMAL_CALL_CLEARING)
    call.step("transfer.recall", agent, line=agent.line_id)
    await held.until(lambda: office.lines.is_free(agent.line_id), LINE_IDLE_S)
    again = PhoneAttempt(office, call, agent.line_id, Shown(held.number, held.name))
    reached = await reach(call, held, [again], RECALL_S)
    if reached.leg is None:
        call.step("transfer.nobody", agent)
        held.clear(reached.cause)
    return reached.leg
