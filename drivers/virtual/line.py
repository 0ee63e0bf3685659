"""A line with no hardware: a phone of the office or a trunk, whose far end a program plays.

The demo mode, the reference driver and the line most tests use. The far end's
clock paces the audio: for every block it sends it gets one back.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.gains import Gains
from drivers.virtual.leg import VirtualLeg
from drivers.virtual.socket import FarEndSocket
from drivers.virtual.wire import FarEndEvent, audio, event, parse
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError, LineTimeout, MessageRefused
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices, Line
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.message import new_leg_id
from firmware.contract.messages import (
    AlertCall,
    Alerting,
    AnswerCall,
    ClearCall,
    Connect,
    Digit,
    Disconnect,
    Flash,
    HookFlash,
    LineStateChanged,
    LiveLeg,
    PlaceCall,
    Proceeding,
    Release,
    RunSelfTest,
    SelfTestDone,
    SendDigits,
    SetGains,
    Setup,
)
from firmware.contract.pcm import Samples
from firmware.contract.settings import VirtualLineSettings
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

MAX_SILENCE_S: Final = 5.0
"""During a call the far end sends 50 blocks a second; one so long silent is hung."""
_PHONE: Final = frozenset({Ability.PHONE})
_TRUNK: Final = frozenset({Ability.PLACE, Ability.RECEIVE})
_OVER: Final = LegState.DISCONNECT_INDICATION


class VirtualLine(Line):
    def __init__(self, settings: VirtualLineSettings, card: CardServices, device: Path) -> None:
        super().__init__(settings, card)
        self._phone = settings.phone
        self._serial = settings.serial
        self._device = device
        self._wire: FarEndSocket | None = None
        self._leg: VirtualLeg | None = None
        self._absent: Text | None = None
        self._gains = Gains(settings.receive_db, settings.send_db)
        self._steps: Final[dict[str, Callable[[FarEndEvent], None]]] = {
            "lift": self._lifted,
            "hang-up": self._gone,
            "digit": self._digit,
            "flash": self._flashed,
            "call": self._called,
            "alerting": self._alerted,
            "answered": self._answered,
            "cleared": self._gone,
        }

    def state(self) -> LineState:
        ready = self._wire is not None
        return LineState(
            line_id=self.settings.id,
            driver="virtual",
            health=Health.READY if ready else Health.ABSENT if self._absent else Health.STARTING,
            why=None if ready else self._absent,
            audio=Audio.FULL,
            abilities=_PHONE if self._phone else _TRUNK,
            identity={"serial": self._serial, "model": "virtual"},
        )

    def legs(self) -> tuple[LiveLeg, ...]:
        return () if self._leg is None else (self._leg.live(self.settings.id),)

    async def open(self) -> None:
        if self._wire is not None:
            return
        try:
            self._wire = await FarEndSocket.connect(self._device)
        except LineError as error:
            self._absent = error.text
            raise
        self._absent = None
        self.card.report(LineStateChanged(line=self.state()))

    async def serve(self) -> None:
        while True:
            talking = self._talking_leg()
            try:
                packet = await self._far_end().receive(MAX_SILENCE_S if talking else None)
            except LineTimeout:
                if talking is self._talking_leg():
                    raise
                continue  # it was put down meanwhile, so nobody owes us sound
            try:
                received = parse(packet)
            except MessageRefused as refused:
                log.warning("%s: %s", self.settings.id, refused)
                continue
            if isinstance(received, FarEndEvent):
                self._steps[received.event](received)
            else:
                self._swap(received)

    def _talking_leg(self) -> VirtualLeg | None:
        return self._leg if self._leg is not None and self._leg.off_hook else None

    async def close(self) -> None:
        self._release(Cause.TEMPORARY_FAILURE)
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    # ---- commands

    async def place_call(self, command: PlaceCall) -> None:
        if self._phone:
            raise LineError("line-cannot", command=command.kind)
        leg = self._begin(command.leg_id, LegState.CALL_PROCEEDING, called=command.called)
        leg.off_hook = True
        self._send("dial", called=command.called, calling=command.calling)
        self.card.report(Proceeding(leg_id=leg.leg_id, timeslot=leg.timeslot.index))

    async def alert_call(self, command: AlertCall) -> None:
        if not self._phone:
            raise LineError("line-cannot", command=command.kind)
        leg = self._begin(command.leg_id, LegState.CALL_DELIVERED, calling=command.calling)
        self._send("ring", calling=command.calling, calling_name=command.calling_name)
        self.card.report(Proceeding(leg_id=leg.leg_id, timeslot=leg.timeslot.index))
        self.card.report(Alerting(leg_id=leg.leg_id))

    async def answer_call(self, command: AnswerCall) -> None:
        leg = self._own(command.leg_id)
        if leg.state is not LegState.CALL_RECEIVED:
            raise LineError("line.not-ringing")
        if not self._phone:
            self._send("answer")
            leg.off_hook = True
        self._connect(leg)

    async def clear_call(self, command: ClearCall) -> None:
        leg = self._own(command.leg_id)
        if self._phone and leg.state is LegState.CALL_DELIVERED:
            self._send("stop-ring")
        elif leg.state is not _OVER:
            self._send("clear", cause=int(command.cause))
        self._release(command.cause)

    async def send_digits(self, command: SendDigits) -> None:
        self._own(command.leg_id)
        self._send("digits", digits=command.digits)

    async def flash(self, command: Flash) -> None:
        self._own(command.leg_id)
        self._send("flash")

    async def set_gains(self, command: SetGains) -> None:
        self._gains = Gains(command.receive_db, command.send_db)

    async def run_self_test(self, command: RunSelfTest) -> None:
        self._far_end()
        finding = Text(code="virtual.far-end-there", args={"serial": self._serial})
        line_id = self.settings.id
        self.card.report(SelfTestDone(line_id=line_id, findings=(finding,), passed=True))

    # ---- what the far end did

    def _lifted(self, happened: FarEndEvent) -> None:
        leg = self._leg
        if leg is not None and leg.state is LegState.CALL_DELIVERED:
            leg.off_hook = True
            self._connect(leg)
        else:
            self._offer(happened, phone_lifted=True)

    def _called(self, happened: FarEndEvent) -> None:
        if self._leg is not None and self._leg.state is not _OVER:
            self._send("clear", cause=int(Cause.USER_BUSY))
        else:
            self._offer(happened, phone_lifted=False)

    def _offer(self, happened: FarEndEvent, *, phone_lifted: bool) -> None:
        self._release(Cause.NORMAL_CALL_CLEARING)
        leg = self._begin(
            new_leg_id(),
            LegState.CALL_RECEIVED,
            calling=happened.calling or None,
            called=happened.called or None,
        )
        leg.off_hook = phone_lifted
        self.card.report(
            Setup(
                leg_id=leg.leg_id,
                line_id=self.settings.id,
                timeslot=leg.timeslot.index,
                calling=leg.calling,
                calling_name=happened.calling_name,
                called=leg.called,
                phone_lifted=phone_lifted,
            )
        )

    def _alerted(self, _: FarEndEvent) -> None:
        if self._leg is not None and self._leg.state is LegState.CALL_PROCEEDING:
            self._leg.state = LegState.CALL_DELIVERED
            self.card.report(Alerting(leg_id=self._leg.leg_id))

    def _answered(self, _: FarEndEvent) -> None:
        placed = LegState.CALL_PROCEEDING, LegState.CALL_DELIVERED
        if self._leg is not None and self._leg.state in placed:
            self._connect(self._leg)

    def _digit(self, happened: FarEndEvent) -> None:
        dials = LegState.CALL_RECEIVED, LegState.ACTIVE
        if self._leg is None or happened.digit is None:
            return
        if self._leg.off_hook and self._leg.state in dials:
            self.card.report(Digit(leg_id=self._leg.leg_id, digit=happened.digit))

    def _flashed(self, _: FarEndEvent) -> None:
        if self._leg is not None and self._leg.state is LegState.ACTIVE:
            self.card.report(HookFlash(leg_id=self._leg.leg_id))

    def _gone(self, happened: FarEndEvent) -> None:
        if self._leg is None or self._leg.state is _OVER:
            return
        self._leg.state, self._leg.off_hook = _OVER, False
        cause = Cause.NORMAL_CALL_CLEARING if happened.cause is None else known(happened.cause)
        self.card.report(Disconnect(leg_id=self._leg.leg_id, cause=cause))

    def _swap(self, block: Samples) -> None:
        leg = self._leg
        if leg is not None and leg.off_hook:
            leg.timeslot.write(self._gains.received(block))
            self._far_end().send_audio(audio(self._gains.sent(leg.timeslot.read())))

    # ---- the leg

    def _begin(
        self, leg_id: str, state: LegState, calling: str | None = None, called: str | None = None
    ) -> VirtualLeg:
        self._far_end()
        if self._leg is not None:
            raise LineError("line-busy")
        self._leg = VirtualLeg(leg_id, self.card.seize_timeslot(), state, calling, called)
        return self._leg

    def _connect(self, leg: VirtualLeg) -> None:
        leg.state = LegState.ACTIVE
        self.card.report(Connect(leg_id=leg.leg_id))

    def _release(self, cause: Cause) -> None:
        leg, self._leg = self._leg, None
        if leg is not None:
            leg.timeslot.free()
            self.card.report(Release(leg_id=leg.leg_id, cause=cause))

    def _own(self, leg_id: str) -> VirtualLeg:
        if self._leg is None or self._leg.leg_id != leg_id:
            raise LineError("no-such-leg")
        return self._leg

    def _send(self, name: str, **fields: str | int | None) -> None:
        self._far_end().send(event(name, **fields))

    def _far_end(self) -> FarEndSocket:
        if self._wire is None:
            raise LineError("line.device-gone")
        return self._wire


def known(cause: int) -> Cause:
    """Return the cause of that value, or that it was none we know."""
    return Cause(cause) if cause in set(Cause) else Cause.NORMAL_UNSPECIFIED
