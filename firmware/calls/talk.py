"""People talk: who is in the room, who is on hold, and how it ends or is handed on."""

import time
from collections.abc import Awaitable, Callable
from typing import Final

from firmware.calls.call import Call
from firmware.calls.handing_on import recalled
from firmware.calls.hangup import MAX_SILENCE_S
from firmware.calls.hold import put_on_hold, set_aside
from firmware.calls.in_call import RecordingKeys, keyed
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.parking import park
from firmware.calls.recorder import Recorder
from firmware.calls.transfer import Transfer
from firmware.calls.transfer_request import TransferRequest
from firmware.config.codes import Code
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line_state import Audio
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase, Side

LOOK_EVERY_S: Final = 5.0


class Talk:
    """One conversation; `run` returns when it is over, with every party cleared.

    Two parties, or more after `add`: they hear each other. What may happen
    meanwhile, and what is done then, is the table `_deals`.
    """

    def __init__(self, office: Office, call: Call, recorder: Recorder, *parties: Leg) -> None:
        self._office, self._call, self._recorder = office, call, recorder
        self._parties = parties
        self._arranged: frozenset[str] = frozenset()
        self._away: frozenset[str] = frozenset()
        self._quiet_since = time.monotonic()
        self._may_be_forgotten = False
        self._is_dealing = True
        self._deals: tuple[tuple[Callable[[Leg], bool], Callable[[Leg], Awaitable[None]]], ...] = (
            # A phone may ask for a transfer and hang up in one breath.
            (lambda leg: leg.wish is not None, self._hand_on),
            (lambda leg: leg.is_over, self._leave),
            (self._has_changed_hold, self._arrange),
            (self._is_new, self._arrange),
            (self._has_flashed, self._flash),
            (self._has_keyed, self._keyed),
        )
        """The first that is so goes first."""

    @property
    def parties(self) -> tuple[Leg, ...]:
        return self._parties

    @property
    def may_be_interrupted(self) -> bool:
        """Whether two talk and nothing else is being done, so that a call may be offered."""
        return len(self._parties) == 2 and not self._is_dealing and not self._away

    def add(self, leg: Leg) -> None:
        """Let a leg of the call, connected already, talk with the others."""
        if leg not in self._parties:
            self._parties = (*self._parties, leg)
            self._call.news.wake()

    async def run(self) -> None:
        """Raises LineError when one of them cannot talk and listen at once; LegEnded."""
        for leg in self._parties:
            if leg.terminal.audio is not Audio.FULL:
                raise LineError("call.line-cannot-talk", line=leg.line_id)
        self._call.conversation = self
        try:
            await self._arrange()
            await self._go_on()
        finally:
            self._call.conversation = None
        for leg in self._parties:
            self._call.let_go(leg, Cause.NORMAL_CALL_CLEARING)

    async def _go_on(self) -> None:
        while len(self._parties) > 1 and not self._is_forgotten():
            self._is_dealing = False
            happened = await self._call.until(self._happened, LOOK_EVERY_S)
            self._is_dealing = True
            if happened is not None:
                deal, leg = happened
                await deal(leg)

    def _happened(self) -> tuple[Callable[[Leg], Awaitable[None]], Leg] | None:
        """Return what is to be done next, and whose doing it is."""
        return next(
            ((deal, leg) for is_so, deal in self._deals for leg in self._parties if is_so(leg)),
            None,
        )

    # ---- what may happen

    def _is_new(self, leg: Leg) -> bool:
        return leg.leg_id not in self._arranged

    def _has_changed_hold(self, leg: Leg) -> bool:
        return self._is_away(leg) != (leg.leg_id in self._away)

    def _is_away(self, leg: Leg) -> bool:
        """Whether the phone holds its party: by its own key, or to be with its other call."""
        return self._is_office(leg) and (leg.holds or self._is_elsewhere(leg))

    def _is_elsewhere(self, leg: Leg) -> bool:
        return leg.second is not None and not leg.second.is_with(self._call.call_id)

    def _has_flashed(self, leg: Leg) -> bool:
        return leg.flashed and self._is_office(leg) and not self._is_elsewhere(leg)

    def _has_keyed(self, leg: Leg) -> bool:
        return self._is_office(leg) and keyed(leg, self._office.config) is not None

    async def _leave(self, gone: Leg) -> None:
        self._parties = tuple(leg for leg in self._parties if leg is not gone)
        if len(self._parties) == 1 and self._is_elsewhere(gone):
            held = self._parties[0]
            again = await recalled(self._office, self._call, gone, held)
            await self._continue_as((held,) if again is None else (held, again))
        elif len(self._parties) > 1:
            self._call.step("conference.left", gone)
            await self._arrange()

    async def _hand_on(self, agent: Leg) -> None:
        others = [leg for leg in self._parties if leg is not agent]
        if len(others) > 1:
            self._call.step("transfer.not-now", agent)
            agent.answer_transfer(accepted=False)
            return
        request = TransferRequest(self._office, self._call, agent, others[0])
        parties = await request.run(self._go_on_elsewhere)
        if parties is not None:
            await self._continue_as(parties)

    async def _go_on_elsewhere(self, call: Call, parties: tuple[Leg, ...]) -> None:
        """Two calls have become one, and it is not this one."""
        recorder = call.recorder or self._recorder
        await Talk(self._office, call, recorder, *parties).run()

    async def _flash(self, agent: Leg) -> None:
        """Two parties: ask for a third. More: the last who came is dropped."""
        agent.flashed = False
        others = [leg for leg in self._parties if leg is not agent]
        if agent.second is not None and not agent.second.is_withdrawn:
            agent.second.flash()
        elif len(others) == 1:
            transfer = Transfer(self._office, self._call, agent, others[0])
            await self._continue_as(await transfer.run())
        elif self._parties[-1] is not agent:
            self._call.step("conference.dropped", self._parties[-1])
            self._parties[-1].clear(Cause.NORMAL_CALL_CLEARING)

    async def _keyed(self, agent: Leg) -> None:
        """A code was keyed in while talking."""
        code = keyed(agent, self._office.config)
        agent.keys.clear()
        others = tuple(leg for leg in self._parties if leg is not agent)
        recording = RecordingKeys(self._office, self._call, self._recorder)
        if code is Code.RECORD:
            await recording.toggle(agent, others)
        elif code is Code.PAUSE_RECORDING:
            await recording.pause(agent)
        elif len(others) == 1:
            await self._continue_as(await park(self._office, self._call, agent, others[0]))

    async def _continue_as(self, parties: tuple[Leg, ...]) -> None:
        """Go on with other parties; a rule of who is new may ask for recording. Raises LegEnded."""
        self._parties = tuple(leg for leg in parties if not leg.is_over)
        if len(self._parties) < 2:
            return
        await self._announce()
        await self._arrange()

    async def _announce(self) -> None:
        for leg in self._parties:
            if not self._is_office(leg):
                leg.sound.stop()
                await self._recorder.begin(leg)

    # ---- who hears whom

    async def _arrange(self, _because_of: Leg | None = None) -> None:
        """Put into the room who talks; the others wait, and who is held hears music."""
        self._note_holding()
        talking = [leg for leg in self._parties if leg.leg_id not in self._away]
        for leg in self._parties:
            if len(talking) > 1 and leg in talking:
                self._seat(leg)
            elif leg in talking:
                await put_on_hold(self._office, self._call, leg)
            elif not self._is_elsewhere(leg):
                set_aside(leg)
        self._tell()
        self._recorder.follow()

    def _seat(self, leg: Leg) -> None:
        leg.sound.stop()
        leg.keys.clear()
        leg.flashed = False
        leg.sound.enter(self._call.room)
        leg.sound.listen(connected=True, voice=self._may_be_forgotten)

    def _note_holding(self) -> None:
        away = frozenset(leg.leg_id for leg in self._parties if self._is_away(leg))
        for leg in self._parties:
            if (leg.leg_id in away) != (leg.leg_id in self._away):
                self._call.step("call.held" if leg.leg_id in away else "call.retrieved", leg)
        self._away = away
        self._arranged = frozenset(leg.leg_id for leg in self._parties)
        self._quiet_since = time.monotonic()
        self._may_be_forgotten = any(leg.terminal.listens_for_tones for leg in self._parties)

    def _tell(self) -> None:
        if self._call.phase is not CallPhase.TALKING:
            self._call.step("call.connected")
        where = Text(code="where.on-hold") if self._away else None
        self._call.enter(CallPhase.TALKING, where)
        for leg in self._parties:
            if self._is_office(leg):
                self._call.talks_to(leg)

    def _is_office(self, leg: Leg) -> bool:
        return self._call.side_of(leg) is Side.OFFICE

    def _is_forgotten(self) -> bool:
        """A call nobody ends must not hold an analogue line for days."""
        quiet_s = min(leg.quiet_for_s(self._quiet_since) for leg in self._parties)
        forgotten = self._may_be_forgotten and not self._away and quiet_s > MAX_SILENCE_S
        if forgotten:
            self._call.step("call.silent", seconds=int(MAX_SILENCE_S))
        return forgotten
