"""An analogue line on a voice modem.

Idle it waits in data mode, where RING and caller id are plain text; a call is
FxoCall's. The bell decides when a call may be offered: with its caller id, and
after as many rings as the owner wants.
"""

import asyncio
import logging
from pathlib import Path
from typing import Final

from drivers.fxo import condition
from drivers.fxo.call import NOT_DIALLED, FxoCall, Habits
from drivers.fxo.devices import device_of
from drivers.fxo.echo import speexdsp
from drivers.fxo.learning import HangupTones
from drivers.fxo.port import Port
from drivers.fxo.ringing import Bell, Offer
from drivers.fxo.self_test import examine
from drivers.fxo.supervision import SILENCE_LIMIT_S
from drivers.fxo.v253 import is_ring, parse_caller_id
from drivers.fxo.voice_modem import VoiceModem
from drivers.gains import Gains
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices, Line
from firmware.contract.line_state import LineState
from firmware.contract.message import new_leg_id
from firmware.contract.messages import (
    Alarm,
    AnswerCall,
    ClearCall,
    Flash,
    ForgetTone,
    LearnTone,
    LineStateChanged,
    LiveLeg,
    PlaceCall,
    Release,
    RunSelfTest,
    SelfTestDone,
    SendDigits,
    SetDirection,
    SetGains,
    Setup,
)
from firmware.contract.settings import FxoLineSettings, LearnedTone
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

LOOK_S: Final = 0.1
HEARTBEAT_S: Final = 3.0
RING_EVENT: Final = "R"
STARTING_ALARMS: Final = frozenset({"fxo.no-country", "fxo.no-echo-canceller"})
DIALLING_ALARMS: Final = frozenset(text for _, text in NOT_DIALLED.values() if text)
LEARNING_ALARMS: Final = frozenset({"fxo.tone-learned"})


