"""The calls of one modem: its leg, what rings, and the sound; reports go to the card."""

import asyncio
import logging
from typing import Final

from drivers.gains import Gains
from drivers.gsm.at import ClccStatus, ListedCall, Result, ResultKind
from drivers.gsm.cause import CAUSE_OF_RESULT, cause_of
from drivers.gsm.dialling import PAUSE_S, Dialling, dialling
from drivers.gsm.leg import GsmLeg, Step
from drivers.gsm.modem import OpenModem
from drivers.gsm.profile import SoundOrder
from drivers.gsm.ringing import Ringing
from drivers.gsm.talk import Talk
from drivers.gsm.unasked import CallerId, CallOver, DigitReported, Event, MaySend, Ring
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices
from firmware.contract.message import new_leg_id
from firmware.contract.messages import (
    Alarm,
    Alerting,
    AnswerCall,
    ClearCall,
    Connect,
    Digit,
    Disconnect,
    LiveLeg,
    PlaceCall,
    Proceeding,
    Progress,
    Release,
    Setup,
)
from firmware.contract.settings import GsmLineSettings

log = logging.getLogger(__name__)

SOON_S: Final = 0.1
"""Between two looks while a ring waits for its caller id, or digits wait to be sent."""
FALSE_RING_S: Final = 2.0
"""A ring whose call the list never shows was none."""
_OVER: Final = LegState.DISCONNECT_INDICATION


