"""One GSM modem with its SIM as a line.

One thing at a time talks to the modem: a command, or one turn of `serve`,
which follows the call list during calls and looks after SIM, registration and
signal in between (that is the heartbeat, too).
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from drivers.gains import Gains
from drivers.gsm.bay import Found
from drivers.gsm.condition import Condition
from drivers.gsm.desk import CallDesk
from drivers.gsm.modem import OpenModem
from drivers.gsm.recovery import Recovery
from drivers.gsm.self_test import findings
from drivers.gsm.shared import Shared
from drivers.gsm.surroundings import look_around, strange_sim
from drivers.gsm.unasked import Event, Restarted, ServiceChanged
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError, LineTimeout
from firmware.contract.line import CardServices, Line
from firmware.contract.line_state import Health, LineState
from firmware.contract.messages import (
    Alarm,
    AnswerCall,
    ClearCall,
    LineStateChanged,
    LiveLeg,
    PlaceCall,
    RunSelfTest,
    SelfTestDone,
    SendDigits,
    SetGains,
    SignalQuality,
)
from firmware.contract.settings import GsmLineSettings
from firmware.contract.texts import Text, word

log = logging.getLogger(__name__)

NO_SERVICE_S: Final = 5.0
"""Between two looks while there is no service."""
SHORT_DIGITS: Final = 3
"""Only emergency numbers are as short as this on a mobile network."""
CHATTY_S: Final = 1.0
"""A modem that reports its signal all the time is asked no oftener than this."""
SILENT: Final = Text(code="gsm.silent-alarm")


class GsmLine(Line):
    def __init__(
        self, settings: GsmLineSettings, card: CardServices, shared: Shared, recovery: Recovery
    ) -> None:
        super().__init__(settings, card)
        self._gsm = settings
        self._bay, self._pins, self._timing = shared.bay, shared.pins, shared.timing
        self._recovery = recovery
        self._condition = Condition()
        self._shown: LineState | None = None
        self._modem: OpenModem | None = None
        self._desk: CallDesk | None = None
        self._gains = Gains(settings.receive_db, settings.send_db)
        self._turn = asyncio.Lock()
        self._hint = asyncio.Event()
        self._failed: LineError | None = None
        self._look_at = 0.0
        self._looked_at = 0.0

    def state(self) -> LineState:
        return self._condition.state(self._gsm)

    def legs(self) -> tuple[LiveLeg, ...]:
        return () if self._desk is None else self._desk.legs()

    # ---- life

    async def open(self) -> None:
        if self._modem is not None:
            return
        try:
            found = await self._bay.find(self._gsm)
        except LineError as error:
            self._fares(
                replace(
                    self._condition, absent=error.text, recovering=self._recovery.still_booting()
                )
            )
            raise
        modem = OpenModem(found, self._gsm, self._told, self._timing.answer_s)
        self._failed = None
        try:
            await self._begin(modem)
        except LineTimeout:
            await self._recovery.climb(found, modem.port)
            self._end(modem)
            self._fares(replace(self._condition, recovering=self._recovery.why))
            raise
        except LineError as error:
            self._end(modem)
            self._fares(replace(self._condition, absent=error.text))
            raise
        except asyncio.CancelledError:
            self._end(modem)
            raise

    async def _begin(self, modem: OpenModem) -> None:
        found = modem.found
        iccid = await modem.open()
        self._refuse_strange_sim(found, iccid)
        self._condition = replace(self._condition, found=found, no_voice=modem.no_voice)
        await self._look_after(modem, iccid)
        self._modem = modem
        timing = self._timing
        self._desk = CallDesk(self._gsm, self.card, modem, timing.poll_s, timing.sound_patience_s)
        self._desk.set_gains(self._gains)
        self._recovered()
        self._fares(replace(self._condition, is_open=True, absent=None, recovering=None))

    async def serve(self) -> None:
        try:
            while True:
                await self._wait()
                async with self._turn:
                    await self._attend()
        except LineTimeout:
            self._fell_silent()
            raise

    async def close(self) -> None:
        modem, self._modem = self._modem, None
        if self._desk is not None:
            self._abandon_call(modem)
            self._desk.release(Cause.TEMPORARY_FAILURE)
        self._desk = None
        if modem is not None:
            self._end(modem)
        self._fares(replace(self._condition, is_open=False))

    def _abandon_call(self, modem: OpenModem | None) -> None:
        """Let go of a call that is up, without waiting for the modem to say so."""
        if modem is None or self._desk is None or self._desk.leg is None:
            return
        try:
            modem.port.send_blind("AT+CHUP")
        except LineError as error:
            log.info("%s: %s", self._gsm.id, error)

    def _end(self, modem: OpenModem) -> None:
        modem.close()
        self._bay.give_back(modem.found)

    # ---- serving

    def _told(self, event: Event) -> None:
        if isinstance(event, Restarted) and self._modem is not None:
            self._failed = self._boots("gsm.restarted")
        elif isinstance(event, ServiceChanged):
            self._look_at = min(self._look_at, self._looked_at + CHATTY_S)
        elif self._desk is not None:
            self._desk.heard(event)
        self._hint.set()

    async def _wait(self) -> None:
        """Until something may have changed, or it is time to look."""
        look_in_s = self._desk.look_in_s() if self._desk is not None else None
        until_look_s = max(0.0, self._look_at - _now())
        wait_s = until_look_s if look_in_s is None else min(look_in_s, until_look_s)
        try:
            async with asyncio.timeout(wait_s):
                await self._hint.wait()
        except TimeoutError:
            return
        finally:
            self._hint.clear()

    async def _attend(self) -> None:
        modem, desk = self._opened()
        if self._failed is not None:
            raise self._failed
        if not modem.port.is_open:
            raise LineError("line.device-gone")
        if desk.look_in_s() is not None:
            await desk.look()
        elif modem.needs_reset:
            modem.port.send_blind(modem.profile.reset)
            raise self._boots("gsm.reset-for-sound")
        if _now() >= self._look_at:
            await self._look_after(modem, self._condition.iccid)

    async def _look_after(self, modem: OpenModem, iccid: str | None) -> None:
        """SIM, registration, signal: tells what changed, and hears that the modem is alive."""
        now = await look_around(modem, self._gsm, self._pins, iccid)
        dbm_before = self._condition.service.signal_dbm
        self._fares(replace(self._condition, iccid=now.iccid, sim=now.sim, service=now.service))
        if now.service.signal_dbm != dbm_before:
            quality = SignalQuality(line_id=self._gsm.id, signal_dbm=now.service.signal_dbm)
            self.card.report(quality)
        heartbeat_s = self._timing.heartbeat_s
        is_fine = now.service.obstacle() is None
        self._looked_at = _now()
        self._look_at = _now() + (heartbeat_s if is_fine else min(heartbeat_s, NO_SERVICE_S))

    def _refuse_strange_sim(self, found: Found, iccid: str | None) -> None:
        """A line bound by its SIM alone does not take another one."""
        if self._gsm.imei is None and strange_sim(self._gsm, iccid) is not None:
            self._bay.forget(found)
            raise LineError("gsm.absent", imei="-", iccid=self._gsm.iccid or "-")

    # ---- commands

    async def place_call(self, command: PlaceCall) -> None:
        async with self._commanded() as desk:
            self._refuse_unless_able(command.called)
            await desk.place(command)

    def _refuse_unless_able(self, called: str) -> None:
        """Emergency calls are tried without service, even without a SIM: networks take them."""
        health, why = self._condition.health()
        may_be_emergency = len(called) <= SHORT_DIGITS and self._condition.no_voice is None
        if health is not Health.READY and not may_be_emergency:
            raise LineError(why.code, **why.args) if why else LineError("line.not-ready")

    async def answer_call(self, command: AnswerCall) -> None:
        async with self._commanded() as desk:
            await desk.answer(command)

    async def clear_call(self, command: ClearCall) -> None:
        async with self._turn:
            _, desk = self._opened()
            had_leg = desk.leg is not None and desk.leg.leg_id == command.leg_id
            try:
                await desk.clear(command)
            except LineError as error:
                if not had_leg:
                    raise
                self._fail(error)  # the leg is released; the modem is opened anew
        self._hint.set()

    async def send_digits(self, command: SendDigits) -> None:
        for digit in command.digits:
            async with self._commanded() as desk:
                await desk.send_digit(command.leg_id, digit)

    async def set_gains(self, command: SetGains) -> None:
        self._gains = Gains(command.receive_db, command.send_db)
        if self._desk is not None:
            self._desk.set_gains(self._gains)

    async def run_self_test(self, command: RunSelfTest) -> None:
        async with self._commanded():
            modem, _ = self._opened()
            await self._look_after(modem, self._condition.iccid)
        found, passed = findings(self._condition)
        self.card.report(SelfTestDone(line_id=self._gsm.id, findings=found, passed=passed))

    @asynccontextmanager
    async def _commanded(self) -> AsyncIterator[CallDesk]:
        """One command's turn; a modem that stays silent ends `serve`, too."""
        async with self._turn:
            _, desk = self._opened()
            try:
                yield desk
            except LineTimeout as error:
                self._fail(error)
                raise
        self._hint.set()

    def _opened(self) -> tuple[OpenModem, CallDesk]:
        if self._modem is None or self._desk is None:
            raise LineError("line.device-gone")
        return self._modem, self._desk

    # ---- telling

    def _fail(self, error: LineError) -> None:
        self._failed = error
        self._hint.set()

    def _fell_silent(self) -> None:
        log.warning("%s: the modem does not answer", self._gsm.id)
        self._recovery.begin()
        self.card.report(Alarm(line_id=self._gsm.id, text=SILENT))
        self._fares(replace(self._condition, recovering=self._recovery.why))

    def _boots(self, code: str) -> LineError:
        """Return what ends `serve` when the modem starts afresh."""
        self._recovery.expect_boot(Text(code=code))
        self._fares(replace(self._condition, recovering=self._recovery.why))
        return LineError(code)

    def _recovered(self) -> None:
        if self._recovery.why is not None:
            self._recovery.done()
            self.card.report(Alarm(line_id=self._gsm.id, text=SILENT, raised=False))

    def _fares(self, condition: Condition) -> None:
        """Note what is known now, and tell it if it makes a difference."""
        self._condition = condition
        state = self.state()
        if self._shown is None or _without_signal(state) != _without_signal(self._shown):
            if state.why is not None:
                log.info("%s: %s: %s", self._gsm.id, state.health, word(state.why))
            self.card.report(LineStateChanged(line=state))
        self._shown = state


def _without_signal(state: LineState) -> LineState:
    return state.model_copy(update={"signal_dbm": None})


def _now() -> float:
    return asyncio.get_running_loop().time()
