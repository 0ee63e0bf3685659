"""Transfer by hook flash: hold, dial, consult, then hang up (it is theirs) or flash back.

Hanging up before the third party answers is the blind form: the held party
hears ringback and goes on waiting for them.
"""

from typing import Final

from firmware.calls.attempt import Attempt, OutsideAttempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialled import Dialled, Meaning
from firmware.calls.dialling import dialled_by_phone
from firmware.calls.leg import Leg, LegEnded
from firmware.calls.office import Office
from firmware.calls.reach import extension_attempts, outside_route, reach
from firmware.contract.causes import Cause

CONSULT_RING_S: Final = 30.0


class Transfer:
    """`agent` has flashed while talking to `held`."""

    def __init__(self, office: Office, call: Call, agent: Leg, held: Leg) -> None:
        self._office, self._call = office, call
        self._agent, self._held = agent, held
        self._room = f"{call.call_id}-c"

    async def run(self) -> Leg | None:
        """Return who talks to the held party now; None when it is the agent again, or nobody."""
        self._call.step("transfer.begins", self._agent)
        self._hold()
        try:
            dialled = await dialled_by_phone(self._office, self._agent)
            attempts = self._attempts(dialled)
            if not attempts:
                self._call.step("transfer.not-possible", number=dialled.number)
                return None
            return await self._consult(attempts)
        except LegEnded:
            return None

    def _hold(self) -> None:
        self._agent.flashed = False
        for leg in (self._agent, self._held):
            leg.sound.enter(None)
        self._call.members_changed()

    def _attempts(self, dialled: Dialled) -> list[Attempt]:
        office, call = self._office, self._call
        shown = Shown(self._held.number, self._held.name)
        extension = office.config.extension(dialled.number)
        if dialled.meaning is Meaning.EXTENSION and extension is not None:
            return extension_attempts(office, call, [extension], shown)
        own = office.config.extension_of_device(self._agent.line_id)
        route = outside_route(office, dialled, own.id if own else None)
        return [OutsideAttempt(office, call, route.ways, shown)] if route.ways else []

    async def _consult(self, attempts: list[Attempt]) -> Leg | None:
        """Ring the third party for the agent; for the held party once the agent has hung up."""
        third: Leg | None = None
        try:
            third = (await reach(self._agent, attempts, CONSULT_RING_S, self._flashed_back)).leg
        except LegEnded as gone:
            if gone.leg is not self._agent or self._held.is_over:
                raise
        if third is None and self._agent.is_over:
            return await self._blind(attempts)
        if third is None:
            self._call.step("transfer.came-back", self._agent)
            return None
        return await self._talk_it_over(third)

    async def _blind(self, attempts: list[Attempt]) -> Leg | None:
        self._call.step("transfer.blind")
        return (await reach(self._held, attempts, CONSULT_RING_S)).leg

    async def _talk_it_over(self, third: Leg) -> Leg | None:
        self._call.step("transfer.consulting", third)
        for leg in (self._agent, third):
            leg.sound.stop()
            leg.sound.enter(self._room)
        await self._call.until(
            lambda: (
                self._agent.flashed or any(leg.is_over for leg in (self._agent, third, self._held))
            ),
            None,
        )
        if self._agent.is_over and not third.is_over and not self._held.is_over:
            self._call.step("transfer.done", third)
            return third
        third.clear(Cause.NORMAL_CALL_CLEARING)
        self._call.step("transfer.came-back", self._agent)
        return None

    def _flashed_back(self) -> bool:
        return self._agent.flashed or self._held.is_over