class CallDesk:
    """Lives as long as the modem is open. Its coroutines are called one at a time."""

    def __init__(
        self,
        settings: GsmLineSettings,
        card: CardServices,
        modem: OpenModem,
        poll_s: float,
        sound_patience_s: float,
    ) -> None:
        self.gains = Gains(settings.receive_db, settings.send_db)
        self.leg: GsmLeg | None = None
        self._settings = settings
        self._card = card
        self._modem = modem
        self._poll_s = poll_s
        self._sound_patience_s = sound_patience_s
        self._talk: Talk | None = None
        self._ringing: Ringing | None = None

    def legs(self) -> tuple[LiveLeg, ...]:
        return () if self.leg is None else (self.leg.live(self._settings.id),)

    def look_in_s(self) -> float | None:
        """When to look at the call list next without a hint; None while nothing goes on."""
        if self._ringing is not None or (self.leg is not None and self.leg.afterwards):
            return SOON_S
        return None if self.leg is None or self.leg.state is _OVER else self._poll_s

    # ---- what the modem says

    def heard(self, event: Event) -> None:
        match event:
            case Ring():
                self._rang()
            case CallerId():
                self._caller_told(event.number)
            case CallOver():
                self._said_over(event)
            case DigitReported():
                if self.leg is not None and self.leg.state is LegState.ACTIVE:
                    self._card.report(Digit(leg_id=self.leg.leg_id, digit=event.digit))
            case MaySend():
                if self._modem.sound is not None:
                    self._modem.sound.may_send = event.allowed
            case _:
                pass

    def _rang(self) -> None:
        if self.leg is not None and self.leg.state is not _OVER:
            self.leg.rang_at = _now()
        elif self._ringing is None:
            self._ringing = Ringing(_now())
        else:
            self._ringing.rings += 1

    def _caller_told(self, calling: str | None) -> None:
        if self.leg is not None and self.leg.state is not _OVER:
            return
        if self._ringing is None:
            self._ringing = Ringing(_now())
        self._ringing.caller_told, self._ringing.calling = True, calling

    def _said_over(self, event: CallOver) -> None:
        if self.leg is None or self.leg.state is _OVER:
            return
        self.leg.is_over = True
        cause = CAUSE_OF_RESULT.get(event.result) if event.result is not None else None
        if event.value is not None:
            cause = cause_of(event.value)
        self.leg.cause = self.leg.cause or cause

    async def look(self) -> None:
        """Follow the modem's call list."""
        calls = await self._modem.calls()
        if any(call.status is ClccStatus.WAITING for call in calls or ()):
            log.info("%s: a second caller is told that the line is busy", self._settings.id)
            await self._modem.turn_away_waiting()
        if self.leg is not None and self.leg.state is not _OVER:
            listed = (
                self.leg.unlistable(_now()) if calls is None else self.leg.listed(calls, _now())
            )
            await self._take(self.leg, listed)
        elif self._ringing is not None and self._ringing.is_ready(_now()):
            await self._consider(self._ringing, calls)

    async def _take(self, leg: GsmLeg, step: Step | None) -> None:
        match step:
            case Step.ALERTING:
                self._card.report(Alerting(leg_id=leg.leg_id))
            case Step.CONNECT:
                self._card.report(Connect(leg_id=leg.leg_id))
                await self._sound_reached(SoundOrder.WHEN_ACTIVE)
            case Step.DISCONNECT:
                await self._far_end_gone(leg)
            case None if leg.connected:
                await self._look_after_talk(leg)
            case None:
                pass

    async def _far_end_gone(self, leg: GsmLeg) -> None:
        if self._talk is not None:
            await self._talk.end()
        cause = leg.cause or await self._guess_cause(leg)
        self._card.report(Disconnect(leg_id=leg.leg_id, cause=cause))

    async def _guess_cause(self, leg: GsmLeg) -> Cause:
        if leg.connected or leg.incoming:
            return Cause.NORMAL_CALL_CLEARING
        return await self._modem.last_cause() or Cause.NORMAL_UNSPECIFIED

    # ---- a call comes in

    async def _consider(self, ringing: Ringing, calls: list[ListedCall] | None) -> None:
        incoming = next((c for c in calls or () if c.status is ClccStatus.INCOMING), None)
        if incoming is None and calls is not None:
            if _now() - ringing.began_at > FALSE_RING_S:
                self._ringing = None
            return
        self._ringing = None
        if self._modem.no_voice is not None:
            log.info("%s: a caller is turned away, the line is for SMS only", self._settings.id)
            await self._modem.hang_up()
            return
        calling = ringing.calling or (incoming.number if incoming is not None else None)
        try:
            await self._offer(calling, ringing.rings, incoming)
        except LineError as error:
            log.warning("%s: a caller is turned away: %s", self._settings.id, error)
            self._card.report(Alarm(line_id=self._settings.id, text=error.text))
            await self._modem.hang_up()

    async def _offer(self, calling: str | None, rings: int, listed: ListedCall | None) -> None:
        self.release(Cause.NORMAL_CALL_CLEARING)
        leg = self._begin(new_leg_id(), LegState.CALL_RECEIVED)
        leg.incoming = True
        leg.calling, leg.called = calling, self._settings.number
        leg.index = listed.index if listed is not None else None
        self._card.report(
            Setup(
                leg_id=leg.leg_id,
                line_id=self._settings.id,
                timeslot=leg.timeslot.index,
                calling=calling,
                called=leg.called,
                ring_count=rings,
            )
        )

    async def answer(self, command: AnswerCall) -> None:
        leg = self._own(command.leg_id)
        if leg.state is not LegState.CALL_RECEIVED:
            raise LineError("line.not-ringing")
        await self._sound_reached(SoundOrder.BEFORE_CALL)
        result = await self._modem.answer()
        if result.kind is ResultKind.ERROR:
            raise LineError("gsm.refused", command="ATA", answer=result.text)
        if result.is_ok:
            leg.state = LegState.CONNECT_REQUEST
            await self._sound_reached(SoundOrder.AFTER_DIAL)
        await self.look()

    # ---- a call goes out

    async def place(self, command: PlaceCall) -> None:
        if self.leg is not None or self._ringing is not None:
            raise LineError("line-busy")
        wanted = dialling(command.called)
        leg = self._begin(command.leg_id, LegState.CALL_PROCEEDING)
        leg.called, leg.afterwards = command.called, wanted.afterwards
        try:
            result = await self._dial(wanted)
        except LineError:
            self._drop()
            raise
        self._card.report(Proceeding(leg_id=leg.leg_id, timeslot=leg.timeslot.index))
        await self._dialled(leg, result)

    async def _dial(self, wanted: Dialling) -> Result:
        await self._sound_reached(SoundOrder.BEFORE_CALL)
        result = await self._modem.dial(wanted)
        if result.kind is ResultKind.ERROR:
            raise LineError("gsm.dial-refused", answer=result.text)
        return result

    async def _dialled(self, leg: GsmLeg, result: Result) -> None:
        if result.is_ok:
            await self._sound_reached(SoundOrder.AFTER_DIAL)
            if self._modem.profile.sound_order is not SoundOrder.WHEN_ACTIVE:
                # What the network plays before the answer comes through on this family.
                self._card.report(Progress(leg_id=leg.leg_id))
        else:
            leg.is_over, leg.cause = True, CAUSE_OF_RESULT.get(result.kind)
        await self.look()

    # ---- a call goes on, and ends

    async def send_digit(self, leg_id: str, digit: str) -> None:
        leg = self._own(leg_id)
        if leg.state is not LegState.ACTIVE or leg.index is None:
            raise LineError("line.not-connected")
        await self._modem.send_digit(leg.index, digit)

    async def _look_after_talk(self, leg: GsmLeg) -> None:
        problem = await self._talk.look() if self._talk is not None else None
        if problem is not None:
            self._modem.needs_reset = True
            self._card.report(Alarm(line_id=self._settings.id, text=problem))
        if leg.afterwards and _now() >= leg.pause_until:
            key, leg.afterwards = leg.afterwards[0], leg.afterwards[1:]
            if key in ",wp":
                leg.pause_until = _now() + PAUSE_S
            else:
                await self.send_digit(leg.leg_id, key)

    def set_gains(self, gains: Gains) -> None:
        self.gains = gains
        if self._talk is not None:
            self._talk.set_gains(gains)

    async def clear(self, command: ClearCall) -> None:
        """Release is reported however the modem behaves; what it did wrong is raised then."""
        leg = self._own(command.leg_id)
        try:
            if leg.state is not _OVER:
                await self._modem.hang_up()
                if self._talk is not None:
                    await self._talk.end()
        finally:
            self.release(command.cause)

    def release(self, cause: Cause) -> None:
        """Forget the leg, if there is one, and say so."""
        leg = self.leg
        if leg is not None:
            self._drop()
            self._card.report(Release(leg_id=leg.leg_id, cause=cause))

    def _begin(self, leg_id: str, state: LegState) -> GsmLeg:
        timeslot = self._card.seize_timeslot()
        self.leg = GsmLeg(leg_id, timeslot, state, began_at=_now(), rang_at=_now())
        self._talk = Talk(self._modem, timeslot, self.gains, self._sound_patience_s)
        return self.leg

    def _drop(self) -> None:
        if self._talk is not None:
            self._talk.drop()
        if self.leg is not None:
            self.leg.timeslot.free()
        self.leg = self._talk = None

    async def _sound_reached(self, moment: SoundOrder) -> None:
        if self._talk is not None:
            await self._talk.reached(moment)

    def _own(self, leg_id: str) -> GsmLeg:
        if self.leg is None or self.leg.leg_id != leg_id:
            raise LineError("no-such-leg")
        return self.leg


def _now() -> float:
    return asyncio.get_running_loop().time()
