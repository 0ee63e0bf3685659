"""Parking: a party waits at a place whose number was spoken, until any phone takes it there.

Waiting too long it rings back where it was parked, and waits on when nobody
lifts: nobody who was parked is ever lost.
"""

from pathlib import Path
from typing import Final

from firmware.calls.attempt import Shown
from firmware.calls.call import Call
from firmware.calls.hold import put_on_hold
from firmware.calls.leg import Leg, LegEnded
from firmware.calls.office import Office
from firmware.calls.reach import extension_attempts, reach
from firmware.config.codes import PARKING_PLACES
from firmware.contract.causes import Cause
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase

LONGEST_RING_BACK_S: Final = 60.0


async def park(office: Office, call: Call, agent: Leg, held: Leg) -> tuple[Leg, ...]:
    """Return who talks afterwards: the party and who took it; the agent when there is no place.

    Raises LegEnded when the party hangs up.
    """
    place = next((one for one in range(1, PARKING_PLACES + 1) if one not in office.parked), None)
    if place is None:
        call.step("feature.no-place", agent)
        await _tell(office, call, agent, "no-place")
        return held, agent
    office.parked[place] = call
    try:
        call.step("feature.parked", agent, place=place)
        await put_on_hold(office, call, held)
        await _tell(office, call, agent, "parked-at", *office.voices.number(place, call.language))
        agent.clear(Cause.NORMAL_CALL_CLEARING)
        return held, await _taken(office, call, agent, held, place)
    finally:
        office.parked.pop(place, None)


async def _tell(office: Office, call: Call, agent: Leg, prompt: str, *more: Path) -> None:
    """Say it to who parks; they may have hung up already, then the page shows the place."""
    agent.sound.enter(None)
    try:
        await agent.play([*await office.voices.files(prompt, call.language), *more])
    except LegEnded as gone:
        if gone.leg is not agent:
            raise


async def _taken(office: Office, call: Call, agent: Leg, held: Leg, place: int) -> Leg:
    """Return the leg that has taken the party, however long it takes."""
    extension = office.config.extension_of_device(agent.line_id)
    while True:
        call.enter(CallPhase.CONNECTING, Text(code="where.parked", args={"place": place}))
        taker = await _wait(office, call, held)
        if taker is not None:
            return taker
        if extension is None:
            continue
        call.step("feature.park-rings-back", held, extension=extension.id)
        attempts = extension_attempts(office, call, [extension], Shown(held.number, held.name))
        reached = await reach(call, held, attempts, LONGEST_RING_BACK_S)
        if reached.leg is not None:
            return reached.leg
        await put_on_hold(office, call, held)


async def _wait(office: Office, call: Call, held: Leg) -> Leg | None:
    """Wait for a taker until it is time to ring back."""
    call.taker, call.may_be_taken = None, True
    try:
        ring_back_s = float(office.config.codes.parking_ring_back_s)
        return await held.until(lambda: call.taker, ring_back_s)
    finally:
        call.taker, call.may_be_taken = None, False