class FxoLine(Line):
    def __init__(
        self,
        settings: FxoLineSettings,
        card: CardServices,
        devices: Path,
        silence_limit_s: float = SILENCE_LIMIT_S,
    ) -> None:
        super().__init__(settings, card)
        self._serial = settings.serial
        self._devices = devices
        self._echo_canceller = settings.echo_canceller
        self._own_country, self._caller_id = settings.country, settings.caller_id
        self._silence_limit_s = silence_limit_s
        self._gains = Gains(settings.receive_db, settings.send_db)
        self._configured_tone = settings.hangup_tone
        self._tones = HangupTones(self._configured_tone)
        self._raised: dict[str, Text] = {}
        self._echo_delay_samples = 0
        self._bell = Bell(settings.answer_after_rings)
        self._condition = condition.STARTING
        self._modem: VoiceModem | None = None
        self._call: FxoCall | None = None
        self._failure: LineError | None = None
        self._failed = asyncio.Event()
        self._heartbeat_due_s = 0.0
        self._learning: asyncio.Task[None] | None = None

    # ---- what it is

    def state(self) -> LineState:
        return condition.line_state(self.settings.id, self._serial, self._condition, self._modem)

    @property
    def _country(self) -> str:
        return self._own_country or self.card.country

    def legs(self) -> tuple[LiveLeg, ...]:
        return () if self._call is None else (self._call.live,)

    # ---- life

    async def open(self) -> None:
        if self._modem is not None:
            return
        self._failure = None
        self._failed.clear()
        try:
            self._modem = await self._started()
            self._condition = condition.of_volts(await self._modem.volts())
        except LineError as error:
            self._condition = condition.of_error(error)
            self._let_go()
            raise
        self._warn_at_start(self._modem)
        self.card.report(LineStateChanged(line=self.state()))

    async def _started(self) -> VoiceModem:
        device = device_of(self._devices, self._serial)
        if device is None:
            raise LineError("fxo.not-plugged-in", serial=self._serial)
        modem = VoiceModem(Port(device, self))
        try:
            await modem.start(self._country, caller_id=self._caller_id)
        except (LineError, asyncio.CancelledError):
            modem.port.close()
            raise
        return modem

    def _warn_at_start(self, modem: VoiceModem) -> None:
        self._take_back(STARTING_ALARMS)
        for text in modem.findings:
            self._warn(text)
        if modem.duplex and self._echo_canceller and speexdsp() is None:
            self._warn(Text(code="fxo.no-echo-canceller"))

    async def serve(self) -> None:
        loop = asyncio.get_running_loop()
        while self._failure is None:
            try:
                await asyncio.wait_for(self._failed.wait(), LOOK_S)
            except TimeoutError:
                await self._look_or_fail(loop.time())
        raise self._failure

    async def close(self) -> None:
        if self._call is not None:
            self._release(self._call, Cause.TEMPORARY_FAILURE)
        if self._learning is not None:
            self._learning.cancel()
        if self._modem is not None:
            failure = self._failure
            self._condition = condition.of_error(failure) if failure else condition.STARTING
        self._let_go()
        self._bell.forget()

    def _let_go(self) -> None:
        if self._modem is not None:
            # DTR falls with it, and the modem hangs up.
            self._modem.port.close()
            self._modem = None

    # ---- commands

    async def place_call(self, command: PlaceCall) -> None:
        modem = self._ready()
        if not modem.duplex:
            raise LineError("fxo.half-duplex-no-calls")
        # A caller whom the exchange has cleared still rings: our call goes before (emergency).
        refuse_ringing = self._bell.is_ringing and self._bell.is_offered
        if self._bell.is_ringing and not refuse_ringing:
            raise LineError("line-busy")
        call = self._begin(command.leg_id, LegState.CALL_INITIATED, called=command.called)
        self._bell.forget()
        call.dial(command.called, refuse_ringing)

    async def answer_call(self, command: AnswerCall) -> None:
        call = self._own(command.leg_id)
        try:
            await call.answer()
        except LineError as error:
            if call.state is LegState.CONNECT_REQUEST:
                self._fail(error)
            raise
        self._bell.forget()

    async def clear_call(self, command: ClearCall) -> None:
        call = self._own(command.leg_id)
        if call.state is LegState.RELEASE_REQUEST:
            return
        try:
            await call.clear()
        except LineError as error:
            self._fail(error)
        if call is self._call:
            self._release(call, command.cause)
            self._learning = asyncio.get_running_loop().create_task(self._learn_from(call))

    async def send_digits(self, command: SendDigits) -> None:
        self._own(command.leg_id).press(command.digits)

    async def flash(self, command: Flash) -> None:
        await self._own(command.leg_id).flash()

    async def set_direction(self, command: SetDirection) -> None:
        await self._own(command.leg_id).turn(command.direction)

    async def set_gains(self, command: SetGains) -> None:
        self._gains = Gains(command.receive_db, command.send_db)
        if self._call is not None:
            self._call.set_gains(self._gains)

    async def forget_tone(self, command: ForgetTone) -> None:
        """What the configuration says stays."""
        self._take_back(LEARNING_ALARMS)
        self._tones = HangupTones(self._configured_tone)

    async def learn_tone(self, command: LearnTone) -> None:
        """For the calls from the next one on; the configuration keeps it for good."""
        self._take_back(LEARNING_ALARMS)
        self._tones = HangupTones(
            LearnedTone(
                frequency_hz=command.frequency_hz, on_ms=command.on_ms, off_ms=command.off_ms
            )
        )

    async def run_self_test(self, command: RunSelfTest) -> None:
        modem = self._ready()
        if self._call is not None or self._bell.is_ringing:
            raise LineError("line-busy")
        findings, passed = await examine(modem, self._echo_canceller)
        line_id = self.settings.id
        self.card.report(SelfTestDone(line_id=line_id, findings=findings, passed=passed))

    # ---- what the modem says (Listener)

    def heard_line(self, line: str) -> None:
        now_s = asyncio.get_running_loop().time()
        if is_ring(line):
            self._bell.ring(now_s)
        elif (field := parse_caller_id(line)) is not None:
            self._bell.caller_id(field, now_s)

    def heard_event(self, code: str) -> None:
        if code == RING_EVENT:
            self._bell.ring(asyncio.get_running_loop().time())
        elif self._call is not None:
            self._call.heard_event(code)

    def heard_sound(self, audio: bytes) -> None:
        if self._call is not None:
            self._call.heard_sound(audio)

    def port_lost(self, error: LineError) -> None:
        self._fail(error)

    # ---- ten times a second

    async def _look_or_fail(self, now_s: float) -> None:
        try:
            await self._look(now_s)
        except LineError as error:
            self._fail(error)

    async def _look(self, now_s: float) -> None:
        if self._call is not None:
            if self._bell.is_gone(now_s):
                self._bell.forget()
                self._call.ringing_stopped()
            self._call.look(now_s)
        elif self._bell.is_gone(now_s):
            self._bell.forget()
        elif (offer := self._bell.offer(now_s)) is not None:
            self._offer(offer)
        elif not self._bell.is_ringing and now_s >= self._heartbeat_due_s:
            self._heartbeat_due_s = now_s + HEARTBEAT_S
            await self._look_after_modem(self._ready())

    async def _look_after_modem(self, modem: VoiceModem) -> None:
        found = condition.of_volts(await modem.volts())
        if found != self._condition and self._call is None:
            self._condition = found
            log.info("%s: %s", self.settings.id, found.health)
            self.card.report(LineStateChanged(line=self.state()))

    def _offer(self, offer: Offer) -> None:
        try:
            call = self._begin(new_leg_id(), LegState.CALL_RECEIVED, calling=offer.calling)
        except LineError as error:
            log.warning("%s: a call cannot be taken: %s", self.settings.id, error)
            return
        self.card.report(
            Setup(
                leg_id=call.leg_id,
                line_id=self.settings.id,
                timeslot=call.timeslot.index,
                calling=offer.calling,
                calling_name=offer.calling_name,
                ring_count=offer.ring_count,
            )
        )

    # ---- the leg

    def _begin(
        self, leg_id: str, state: LegState, calling: str | None = None, called: str | None = None
    ) -> FxoCall:
        modem = self._ready()
        if self._call is not None:
            raise LineError("line-busy")
        timeslot = self.card.seize_timeslot()
        live = LiveLeg(
            leg_id=leg_id,
            line_id=self.settings.id,
            state=state,
            timeslot=timeslot.index,
            calling=calling,
            called=called,
        )
        self._call = FxoCall(modem, self.card, self._habits(), live, timeslot)
        return self._call

    def _habits(self) -> Habits:
        return Habits(
            country=self._country,
            learned=self._tones.learned,
            echo_canceller=self._echo_canceller,
            echo_delay_samples=self._echo_delay_samples,
            silence_limit_s=self._silence_limit_s,
            gains=self._gains,
            warn=lambda code: self._warn(Text(code=code)),
            dialled=lambda: self._take_back(DIALLING_ALARMS),
            fail=self._fail,
        )

    def _release(self, call: FxoCall, cause: Cause) -> None:
        self._echo_delay_samples = call.echo_delay_samples or self._echo_delay_samples
        self._call = None
        call.close()
        if call.took_the_line:
            self._bell.hung_up(asyncio.get_running_loop().time())
        self.card.report(Release(leg_id=call.leg_id, cause=cause))

    async def _learn_from(self, call: FxoCall) -> None:
        tone = await call.end_of_call.tone(self._country)
        if tone is not None and self._tones.is_news(tone):
            self._warn(Text(code="fxo.tone-learned", args=tone.model_dump()))

    def _own(self, leg_id: str) -> FxoCall:
        if self._call is None or self._call.leg_id != leg_id:
            raise LineError("no-such-leg")
        return self._call

    def _ready(self) -> VoiceModem:
        if self._modem is None or self._failure is not None:
            raise LineError("line.device-gone")
        return self._modem

    def _fail(self, error: LineError) -> None:
        if self._failure is None:
            log.warning("%s: %s", self.settings.id, error)
            self._failure = error
            self._failed.set()

    def _warn(self, text: Text) -> None:
        self._raised[text.code] = text
        self.card.report(Alarm(line_id=self.settings.id, text=text))

    def _take_back(self, codes: frozenset[str]) -> None:
        """These alarms, where raised, are over."""
        for code in codes & self._raised.keys():
            text = self._raised.pop(code)
            self.card.report(Alarm(line_id=self.settings.id, text=text, raised=False))
