"""A modem whose ports are open: what can be asked of it, in the words of its family."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from drivers.gsm.at import ListedCall, Result, parse_clcc
from drivers.gsm.audio_port import AudioPort
from drivers.gsm.bay import Found
from drivers.gsm.cause import parse_ceer
from drivers.gsm.dialling import Dialling
from drivers.gsm.identity import has_voice, read_iccid
from drivers.gsm.port import PLAIN_S, AtPort
from drivers.gsm.profile import COMMON_START, KEEP_MESSAGES, SoundOrder
from drivers.gsm.sound import CallSound
from drivers.gsm.unasked import Event
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.settings import GsmLineSettings
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

DIAL_S: Final = 20.0
RADIO_S: Final = 20.0
"""Turning the radio on may take its time."""
HANG_UP: Final = ("AT+CHUP", "AT+CHUP", "ATH")
"""Tried in turn while a call stays listed; ATH alone does not end voice calls everywhere."""
HANG_UP_PAUSE_S: Final = 0.2


class OpenModem:
    def __init__(
        self,
        found: Found,
        settings: GsmLineSettings,
        told: Callable[[Event], None],
        patience_s: float = PLAIN_S,
    ) -> None:
        self.found = found
        self.profile = found.identity.profile
        self.port = AtPort(settings.id, told, patience_s)
        self.sound: CallSound | None = None
        self.no_voice: Text | None = None
        """Why the line cannot carry calls, None when it can."""
        self.needs_reset = False
        """Its sound failed: it is to be reset once it is idle."""
        self._settings = settings

    async def open(self) -> str | None:
        """Get the modem into step and set it up; return the ICCID of the SIM in it.

        Raises LineTimeout when it does not answer, LineError when its port cannot be had.
        """
        self.port.open(self.found.at)
        await self.port.sync()
        for command in (*COMMON_START, *self.profile.start):
            answer = await self.port.ask(command)
            if not answer.is_ok:
                log.info("%s: %s: %s", self._settings.id, command, answer.result.text)
        for command in KEEP_MESSAGES:
            if (await self.port.ask(command)).is_ok:
                break
        await self._turn_radio_on()
        self.no_voice = await self._check_voice()
        await self.hang_up()
        return await read_iccid(self.port, self.profile)

    def close(self) -> None:
        if self.sound is not None:
            self.sound.close()
        self.sound = None
        self.port.close()

    # ---- calls

    async def calls(self) -> list[ListedCall] | None:
        """Return the voice calls, None when the modem would not tell."""
        answer = await self.port.ask("AT+CLCC")
        if not answer.is_ok:
            return None
        return [call for call in map(parse_clcc, answer.lines) if call is not None]

    async def dial(self, dialling: Dialling) -> Result:
        """Start a call. OK is not the answer of the far end."""
        return (await self.port.ask(dialling.command, DIAL_S)).result

    async def answer(self) -> Result:
        return (await self.port.ask("ATA", DIAL_S)).result

    async def hang_up(self) -> None:
        """End every call that is not waiting; raises LineError when one stays."""
        for command in HANG_UP:
            if not await self.calls():
                return
            await self.port.ask(command)
            await asyncio.sleep(0)
            if not await self.calls():
                return
            await asyncio.sleep(HANG_UP_PAUSE_S)
        raise LineError("gsm.call-stays")

    async def turn_away_waiting(self) -> None:
        """Tell a second caller that the line is busy."""
        await self.port.ask("AT+CHLD=0")

    async def last_cause(self) -> Cause | None:
        answer = await self.port.ask("AT+CEER")
        causes = (parse_ceer(line) for line in answer.lines)
        return next((cause for cause in causes if cause is not None), None)

    async def send_digit(self, index: int, digit: str) -> None:
        """Send one DTMF digit; raises LineError when the family or the modem cannot."""
        if digit not in self.profile.digits:
            raise LineError("gsm.digit-impossible", digit=digit, family=self.profile.family)
        await self.port.order(self.profile.digit.format(index=index, digit=digit))

    async def _turn_radio_on(self) -> None:
        """A modem that another program left in flight mode would never register."""
        answer = await self.port.ask("AT+CFUN?")
        if answer.is_ok and "+CFUN: 1" not in answer.lines:
            await self.port.ask("AT+CFUN=1", RADIO_S)

    # ---- sound

    async def order_sound(self, order: SoundOrder) -> bool | None:
        """Ask for sound if now is the family's time for it; None when it is not."""
        if order is not self.profile.sound_order:
            return None
        answers = [await self.port.ask(command) for command in self.profile.sound_on]
        return not answers or answers[-1].is_ok

    async def end_sound(self) -> None:
        for command in self.profile.sound_off:
            await self.port.ask(command)

    async def _check_voice(self) -> Text | None:
        if not await has_voice(self.port, self.profile):
            return Text(code="gsm.no-voice", args={"model": self.found.identity.model})
        return self._open_sound()

    def _open_sound(self) -> Text | None:
        if self.profile.analogue:
            return self._open_analogue()
        if self.found.audio is None:
            return Text(code="gsm.no-audio-port", args={"model": self.found.identity.model})
        port = AudioPort(self._settings.id)
        try:
            port.open(self.found.audio)
        except LineError as error:
            return error.text
        self.sound = port
        return None

    def _open_analogue(self) -> Text | None:
        device = self._settings.sound_device
        if device is None:
            return Text(code="gsm.no-sound-device", args={"model": self.found.identity.model})
        # sounddevice takes 11 MB and looks at every sound device: only where it is needed.
        from drivers.gsm.analogue import AnalogueSound  # noqa: PLC0415

        try:
            self.sound = AnalogueSound(self._settings.id, device)
        except LineError as error:
            return error.text
        return None
