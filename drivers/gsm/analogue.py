"""Sound of a modem that has it on two pins only (SIM800): an ALSA device beside it.

Blocking streams in one thread: callback streams need memory that is writable
and executable, which the hardened unit forbids. Two short rings lie between
the thread and the event loop; the sound device's crystal paces both.
"""

import asyncio
import logging
import threading
from collections import deque
from typing import Final

import numpy as np
import sounddevice

from drivers.gains import Gains
from firmware.contract.errors import LineError
from firmware.contract.line import SeizedTimeslot
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

log = logging.getLogger(__name__)

RING_BLOCKS: Final = 8
LATENCY_S: Final = 0.1
"""Below that loaded machines have underruns at the start that stay as delay (measured)."""
JOIN_S: Final = 2.0


class AnalogueSound:
    """Made when the line opens, so that a missing device is told at once."""

    def __init__(self, name: str, device: str) -> None:
        """Raises LineError when there is no such sound device."""
        self.heard_blocks = 0
        self.lost_blocks = 0
        """Blocks the event loop came too late for."""
        self.may_send = True
        self._name = name
        self._device = device
        self._timeslot: SeizedTimeslot | None = None
        self._gains = Gains(0.0, 0.0)
        self._to_send: deque[Samples] = deque(maxlen=RING_BLOCKS)
        self._thread: threading.Thread | None = None
        self._before: threading.Thread | None = None
        """The last call's, which may still be closing the device."""
        self._ended = threading.Event()
        try:
            for check in (sounddevice.check_input_settings, sounddevice.check_output_settings):
                check(device, channels=1, dtype="int16", samplerate=SAMPLE_RATE_HZ)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise LineError("gsm.sound-device-unusable", device=device) from error

    def start(self, timeslot: SeizedTimeslot, gains: Gains) -> None:
        if self._thread is not None:
            return
        self._timeslot, self._gains = timeslot, gains
        self.heard_blocks = 0
        self._to_send.clear()
        self._ended = threading.Event()
        work = asyncio.get_running_loop(), self._ended, self._before
        self._thread = threading.Thread(target=self._run, args=work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns at once; the device is free a block or two later."""
        self._timeslot = None
        self._ended.set()
        if self._thread is not None:
            self._before, self._thread = self._thread, None

    def close(self) -> None:
        self.stop()
        if self._before is not None:
            self._before.join(JOIN_S)

    def set_gains(self, gains: Gains) -> None:
        self._gains = gains

    def _run(
        self,
        loop: asyncio.AbstractEventLoop,
        ended: threading.Event,
        before: threading.Thread | None,
    ) -> None:
        """The thread: one block in, one block out, by the sound device's clock."""
        if before is not None:
            before.join(JOIN_S)
        try:
            with sounddevice.Stream(
                samplerate=SAMPLE_RATE_HZ,
                blocksize=BLOCK_SAMPLES,
                device=self._device,
                channels=1,
                dtype="int16",
                latency=LATENCY_S,
            ) as stream:
                while not ended.is_set():
                    heard, _late = stream.read(BLOCK_SAMPLES)
                    loop.call_soon_threadsafe(self._swap, heard[:, 0].copy(), ended)
                    said = self._next_to_send()
                    stream.write(said.reshape(-1, 1))
        except (sounddevice.PortAudioError, RuntimeError) as error:
            # RuntimeError: the event loop closed under us.
            log.warning("%s: sound device %s: %s", self._name, self._device, error)

    def _next_to_send(self) -> Samples:
        try:
            return self._to_send.popleft()
        except IndexError:
            return np.zeros(BLOCK_SAMPLES, np.int16)

    def _swap(self, heard: Samples, ended: threading.Event) -> None:
        """On the event loop: give the block to the highway, fetch the next for the thread."""
        if self._timeslot is None or ended.is_set():
            return
        self.heard_blocks += 1
        self._timeslot.write(self._gains.received(heard))
        if len(self._to_send) == RING_BLOCKS:
            self.lost_blocks += 1
        self._to_send.append(self._gains.sent(self._timeslot.read()))
