"""A caller and all that serves them: handed from one part of the office to the next."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from firmware.calls.attempt import Attempt, Shown
from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.calls.reach import Reached, reach
from firmware.calls.recording import CallRecorder
from firmware.calls.talk import Talk
from firmware.contract.causes import Cause
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Visit:
    office: Office
    call: Call
    caller: Leg
    recorder: CallRecorder
    ring_count: int = 1
    """How many rings the line had seen when it told of the call."""

    @property
    def shown(self) -> Shown:
        return Shown(self.caller.number, self.caller.name)

    async def answer(self) -> bool:
        """Answer the caller if nobody has; False (and the call ends) when the line will not."""
        if self.caller.is_active:
            return True
        if not await self.caller.answer():
            self.call.step("call.line-did-not-answer", self.caller)
            self.caller.clear(Cause.TEMPORARY_FAILURE)
            return False
        self.call.answered()
        took_s = round(self.call.age_ms / 1_000, 2)
        self.call.step("call.answered", self.caller, ring=self.ring_count, seconds=took_s)
        log.info("%s: answered %.2f s after ring %d", self.caller.line_id, took_s, self.ring_count)
        return True

    async def say(self, prompt: str, *, until_key: bool = False) -> None:
        """Play a prompt in the call's language; a key may end it, and is kept for who asks next."""
        files = await self.office.voices.files(prompt, self.call.language)
        await self.caller.play(files, until_key=until_key)

    async def meanwhile(self, doing: Coroutine[Any, Any, T]) -> T:
        """Return what comes of it; given up, and LegEnded raised, when the caller hangs up."""
        task = asyncio.create_task(doing)
        task.add_done_callback(lambda _: self.caller.news.wake())
        try:
            await self.caller.until(lambda: task.done() or None, None)
        finally:
            task.cancel()
        return task.result()

    async def ring(
        self, attempts: list[Attempt], ring_s: float | None, music: str | None = None
    ) -> Reached:
        """Ring while the caller hears music or, once somebody rings, ringback."""
        self.call.enter(CallPhase.CONNECTING, Text(code="where.ringing"))
        self.call.music = music
        if music is not None:
            files = await self.office.voices.files(music, self.call.language)
            self.caller.sound.play(files, loop=True)
        return await reach(self.call, self.caller, attempts, ring_s)

    async def talk_to(self, reached: Reached) -> None:
        """Connect the caller with who has answered, until it is over."""
        if reached.leg is None or not await self.answer():
            return
        self.call.disposition = reached.disposition
        await self.recorder.begin(self.caller)
        await Talk(self.office, self.call, self.recorder, self.caller, reached.leg).run()
