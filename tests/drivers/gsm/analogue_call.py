"""Run as a program of its own: a SIM800 call whose sound is on an ALSA device.

PortAudio reads the ALSA configuration once a process, so this cannot run in
the test's own. Prints one JSON object of what both ends heard.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import asyncio
import json
import sys
import threading

import numpy as np
import sounddevice

from drivers.simulators.party import Party
from firmware.contract.messages import AnswerCall, ClearCall, Connect, Disconnect, Release, Setup
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from tests.drivers.gsm.private_pulse import FAR, NEAR
from tests.drivers.gsm_rig import GsmRig
from tests.drivers.rig import OUTSIDE_E164

SECONDS = 4.0
NEAR_HZ, FAR_HZ = 1300.0, 700.0


def sine(hz: float, seconds: float) -> Samples:
    time_s = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * time_s)).astype(np.int16)


def strongest_hz(samples: Samples) -> float:
    """The loudest frequency of the last second."""
    last = samples[-SAMPLE_RATE_HZ:].astype(float)
    return float(np.fft.rfftfreq(len(last), 1 / SAMPLE_RATE_HZ)[np.abs(np.fft.rfft(last)).argmax()])


class Pins:
    """The modem's microphone and loudspeaker pins, on the other end of the crossed devices."""

    def __init__(self) -> None:
        self.heard: list[Samples] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        said = sine(FAR_HZ, 1.0).reshape(-1, BLOCK_SAMPLES)
        with sounddevice.Stream(
            samplerate=SAMPLE_RATE_HZ, blocksize=BLOCK_SAMPLES, device=FAR, channels=1,
            dtype="int16", latency=0.1,
        ) as stream:  # fmt: skip
            block = 0
            while not self.ended.is_set():
                stream.write(said[block % len(said)].reshape(-1, 1))
                heard, _ = stream.read(BLOCK_SAMPLES)
                self.heard.append(heard[:, 0].copy())
                block += 1


async def call() -> dict[str, object]:
    rig = GsmRig(modem={"family": "sim800"}, line={"sound_device": NEAR})
    rig.bay.ask_adapters = True
    pins = Pins()
    try:
        await rig.start()
        pins.thread.start()
        outside = Party(rig.network, OUTSIDE_E164)
        outside.dial(rig.number)
        setup = await rig.card.reported(Setup)
        await rig.line.answer_call(AnswerCall(leg_id=setup.leg_id))
        await rig.card.reported(Connect)
        index = setup.timeslot
        assert index is not None
        rig.card.timeslots[index].say(sine(NEAR_HZ, 4 * SECONDS))
        heard = await rig.card.hears_for(index, SECONDS)
        await rig.line.clear_call(ClearCall(leg_id=setup.leg_id))
        await rig.card.reported(Release)
        traceless = await gives_up_without_a_trace(rig)
    finally:
        pins.ended.set()
        await asyncio.to_thread(pins.thread.join)
        await rig.stop()
    return {
        "health": rig.line.state().audio.value,
        "line_heard_hz": strongest_hz(heard),
        "modem_heard_hz": strongest_hz(np.concatenate(pins.heard[: int(SECONDS * 50)])),
        "caller_gone_cause": traceless,
    }


async def gives_up_without_a_trace(rig: GsmRig) -> int:
    """SIM800 says nothing at all when a caller hangs up before the answer."""
    before = len(rig.card.reports)
    outside = Party(rig.network, "+447700900123")
    outside.dial(rig.number)
    await rig.card.reported(Setup, after=before)
    outside.hang_up()
    return int((await rig.card.reported(Disconnect, after=before)).cause)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(call())))
