"""The sound of one call: asked for at the family's moment, watched until it really flows."""

import asyncio
import logging
from typing import Final

from drivers.gains import Gains
from drivers.gsm.modem import OpenModem
from drivers.gsm.profile import SoundOrder
from firmware.contract.errors import LineError
from firmware.contract.line import SeizedTimeslot
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

GIVE_UP_ORDERING_S: Final = 12.0
"""SIM7600 may refuse for a while after the call is up."""


class Talk:
    """Lives as long as its leg."""

    def __init__(
        self, modem: OpenModem, timeslot: SeizedTimeslot, gains: Gains, patience_s: float
    ) -> None:
        self._modem = modem
        self._timeslot = timeslot
        self._gains = gains
        self._patience_s = patience_s
        self._refused_since: float | None = None
        self._silent_since: float | None = None
        self._heard_before = 0
        self._second_try = False
        self.failed = False

    async def reached(self, moment: SoundOrder) -> None:
        """The call has come to `moment`: order the sound if the family wants it now."""
        ordered = await self._modem.order_sound(moment)
        if ordered is not None:
            self._note(ordered)

    async def look(self) -> Text | None:
        """Once a turn while the call is up: try again, or say why there is no sound."""
        now = asyncio.get_running_loop().time()
        if self.failed:
            return None
        if self._refused_since is not None:
            await self.reached(self._modem.profile.sound_order)
            if self._refused_since is None or now - self._refused_since < GIVE_UP_ORDERING_S:
                return None
            return self._give_up()
        return await self._listen(now)

    async def end(self) -> None:
        """The call is over. A modem that no longer answers is somebody else's worry."""
        self.drop()
        try:
            await self._modem.end_sound()
        except LineError as error:
            log.info("%s", error)

    def drop(self) -> None:
        """Stop carrying sound without a word to the modem."""
        if self._modem.sound is not None:
            self._modem.sound.stop()

    def set_gains(self, gains: Gains) -> None:
        self._gains = gains
        if self._modem.sound is not None:
            self._modem.sound.set_gains(gains)

    def _note(self, ordered: bool) -> None:
        now = asyncio.get_running_loop().time()
        if ordered and self._modem.sound is not None:
            self._refused_since, self._silent_since, self._heard_before = None, now, 0
            self._modem.sound.start(self._timeslot, self._gains)
        elif self._refused_since is None:
            self._refused_since = now

    async def _listen(self, now: float) -> Text | None:
        """Some firmware takes the order and sends nothing: order once more, then give up."""
        sound = self._modem.sound
        if sound is None or self._silent_since is None:
            return None
        if sound.heard_blocks != self._heard_before:
            self._heard_before, self._silent_since = sound.heard_blocks, now
            self._second_try = False
        if now - self._silent_since < self._patience_s:
            return None
        if self._second_try:
            return self._give_up()
        self._second_try = True
        sound.stop()
        await self._modem.end_sound()
        await self.reached(self._modem.profile.sound_order)
        return None

    def _give_up(self) -> Text:
        self.failed = True
        return Text(code="gsm.no-sound")
