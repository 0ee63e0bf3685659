"""A device's own clock: 20 ms by its own crystal, and the bursts a bad USB bus makes of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import numpy as np

from drivers.simulators.impairments import Impairments
from firmware.contract.pcm import FRAME_MS

HOPELESSLY_LATE_S: Final = 1.0
"""A process that stood still for longer (suspended, debugged) does not make up for it."""


class Crystal:
    """Frames at the rate of one device's clock; 0.02 s apart, less `drift_ppm`."""

    def __init__(self, drift_ppm: float = 0.0) -> None:
        self.period_s = FRAME_MS / 1000 / (1 + drift_ppm * 1e-6)

    async def frames(self) -> AsyncIterator[int]:
        """Yield frame numbers for ever, each when it is due; a late loop catches up one by one."""
        loop = asyncio.get_running_loop()
        frame, began = 0, loop.time()
        while True:
            due = began + frame * self.period_s
            late_s = loop.time() - due
            if late_s > HOPELESSLY_LATE_S:
                began += late_s
            await asyncio.sleep(max(0.0, -late_s))
            yield frame
            frame += 1


class Lateness:
    """Data held back now and then and delivered in one burst, as a busy USB bus does."""

    def __init__(self, settings: Impairments) -> None:
        self._every_s = settings.late_every_s
        self._late_frames = settings.late_ms // FRAME_MS
        self._random = np.random.default_rng(settings.seed)
        self._left = 0
        self._held: list[bytes] = []

    def passed_on(self, data: bytes) -> bytes:
        """Give this frame's data, get what the wire shall carry now: b"" while it stands still."""
        if self._every_s is None:
            return data
        self._held.append(data)
        if self._left:
            self._left -= 1
        elif self._random.random() < FRAME_MS / 1000 / self._every_s:
            self._left = self._late_frames
        if self._left:
            return b""
        burst, self._held = b"".join(self._held), []
        return burst
