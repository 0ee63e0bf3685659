"""Somebody outside with a telephone: calls, answers, speaks, presses keys and listens.

Moved by hand (tests) or by a script (subscriber.py). The telephone is on a
digital line: it hears the network's tones, and is told.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum

from drivers.simulators.crystal import Crystal
from drivers.simulators.ear import Ear
from drivers.simulators.mouth import Mouth
from drivers.simulators.terminal import NetworkCall, PublicNetwork
from firmware.contract.causes import Cause
from firmware.contract.pcm import Samples


class Stage(Enum):
    IDLE = "idle"
    RINGING = "ringing"
    CALLING = "calling"
    ALERTING = "alerting"
    TALKING = "talking"
    LEFT = "left"  # the far end has gone, our handset is still up


@dataclass(frozen=True, slots=True)
class PartyEvent:
    at_s: float
    what: str


class Party:
    """A Terminal of the practice network; one call at a time."""

    def __init__(self, network: PublicNetwork, number: str, drift_ppm: float = 0.0) -> None:
        self.number = number
        self.stage = Stage.IDLE
        self.cause: Cause | None = None
        """Why the far end went, or our last call failed."""
        self.call: NetworkCall | None = None
        self.mouth, self.ear = Mouth(), Ear(network.country)
        """Of the present or last call; new for each."""
        self.events: list[PartyEvent] = []
        self.seconds_in: dict[Stage, float] = {}
        self._network = network
        self._crystal = Crystal(drift_ppm)
        self._audio: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._began_s = self._stage_began_s = 0.0

    # ---- what the network tells (Terminal)

    def ring(self, call: NetworkCall) -> bool:
        if self.stage is not Stage.IDLE:
            return False
        self._begin(call)
        self._enter(Stage.RINGING)
        return True

    def alerting(self, call: NetworkCall) -> None:
        self._enter(Stage.ALERTING)

    def answered(self, call: NetworkCall) -> None:
        self._enter(Stage.TALKING)

    def cleared(self, call: NetworkCall, cause: Cause) -> None:
        self.cause = cause
        if self.stage is Stage.RINGING:
            self._finish()
        else:
            self._enter(Stage.LEFT)

    # ---- hands

    def dial(self, called: str, calling: str | None = None) -> None:
        self._began_s = self._stage_began_s = self._now_s()
        self._begin(self._network.place(self, called, calling))
        self._enter(Stage.CALLING)
        self._lift()

    def answer(self) -> None:
        if self.call is not None and self.stage is Stage.RINGING:
            self.call.answer()
            self._enter(Stage.TALKING)
            self._lift()

    def hang_up(self, cause: Cause = Cause.NORMAL_CALL_CLEARING) -> None:
        """On-hook; rejects a call that only rings."""
        if self.call is not None:
            self.call.clear(cause)
            self._finish()

    def say(self, samples: Samples, again: bool = False) -> None:
        self.mouth.say(samples, again)

    def press(self, digits: str, on_ms: int = 100, off_ms: int = 100) -> None:
        self.mouth.press(digits, on_ms, off_ms)
        self.note(f"pressed {digits}")

    def heard(self) -> Samples:
        return self.ear.heard()

    async def hears_for(self, seconds: float) -> Samples:
        return await self.ear.hears_for(seconds)

    async def reaches(self, *stages: Stage) -> Stage:
        """Wait until the party is in one of `stages`."""
        while self.stage not in stages:
            await self._changed.wait()
        return self.stage

    def note(self, what: str) -> None:
        """Add to the events of this call."""
        self.events.append(PartyEvent(round(self._now_s() - self._began_s, 3), what))

    # ---- inside

    def _begin(self, call: NetworkCall) -> None:
        self.call, self.cause = call, None
        self.mouth, self.ear = Mouth(), Ear(self._network.country)
        self.events, self.seconds_in = [], {}
        self._began_s = self._stage_began_s = self._now_s()

    def _lift(self) -> None:
        self._audio = asyncio.create_task(self._talk(), name=f"party {self.number}")

    async def _talk(self) -> None:
        async for _ in self._crystal.frames():
            if self.call is None:
                return
            self.ear.hears(self.call.swap(self.mouth.next_block()))

    def _finish(self) -> None:
        self.call = None
        if self._audio is not None:
            self._audio.cancel()
            self._audio = None
        self._enter(Stage.IDLE)

    def _enter(self, stage: Stage) -> None:
        spent_s = self._now_s() - self._stage_began_s
        self.seconds_in[self.stage] = self.seconds_in.get(self.stage, 0.0) + spent_s
        self._stage_began_s = self._now_s()
        self.stage = stage
        self.note(stage.value)
        self._changed.set()
        self._changed = asyncio.Event()

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()
