"""Transfer by hook flash: hold, dial, consult, then hang up (it is theirs) or flash: all three.

Hanging up before the third party answers is the blind form: the held party
hears ringback and goes on waiting for them. A flash before that goes back.
"""

from firmware.calls.attempt import Attempt, Shown
from firmware.calls.call import Call
from firmware.calls.dialling import dialled_by_phone
from firmware.calls.handing_on import EMERGENCY_RING_S, RING_S, handed_on, handed_to, recalled
from firmware.calls.hold import put_on_hold
from firmware.calls.leg import Leg, LegEnded
from firmware.calls.office import Office
from firmware.calls.parking import park
from firmware.calls.reach import reach
from firmware.calls.third_party import third_party
from firmware.calls.toll_refusals import PROMPT_OF_REFUSAL
from firmware.config.codes import Code
from firmware.contract.causes import Cause
from firmware.contract.texts import Text


class Transfer:
    """`agent` has flashed while talking to `held`."""

    def __init__(self, office: Office, call: Call, agent: Leg, held: Leg) -> None:
        self._office, self._call = office, call
        self._agent, self._held = agent, held

    async def run(self) -> tuple[Leg, ...]:
        """Return who talks with each other now; they may be over already. Raises LegEnded.

        Who hangs up and has handed nobody on is rung again for the held party.
        """
        self._call.step("transfer.begins", self._agent)
        await self._hold()
        parties = await self._handed_on()
        if self._agent not in parties or not self._agent.is_over or self._held.is_over:
            return parties
        again = await recalled(self._office, self._call, self._agent, self._held)
        return (self._held,) if again is None else (self._held, again)

    async def _handed_on(self) -> tuple[Leg, ...]:
        try:
            dialled = await dialled_by_phone(self._office, self._agent, self._flashed_back)
            if self._flashed_back():
                return self._back()
            if dialled.code is Code.PARK:
                return await park(self._office, self._call, self._agent, self._held)
            menu = self._office.menu_for(self._call, self._held, dialled)
            if menu is not None:
                self._call.step("transfer.blind-to", self._agent, number=dialled.number)
                self._agent.clear(Cause.NORMAL_CALL_CLEARING)
                return await handed_to(self._call, menu)
            shown = Shown(self._held.number, self._held.name)
            planned = third_party(self._office, self._call, self._agent, dialled, shown)
            if isinstance(planned, Text):
                await self._refuse(planned, dialled.number)
                return self._held, self._agent
            return await self._consult(planned)
        except LegEnded:
            return self._held, self._agent

    async def _refuse(self, why: Text, number: str) -> None:
        """Tell the agent why nobody is called, then they are back with the held party."""
        self._call.step(why.code, self._agent, **why.args)
        self._call.step("transfer.not-possible", number=number)
        prompt = PROMPT_OF_REFUSAL.get(why.code)
        if prompt is not None:
            await self._agent.play(await self._office.voices.files(prompt, self._call.language))

    async def _hold(self) -> None:
        """The agent is asked for a number meanwhile."""
        self._agent.sound.enter(None)
        await put_on_hold(self._office, self._call, self._held)
        self._call.members_changed()

    async def _consult(self, attempts: list[Attempt]) -> tuple[Leg, ...]:
        """Ring the third party for the agent; for the held party once the agent has hung up."""
        third: Leg | None = None
        try:
            ring_s = EMERGENCY_RING_S if self._call.emergency else RING_S
            reached = await reach(self._call, self._agent, attempts, ring_s, self._flashed_back)
            third = reached.leg
        except LegEnded as gone:
            if gone.leg is not self._agent or self._held.is_over:
                raise
        if third is None and self._agent.is_over:
            self._call.step("transfer.blind")
            third = await handed_on(self._office, self._call, self._agent, self._held, attempts)
            return (self._held,) if third is None else (self._held, third)
        return self._back() if third is None else await self._talk_it_over(third)

    async def _talk_it_over(self, third: Leg) -> tuple[Leg, ...]:
        self._call.step("transfer.consulting", third)
        self._agent.flashed = False
        for leg in (self._agent, third):
            leg.sound.stop()
            leg.sound.enter(self._call.consult_room)
        self._call.members_changed()
        trio = (self._held, self._agent, third)
        await self._call.until(
            lambda: self._agent.flashed or any(leg.is_over for leg in trio), None
        )
        if third.is_over or self._held.is_over:
            third.clear(Cause.NORMAL_CALL_CLEARING)
            return self._back()
        if self._agent.is_over:
            self._call.step("transfer.done", third)
            return self._held, third
        self._call.step("conference.begins", self._agent)
        return trio

    def _back(self) -> tuple[Leg, ...]:
        self._call.step("transfer.came-back", self._agent)
        return self._held, self._agent

    def _flashed_back(self) -> bool:
        return self._agent.flashed or self._held.is_over
