"""A phone asks to hand its party on (SIP REFER); the exchange decides, does it and answers."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from firmware.calls.attempt import Shown
from firmware.calls.call import Call
from firmware.calls.consultation import Consultation, consultation, merged
from firmware.calls.dialled import understand
from firmware.calls.handing_on import handed_on, handed_to, recalled
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.parking import park
from firmware.calls.ringing_leg import RingingLeg
from firmware.calls.third_party import cause_of_refusal, third_party
from firmware.config.codes import Code
from firmware.contract.causes import Cause
from firmware.contract.message import DialString, LegId
from firmware.contract.texts import Text
from firmware.contract.views import Side

Parties: TypeAlias = tuple[Leg, ...]
GoOn: TypeAlias = Callable[[Call, Parties], Awaitable[None]]
"""Lets parties talk on another call than the one that is being asked."""


class TransferRequest:
    """`agent` talks to `held` on `call` and wishes to hand them on."""

    def __init__(self, office: Office, call: Call, agent: Leg, held: Leg) -> None:
        self._office, self._call = office, call
        self._agent, self._held = agent, held

    async def run(self, go_on: GoOn) -> Parties | None:
        """Return who talks afterwards, None when all stays as it is.

        Does not return when `go_on` carries the parties elsewhere. Raises
        LegEnded when the party hangs up while being handed on.
        """
        wish, asks_from_outside = self._agent.wish, self._call.side_of(self._agent) is Side.OUTSIDE
        between_calls = self._agent.second is not None or self._held.second is not None
        if wish is None or self._held.is_over or asks_from_outside or between_calls:
            return await self._refuse(Text(code="transfer.not-now"), Cause.FACILITY_REJECTED)
        if wish.with_leg_id is not None:
            return await self._attended(wish.with_leg_id, go_on)
        return await self._blind(wish.to or "")

    async def _blind(self, to: DialString) -> Parties | None:
        dialled = understand(to, self._office.config)
        if dialled.code is Code.PARK:
            self._agent.answer_transfer(accepted=True)
            return await park(self._office, self._call, self._agent, self._held)
        menu = self._office.menu_for(self._call, self._held, dialled)
        if menu is not None:
            self._call.step("transfer.blind-to", self._agent, number=dialled.number)
            self._accept(self._agent)
            return await handed_to(self._call, menu)
        shown = Shown(self._held.number, self._held.name)
        planned = third_party(self._office, self._call, self._agent, dialled, shown)
        if isinstance(planned, Text):
            return await self._refuse(planned, cause_of_refusal(planned))
        self._call.step("transfer.blind-to", self._agent, number=dialled.number)
        self._accept(self._agent)
        return self._with(
            await handed_on(self._office, self._call, self._agent, self._held, planned)
        )

    async def _attended(self, with_leg_id: LegId, go_on: GoOn) -> Parties | None:
        other = consultation(self._office, self._call, self._agent, with_leg_id)
        if other is None:
            return await self._refuse(Text(code="transfer.not-now"), Cause.FACILITY_REJECTED)
        self._call.step("transfer.attended", self._agent)
        older = merged(self._call, other.call)
        self._accept(self._agent, other.agent)
        if older is self._call:
            return await self._joined(other)
        older.turn_to(lambda: self._elsewhere(older, other, go_on))
        return await self._call.until(lambda: None, None)

    async def _elsewhere(self, older: Call, other: Consultation, go_on: GoOn) -> None:
        """As the script of the older call, which is not the one that was asked."""
        self._call = older
        await go_on(older, await self._joined(other))

    async def _joined(self, other: Consultation) -> Parties:
        """Return who talks once the calls are one; who still rings is waited for."""
        if other.partner is not None:
            self._call.step("transfer.done", other.partner)
            return self._held, other.partner
        for leg in self._call.legs:
            if leg.must_confirm and not leg.is_over:
                leg.clear(Cause.NORMAL_CALL_CLEARING)
        ringing = [RingingLeg(leg) for leg in other.ringing]
        return self._with(
            await handed_on(self._office, self._call, self._agent, self._held, ringing)
        )

    def _accept(self, *legs: Leg) -> None:
        self._agent.answer_transfer(accepted=True)
        for leg in legs:
            leg.clear(Cause.NORMAL_CALL_CLEARING)

    async def _refuse(self, why: Text, cause: Cause) -> Parties | None:
        """All stays as it is; but who has hung up already gets their party back."""
        self._call.step(why.code, self._agent, **why.args)
        self._agent.answer_transfer(accepted=False, cause=cause)
        if not self._agent.is_over or self._held.is_over:
            return None
        return self._with(await recalled(self._office, self._call, self._agent, self._held))

    def _with(self, reached: Leg | None) -> Parties:
        return (self._held,) if reached is None else (self._held, reached)
