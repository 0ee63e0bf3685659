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
from firmware.calls.reach import Reached, extension_attempts, outside_route, reach
from firmware.contract.causes import Cause

CONSULT_RING_S: Final = 30.0


class Transfer:
    """`agent` has flashed while talking to `held`."""

    def __init__(self, office: Office, call: Call, agent: Leg, held: Leg) -> None:
        self._office, self._call = office, call
        self._agent, self._held = agent, held

    async def run(self) -> Leg | None:
        """Return who talks to the held party now; None when it is the agent again, or nobody."""
        self._call.step("transfer.begins", self._agent)
        await self._hold()
        try:
            dialled = await dialled_by_phone(self._office, self._agent, self._flashed_back)
            attempts = [] if self._flashed_back() else self._attempts(dialled)
            if not attempts:
                self._call.step("transfer.not-possible", number=dialled.number)
                return None
            return await self._consult(attempts)
        except LegEnded:
            return None

    async def _hold(self) -> None:
        """The agent is asked for a number; the other hears the music they know, or a beep."""
        self._agent.flashed = False
        for leg in (self._agent, self._held):
            leg.sound.enter(None)
        self._call.members_changed()
        music = self._call.music
        files = await self._office.voices.files(music, self._call.language) if music else ()
        if files:
            self._held.sound.play(files, loop=True)
        else:
            self._held.sound.tone("hold")

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
            third = (await self._reach(self._agent, attempts)).leg
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
        self._held.sound.stop()
        return (await self._reach(self._held, attempts)).leg

    async def _reach(self, caller: Leg, attempts: list[Attempt]) -> Reached:
        stop = self._flashed_back if caller is self._agent else _never
        return await reach(self._call, caller, attempts, CONSULT_RING_S, stop)

    async def _talk_it_over(self, third: Leg) -> Leg | None:
        self._call.step("transfer.consulting", third)
        for leg in (self._agent, third):
            leg.sound.stop()
            leg.sound.enter(self._call.consult_room)
        self._call.members_changed()
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


def _never() -> bool:
    """Nobody can call a blind transfer back."""
    return False
