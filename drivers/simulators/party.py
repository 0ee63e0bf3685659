"""Somebody outside with a telephone: calls, answers, speaks, presses keys and listens.

Moved by hand (tests, `tipring practice phone`) or by a script (subscriber.py).
Its telephone is on a digital line: it hears the network's tones, and is told.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum

import numpy as np

from drivers.simulators.crystal import Crystal
from drivers.simulators.sounds import SILENCE, Loop, Tape, dtmf
from drivers.simulators.terminal import NetworkCall, PublicNetwork
from firmware.contract.causes import Cause
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

MAX_HEARD_S = 3_600
"""So much of a call is kept; who talks longer loses the end of the recording, not the call."""


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
        self.events: list[PartyEvent] = []
        self.seconds_in: dict[Stage, float] = {}
        self._network = network
        self._crystal = Crystal(drift_ppm)
        self._said = Tape()
        self._again: Loop | None = None
        self._heard: list[Samples] = []
        self._audio: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._hearing = asyncio.Event()
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
        """Speak after what is being said already; `again` for ever, until something else is."""
        self._said.add(samples)
        self._again = Loop(samples) if again else None

    def press(self, digits: str, on_ms: int = 100, off_ms: int = 100) -> None:
        for digit in digits:
            self._said.add(dtmf(digit, on_ms, off_ms))
        self._note(f"pressed {digits}")

    @property
    def has_spoken(self) -> bool:
        """Everything to say or press has been said."""
        return self._said.is_over

    def heard(self) -> Samples:
        """All that was heard in the last call, shape (n,)."""
        return np.concatenate([SILENCE[:0], *self._heard])

    async def hears_for(self, seconds: float) -> Samples:
        """Wait for so much more sound, and return just that."""
        begin = len(self._heard) * BLOCK_SAMPLES
        end = begin + round(seconds * SAMPLE_RATE_HZ)
        while len(self._heard) * BLOCK_SAMPLES < end:
            await self._hearing.wait()
        return self.heard()[begin:end]

    async def reaches(self, *stages: Stage) -> Stage:
        """Wait until the party is in one of `stages`."""
        while self.stage not in stages:
            await self._changed.wait()
        return self.stage

    # ---- inside

    def hears(self, block: Samples) -> None:
        """One block arrived; scripts that listen extend this."""
        if len(self._heard) * BLOCK_SAMPLES < MAX_HEARD_S * SAMPLE_RATE_HZ:
            self._heard.append(block)
        self._hearing.set()
        self._hearing = asyncio.Event()

    def _begin(self, call: NetworkCall) -> None:
        self.call, self.cause = call, None
        self.events, self.seconds_in = [], {}
        self._said, self._again, self._heard = Tape(), None, []
        self._began_s = self._stage_began_s = self._now_s()

    def _lift(self) -> None:
        self._audio = asyncio.create_task(self._talk(), name=f"party {self.number}")

    async def _talk(self) -> None:
        async for _ in self._crystal.frames():
            if self.call is None:
                return
            self.hears(self.call.swap(self._next_said()))

    def _next_said(self) -> Samples:
        if self._again is not None and self._said.is_over:
            return self._again.next_block()
        return self._said.next_block()

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
        self._note(stage.value)
        self._changed.set()
        self._changed = asyncio.Event()

    def _note(self, what: str) -> None:
        self.events.append(PartyEvent(round(self._now_s() - self._began_s, 3), what))

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()
