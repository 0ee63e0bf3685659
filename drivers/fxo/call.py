"""One call on an analogue line: its leg, its voice stream, and what is guessed from its sound.

Keys are left to the switch, which hears them in the sound better than the chip
does. A half-duplex chip sends no sound while it plays, so there the chip's own
reports are passed on, the whole call through: a call has one source of keys.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from drivers.fxo.dial_string import dial_string
from drivers.fxo.dle import KeyCounter
from drivers.fxo.echo import EchoPath, speexdsp
from drivers.fxo.learning import EndOfCall
from drivers.fxo.supervision import Finding, Supervision, What
from drivers.fxo.v253 import Result
from drivers.fxo.voice_modem import VoiceModem
from drivers.fxo.voice_path import VoicePath
from drivers.gains import Gains
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError, LineTimeout
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices, SeizedTimeslot
from firmware.contract.messages import (
    Alerting,
    Connect,
    Digit,
    Direction,
    Disconnect,
    LiveLeg,
    Proceeding,
    Progress,
)
from firmware.contract.pcm import Samples
from firmware.contract.settings import LearnedTone
from firmware.dsp.tones import dtmf, tone_plan

STREAM_STOPPED_S: Final = 2.0
"""A modem in a voice stream sends 8000 samples a second, whatever the line does."""
ABORTED_S: Final = 5.0
OVER: Final = (LegState.DISCONNECT_INDICATION, LegState.RELEASE_REQUEST)
NOT_DIALLED: Final[Mapping[Result, tuple[Cause, str | None]]] = MappingProxyType(
    {
        Result.NO_DIALTONE: (Cause.NETWORK_OUT_OF_ORDER, "fxo.no-dial-tone"),
        Result.NO_LINE: (Cause.NETWORK_OUT_OF_ORDER, "fxo.no-line"),
        Result.LINE_IN_USE: (Cause.NO_CIRCUIT_AVAILABLE, "fxo.line-in-use"),
        Result.DELAYED: (Cause.OUTGOING_CALLS_BARRED, "fxo.redial-blocked"),
        Result.BLACKLISTED: (Cause.OUTGOING_CALLS_BARRED, "fxo.redial-blocked"),
        Result.BUSY: (Cause.USER_BUSY, None),
        Result.NO_ANSWER: (Cause.NO_ANSWER_FROM_USER, None),
    }
)

log = logging.getLogger(__name__)
"""What a dialling command may end with instead of OK: the cause, and what to tell a person."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What the line knows that its calls need."""

    country: str
    learned: LearnedTone | None
    echo_canceller: bool
    echo_delay_samples: int
    silence_limit_s: float
    gains: Gains
    warn: Callable[[str], None]
    """Raise an alarm with that code."""
    dialled: Callable[[], None]
    """Dial tone was there and the number is on its way."""
    fail: Callable[[LineError], None]
    """The modem no longer does as told: the line must be opened again."""


