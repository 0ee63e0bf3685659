"""The virtual line's rigs: a practice phone, or a trunk to the practice network."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from drivers.simulators.network import Network
from drivers.simulators.settings import PhoneSettings
from drivers.simulators.virtual_phone import Hook, VirtualPhone
from drivers.simulators.virtual_trunk import VirtualTrunk
from drivers.virtual.line import VirtualLine
from firmware.contract.line import Line
from firmware.contract.pcm import Samples
from firmware.contract.settings import VirtualLineSettings
from tests.drivers.rig import DEADLINE_S, RecordingCard

TRUNK_NUMBER = "+441632960020"


class VirtualRig:
    """What both share: the line, served, and a wire that can break."""

    far_end: VirtualPhone | VirtualTrunk

    def __init__(self, *, phone: bool) -> None:
        self.card = RecordingCard()
        self.folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))  # sun_path is short
        settings = VirtualLineSettings(
            id="virtual-1", driver="virtual", serial="phone-f1", phone=phone
        )
        self.line: Line = VirtualLine(settings, self.card, self.folder / settings.serial)
        self._serving: asyncio.Task[None] | None = None

    async def plug_in(self) -> None:
        """Make the far end."""

    async def start(self) -> None:
        await self.plug_in()
        await self.line.open()
        self._serving = asyncio.create_task(self.line.serve())

    async def stop(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)
        await self.line.close()
        await self.far_end.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def break_wire(self) -> None:
        await self.far_end.stop()

    async def served(self) -> BaseException | None:
        assert self._serving is not None
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.wait([self._serving])
        return self._serving.exception()


class VirtualTrunkRig(VirtualRig):
    number = TRUNK_NUMBER

    def __init__(self) -> None:
        super().__init__(phone=False)
        self.network = Network("GB", set_up_s=0.01)

    async def plug_in(self) -> None:
        settings = PhoneSettings(
            wire="virtual", serial="phone-f1", line="virtual-1", number=self.number, trunk=True
        )
        self.far_end = VirtualTrunk(self.folder, self.network, settings)


class VirtualPhoneRig(VirtualRig):
    def __init__(self) -> None:
        super().__init__(phone=True)

    async def plug_in(self) -> None:
        settings = PhoneSettings(wire="virtual", serial="phone-f1", line="virtual-1", number="101")
        self.far_end = self.phone = VirtualPhone(self.folder, settings)

    async def lift(self) -> None:
        self.phone.lift()

    async def hang_up(self) -> None:
        self.phone.hang_up()

    async def press(self, digit: str) -> None:
        await self.phone.press(digit)

    async def flash(self) -> None:
        self.phone.flash()

    async def rings(self) -> bool:
        try:
            async with asyncio.timeout(DEADLINE_S):
                await self.phone.reaches(Hook.RINGING)
        except TimeoutError:
            return False
        return True

    async def stops_ringing(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.phone.reaches(Hook.ON)

    async def say(self, samples: Samples) -> None:
        self.phone.mouth.say(samples)

    async def hears_for(self, seconds: float) -> Samples:
        async with asyncio.timeout(DEADLINE_S):
            return await self.phone.ear.hears_for(seconds)
