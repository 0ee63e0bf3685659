"""A practice phone: the far end of a virtual phone line, moved by itself or by hand."""

import asyncio
from collections.abc import Coroutine
from enum import Enum
from pathlib import Path
from typing import Final

from drivers.simulators.crystal import Crystal
from drivers.simulators.ear import Ear
from drivers.simulators.mouth import Mouth, sound
from drivers.simulators.settings import PhoneSettings
from drivers.simulators.virtual_wire import Happened, VirtualWire
from firmware.contract.errors import RequestRefused
from firmware.contract.pcm import Samples

DIAL_TONE_PAUSE_S: Final = 0.6
"""From lifting to the first key; people are slower."""
KEY_PAUSE_S: Final = 0.1


class Hook(Enum):
    ON = "on-hook"
    RINGING = "ringing"
    OFF = "off-hook"


class VirtualPhone:
    def __init__(self, device_dir: Path, settings: PhoneSettings, country: str = "GB") -> None:
        self.settings = settings
        self._country = country
        self.hook = Hook.ON
        self.mouth, self.ear = Mouth(), Ear(country)
        """Since the phone was last lifted."""
        self.digits_sent_to_it = ""
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._audio: asyncio.Task[None] | None = None
        self._wire = VirtualWire(device_dir / settings.serial, self._happened, self._hears)

    @property
    def is_connected(self) -> bool:
        return self._wire.is_connected

    # ---- hands

    def lift(self) -> None:
        """Off hook: answers when it rings, else dial tone is to come."""
        if self.hook is Hook.OFF:
            return
        self.mouth, self.ear = Mouth(), Ear(self._country)
        if self.settings.say is not None:
            self.mouth.say(sound(self.settings.say), again=True)
        self._wire.tell("lift")
        self._set(Hook.OFF)
        self._audio = asyncio.create_task(self._talk(), name=f"phone {self.settings.serial}")

    def answer(self) -> None:
        if self.hook is not Hook.RINGING:
            raise RequestRefused("practice.phone-not-ringing", phone=self.settings.line)
        self.lift()

    def hang_up(self) -> None:
        if self.hook is Hook.OFF:
            self._wire.tell("hang-up")
        self._put_down()

    def stand_still(self) -> None:
        """Stop sending sound in mid-call, as a hung device does; its socket stays open."""
        if self._audio is not None:
            self._audio.cancel()

    def flash(self) -> None:
        self._wire.tell("flash")

    async def press(self, digits: str) -> None:
        if self.hook is not Hook.OFF:
            raise RequestRefused("practice.phone-not-lifted", phone=self.settings.line)
        for digit in digits:
            self._wire.tell("digit", digit=digit)
            await asyncio.sleep(KEY_PAUSE_S)

    async def dial(self, number: str) -> None:
        if self.hook is not Hook.ON:
            raise RequestRefused("practice.phone-in-use", phone=self.settings.line)
        self.lift()
        await asyncio.sleep(DIAL_TONE_PAUSE_S)
        await self.press(number)

    async def reaches(self, hook: Hook) -> None:
        """Wait until the hook is so."""
        while self.hook is not hook:
            await self._changed.wait()

    async def stop(self) -> None:
        self._put_down()
        for task in self._tasks:
            task.cancel()
        await self._wire.close()

    # ---- the wire

    def _happened(self, happened: Happened) -> None:
        match happened["event"]:
            case "ring" if self.hook is Hook.ON:
                self._set(Hook.RINGING)
                if self.settings.answer_after_s is not None:
                    self._later(self._answer_by_itself(self.settings.answer_after_s))
            case "stop-ring" if self.hook is Hook.RINGING:
                self._set(Hook.ON)
            case "clear" | "card-gone":
                self._put_down()
            case "digits":
                self.digits_sent_to_it += str(happened["digits"])
            case _:  # rings twice, or is rung while off hook: a phone does nothing
                pass

    def _hears(self, block: Samples) -> None:
        self.ear.hears(block)

    async def _answer_by_itself(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        if self.hook is Hook.RINGING:
            self.lift()

    async def _talk(self) -> None:
        async for _ in Crystal(self.settings.impairments.drift_ppm).frames():
            self._wire.say(self.mouth.next_block())

    def _put_down(self) -> None:
        if self._audio is not None:
            self._audio.cancel()
            self._audio = None
        self._set(Hook.ON)

    def _later(self, what: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _set(self, hook: Hook) -> None:
        if hook is not self.hook:
            self.hook = hook
            self._changed.set()
            self._changed = asyncio.Event()
