"""Scripted outside parties: what they do when called, and what they do once a call is up."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

from drivers.simulators.mouth import sound
from drivers.simulators.party import Party, Stage
from drivers.simulators.settings import Conversation, SubscriberSettings
from drivers.simulators.sounds import sine
from drivers.simulators.terminal import NetworkCall, PublicNetwork
from firmware.contract.causes import Cause
from firmware.contract.pcm import Samples

BEEP_HZ: Final = 1_000.0
BEEP_MS: Final = 400
LISTENS_ON_S: Final = 3.5
"""So long a party whose far end has gone still listens: two periods of the slowest tone."""


def beep() -> Samples:
    return sine(BEEP_HZ, BEEP_MS, -12.0).astype("int16")


async def converse(party: Party, plan: Conversation) -> None:
    """Do as planned from the answer on; returns when our handset is down again."""
    talking = [
        asyncio.create_task(what)
        for what in (_speak(party, plan), _press(party, plan), _hang_up(party, plan))
    ]
    try:
        if await party.reaches(Stage.LEFT, Stage.IDLE) is Stage.LEFT:
            async with asyncio.timeout(2 * LISTENS_ON_S):
                await party.hears_for(LISTENS_ON_S)
    except TimeoutError:
        pass
    finally:
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        party.hang_up()


async def _speak(party: Party, plan: Conversation) -> None:
    if plan.say is not None:
        party.say(await asyncio.to_thread(sound, plan.say), again=plan.say_again)
    if plan.beep:
        await party.mouth.has_spoken()
        party.say(beep())
        party.note("beeped")


async def _press(party: Party, plan: Conversation) -> None:
    if plan.press:
        await asyncio.sleep(plan.press_after_s)
        party.press(plan.press)


async def _hang_up(party: Party, plan: Conversation) -> None:
    if plan.hang_up_after_s is not None:
        await asyncio.sleep(plan.hang_up_after_s)
        party.hang_up()


class Subscriber(Party):
    """An outside number of practice.toml. Attached to the network unless switched off."""

    def __init__(self, network: PublicNetwork, settings: SubscriberSettings) -> None:
        super().__init__(network, settings.number, settings.impairments.drift_ppm)
        self.settings = settings
        self._script: asyncio.Task[None] | None = None
        network.attach(self)
        if settings.off:
            network.detach(self)

    def ring(self, call: NetworkCall) -> bool:
        if self.settings.busy or not super().ring(call):
            return False
        self._run(self._called())
        return True

    async def close(self) -> None:
        if self._script is not None:
            self._script.cancel()
            await asyncio.gather(self._script, return_exceptions=True)
        self.hang_up()

    def _run(self, script: Coroutine[Any, Any, None]) -> None:
        if self._script is not None:
            self._script.cancel()
        self._script = asyncio.create_task(script, name=f"subscriber {self.number}")

    async def _called(self) -> None:
        if self.settings.rejects_after_s is not None:
            await asyncio.sleep(self.settings.rejects_after_s)
            self.hang_up(Cause.CALL_REJECTED)
        elif self.settings.answers:
            await asyncio.sleep(self.settings.answer_after_s)
            self.answer()
            if self.stage is Stage.TALKING:
                await converse(self, self.settings)
