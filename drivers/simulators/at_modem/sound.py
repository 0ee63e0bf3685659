"""The audio side of a simulated modem: its crystal, its buffers, its PCM port.

Every frame of its own crystal it swaps one block with the network. The PCM
port carries the blocks only while the computer asked for it, and the downlink
stalls when the computer stops sending, as the real ones do.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import numpy as np

from drivers.simulators.crystal import Crystal, Lateness
from drivers.simulators.impairments import Impairments
from drivers.simulators.terminal import NetworkCall
from firmware.contract.pcm import BLOCK_BYTES, BLOCK_SAMPLES, Samples

CUSHION_BLOCKS: Final = 2
FULL_BLOCKS: Final = 12
RESUME_BLOCKS: Final = 4
STALL_FRAMES: Final = 25
"""Frames without a byte from the computer until the downlink stalls."""
LOCKSTEP_PATIENCE_S: Final = 1.0


class Sound:
    """Runs while a call is up; `open` says whether the PCM port carries it."""

    def __init__(
        self,
        write: Callable[[bytes], None],
        flow: Callable[[bool], None],
        impairments: Impairments,
        lockstep: bool,
    ) -> None:
        self.open = False
        self.blocks_out = 0
        self.underruns = 0
        self.bytes_in = 0
        self._write = write
        self._flow = flow
        self._crystal = Crystal(impairments.drift_ppm)
        self._lateness = Lateness(impairments)
        self._lockstep = lockstep
        self._uplink = bytearray()
        self._arrived = asyncio.Event()
        self._playing = False
        self._held = False
        self._quiet_frames = 0

    def received(self, data: bytes) -> None:
        """Bytes the computer wrote to the PCM port."""
        if not self.open:
            return
        self.bytes_in += len(data)
        self._quiet_frames = 0
        self._uplink += data
        self._arrived.set()
        if len(self._uplink) > FULL_BLOCKS * BLOCK_BYTES:
            del self._uplink[: -FULL_BLOCKS * BLOCK_BYTES]
            self._hold(True)

    def switch(self, is_open: bool) -> None:
        """Open or close the PCM port; what is buffered is gone."""
        self.open = is_open
        self._playing = self._held = False
        self._uplink.clear()
        self._quiet_frames = 0

    async def run(self, call: NetworkCall) -> None:
        """Swap frames for `call` until cancelled."""
        async for _ in self._crystal.frames():
            if self._lockstep and self.open:
                await self._keep_step(call)
            self._frame(call)

    def _frame(self, call: NetworkCall) -> None:
        heard = call.swap(self._next_said())
        self._quiet_frames += 1
        if self.open and self._quiet_frames <= STALL_FRAMES:
            self.blocks_out += 1
            self._write(self._lateness.passed_on(heard.astype("<i2").tobytes()))

    def _next_said(self) -> Samples:
        have = len(self._uplink) // BLOCK_BYTES
        if have <= RESUME_BLOCKS:
            self._hold(False)
        if not self._playing:
            self._playing = have >= CUSHION_BLOCKS or (self._lockstep and have > 0)
        if not self._playing or have == 0:
            self.underruns += self._playing
            return np.zeros(BLOCK_SAMPLES, np.int16)
        block = bytes(self._uplink[:BLOCK_BYTES])
        del self._uplink[:BLOCK_BYTES]
        return np.frombuffer(block, "<i2").astype(np.int16)

    def _hold(self, held: bool) -> None:
        if held is not self._held:
            self._held = held
            self._flow(not held)

    async def _keep_step(self, call: NetworkCall) -> None:
        """Swap a frame for each block the computer writes, as fast as it does."""
        while self.open:
            self._frame(call)
            while len(self._uplink) < BLOCK_BYTES:
                self._arrived.clear()
                try:
                    async with asyncio.timeout(LOCKSTEP_PATIENCE_S):
                        await self._arrived.wait()
                except TimeoutError:
                    return