class FxoCall:
    def __init__(
        self,
        modem: VoiceModem,
        card: CardServices,
        habits: Habits,
        live: LiveLeg,
        timeslot: SeizedTimeslot,
    ) -> None:
        self.leg_id = live.leg_id
        self.state = live.state
        self.timeslot = timeslot
        self.end_of_call = EndOfCall()
        self._modem = modem
        self._card = card
        self._habits = habits
        self._live = live
        self._off_hook = False
        self.took_the_line = False
        """The loop was closed at some time; until then the bell goes on by itself."""
        self._path = VoicePath(modem.port, modem.coding, timeslot, self._echo(), self._listen)
        self._path.gains = habits.gains
        self._supervision: Supervision | None = None
        self._keys = KeyCounter()
        self._direction = Direction.SEND
        self._dialling: asyncio.Task[None] | None = None
        self._hands = asyncio.Lock()

    @property
    def live(self) -> LiveLeg:
        return self._live.model_copy(update={"state": self.state})

    @property
    def echo_delay_samples(self) -> int:
        return self._path.echo_delay_samples

    def _echo(self) -> EchoPath | None:
        library = speexdsp()
        if library is None or not self._habits.echo_canceller or not self._modem.duplex:
            return None
        return EchoPath(library, self._habits.echo_delay_samples)

    # ---- commands

    async def answer(self) -> None:
        if self.state is not LegState.CALL_RECEIVED:
            raise LineError("line.not-ringing")
        self.state = LegState.CONNECT_REQUEST
        async with self._hands:
            await self._seize(connected=True)
        if self.state is LegState.CONNECT_REQUEST:
            self.state = LegState.ACTIVE
            self._card.report(Connect(leg_id=self.leg_id))

    def dial(self, called: str, refuse_ringing: bool) -> None:
        """Dial, after being rid of a caller who still rings; how it goes is reported."""
        dialling = self._dial(called, refuse_ringing)
        self._dialling = asyncio.get_running_loop().create_task(dialling)

    async def clear(self) -> None:
        """Put the line on hook, whatever the call is doing. Raises LineError if that failed."""
        self.state = LegState.RELEASE_REQUEST
        if self._dialling is not None and not self._dialling.done():
            self._modem.port.interrupt()
            await asyncio.wait([self._dialling], timeout=ABORTED_S)
            self._dialling.cancel()
        if self._off_hook:
            async with self._hands:
                self._path.pause()
                await self._modem.hang_up()
                self._off_hook = False

    def close(self) -> None:
        """Let go of everything; the modem is not spoken to."""
        if self._dialling is not None:
            self._dialling.cancel()
        self._path.close()
        if self._path.surplus_blocks:
            log.info("leg %s: %d blocks slipped", self.leg_id, self._path.surplus_blocks)
        self.timeslot.free()

    def press(self, digits: str) -> None:
        if not (self._off_hook and (self._modem.duplex or self._path.is_playing)):
            raise LineError("fxo.cannot-send")
        plan = tone_plan(self._habits.country)
        high, low = plan.dtmf_high_dbm0, plan.dtmf_low_dbm0
        self._path.press(dtmf(digits, high_dbm0=high, low_dbm0=low))

    async def flash(self) -> None:
        async with self._hands:
            self._path.pause()
            await self._modem.end_stream(at_once=True)
            await self._modem.flash()
            await self._begin(self._direction)

    async def turn(self, direction: Direction) -> None:
        """Turn a half-duplex chip round; what it has still to play is played first."""
        if self._modem.duplex or direction is self._direction:
            return
        async with self._hands:
            self._path.pause()
            await self._modem.end_stream(at_once=False)
            await self._begin(direction)

    def set_gains(self, gains: Gains) -> None:
        self._path.gains = gains

    # ---- the way up

    async def _dial(self, called: str, refuse_ringing: bool) -> None:
        try:
            async with self._hands:
                if refuse_ringing:
                    await self._modem.refuse_ringing()
                await self._dial_and_listen(called)
        except LineError as error:
            self._habits.fail(error)

    async def _dial_and_listen(self, called: str) -> None:
        self._off_hook = self.took_the_line = True
        digits = dial_string(called, self._habits.country)
        result = (await self._modem.dial(digits, blind=False)).result
        heard_dial_tone = result is not Result.NO_DIALTONE
        if result is Result.NO_DIALTONE and self.state is LegState.CALL_INITIATED:
            # Behind some exchanges dial tone is unlike the country's: once more without.
            self._habits.warn("fxo.no-dial-tone")
            result = (await self._modem.dial(digits, blind=True)).result
        if self.state is not LegState.CALL_INITIATED:
            return
        if result not in {Result.OK, Result.VCON}:
            self._not_dialled(result)
            return
        if heard_dial_tone:
            self._habits.dialled()
        self.state = LegState.CALL_PROCEEDING
        self._card.report(Proceeding(leg_id=self.leg_id, timeslot=self.timeslot.index))
        await self._seize(connected=False)
        if self.state is LegState.CALL_PROCEEDING:
            # All that the network has to say on an analogue line is sound.
            self._card.report(Progress(leg_id=self.leg_id))

    def _not_dialled(self, result: Result) -> None:
        cause, code = NOT_DIALLED.get(result, (Cause.TEMPORARY_FAILURE, None))
        if code is not None:
            self._habits.warn(code)
        self._disconnect(cause)

    async def _seize(self, connected: bool) -> None:
        self._off_hook = self.took_the_line = True
        habits = self._habits
        self._supervision = Supervision(
            habits.country, habits.learned, connected, habits.silence_limit_s
        )
        await self._modem.prepare()
        await self._begin(Direction.SEND if connected else Direction.RECEIVE)

    async def _begin(self, direction: Direction) -> None:
        await self._modem.open_stream(direction)
        self._direction = direction
        self._path.begin(self._modem.duplex, direction)

    # ---- what comes from the modem

    def heard_sound(self, audio: bytes) -> None:
        if self._off_hook:
            self._path.heard(audio)

    def heard_event(self, code: str) -> None:
        key = self._keys.key(code)
        if key is not None and not self._modem.duplex and self.state is LegState.ACTIVE:
            self._card.report(Digit(leg_id=self.leg_id, digit=key))
        if self._supervision is not None:
            self._act_on(self._supervision.event(code))

    def look(self, now_s: float) -> None:
        """Raises LineTimeout when the modem has stopped sending sound."""
        is_up = self._supervision is not None and self.state not in OVER
        if is_up and not self._hands.locked() and not self._modem.port.in_stream:
            # The chip has left the stream by itself, as some do at a loop break.
            self._disconnect(Cause.NORMAL_CALL_CLEARING)
            return
        waiting = self._off_hook and self._modem.port.hears and not self._path.is_playing
        if waiting and now_s - self._path.heard_at_s > STREAM_STOPPED_S:
            raise LineTimeout("fxo.stream-stopped")

    def ringing_stopped(self) -> None:
        if self.state is LegState.CALL_RECEIVED:
            self._disconnect(Cause.NORMAL_CALL_CLEARING)

    def _listen(self, heard: Samples) -> None:
        self.end_of_call.add(heard)
        if self._supervision is not None:
            self._act_on(self._supervision.hear(heard))

    def _act_on(self, findings: list[Finding]) -> None:
        for finding in findings:
            if self.state in OVER:
                return
            if finding.what is What.GONE:
                self._disconnect(finding.cause)
            elif finding.what is What.ANSWERED:
                self.state = LegState.ACTIVE
                self._card.report(Connect(leg_id=self.leg_id, supervision=finding.supervision))
            elif self.state is LegState.CALL_PROCEEDING:
                self.state = LegState.CALL_DELIVERED
                self._card.report(Alerting(leg_id=self.leg_id))

    def _disconnect(self, cause: Cause) -> None:
        self.state = LegState.DISCONNECT_INDICATION
        self._card.report(Disconnect(leg_id=self.leg_id, cause=cause))
