"""1,000 random digits at 60/60 ms through the PCM port, both ways, by the switch's detector.

The modem's frames follow the driver's answers (lockstep), so that two minutes
of sound need seconds, and no frame is lost to a busy machine.
"""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from drivers import playout
from drivers.simulators.sounds import dtmf
from drivers.simulators.terminal import BlockSource, NetworkCall, Terminal
from firmware.contract.causes import Cause
from firmware.contract.messages import AnswerCall, Connect, Setup
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from firmware.dsp.dtmf import DtmfDetector
from tests.drivers.gsm_rig import GsmRig
from tests.drivers.rig import DEADLINE_S

DIGITS = 1_000
ON_MS = OFF_MS = 60
SEED = 20_261_121
SILENCE = np.zeros(BLOCK_SAMPLES, np.int16)


class Recorder:
    """A network of one call whose far end plays one sound and keeps what it hears."""

    country = "GB"
    calling: str | None = None

    def __init__(self, to_say: Samples) -> None:
        self.heard: list[Samples] = []
        self._to_say = list(to_say.reshape(-1, BLOCK_SAMPLES))

    def attach(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def detach(self, terminal: Terminal) -> None: ...

    def dial_tone(self) -> BlockSource:
        raise NotImplementedError

    def place(self, terminal: Terminal, called: str, calling: str | None = None) -> NetworkCall:
        raise NotImplementedError

    def answer(self) -> None: ...

    def clear(self, cause: Cause = Cause.NORMAL_CALL_CLEARING) -> None: ...

    def send_digit(self, digit: str) -> None: ...

    def hear_instead(self, source: BlockSource) -> None: ...

    def swap(self, said: Samples) -> Samples:
        self.heard.append(said)
        return self._to_say.pop(0) if self._to_say else SILENCE


def random_digits(seed: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list("0123456789*#ABCD"), DIGITS))


def pressed(digits: str) -> Samples:
    silence = np.zeros(OFF_MS * SAMPLE_RATE_HZ // 1000, np.int16)
    keys = [part for digit in digits for part in (dtmf(digit, ON_MS), silence)]
    sound = np.concatenate([*keys, np.zeros(SAMPLE_RATE_HZ, np.int16)])
    return np.concatenate([sound, np.zeros(-len(sound) % BLOCK_SAMPLES, np.int16)])


def detected(blocks: list[Samples]) -> str:
    detector, listening = DtmfDetector(1), np.ones(1, bool)
    events = [event for block in blocks for event in detector.hear(block[np.newaxis], listening)]
    return "".join(event.digit for event in events if not event.ended)


@pytest.fixture(params=["sim7600", "ec25", "huawei"])
async def call(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[GsmRig, Recorder, Setup]]:
    monkeypatch.setattr(playout, "PLAYED_PER_S", 1e12)  # in lockstep nothing ever waits
    far_end = Recorder(pressed(random_digits(SEED)))
    rig = GsmRig(modem={"family": request.param, "lockstep": True}, network=far_end)
    try:
        await rig.start()
        assert rig.stick.ring(far_end)
        setup = await rig.card.reported(Setup)
        await rig.line.answer_call(AnswerCall(leg_id=setup.leg_id))
        await rig.card.reported(Connect)
        yield rig, far_end, setup
    finally:
        await rig.stop()


async def test_no_digit_is_lost_or_doubled_either_way(
    call: tuple[GsmRig, Recorder, Setup],
) -> None:
    rig, far_end, setup = call
    assert setup.timeslot is not None
    place = rig.card.timeslots[setup.timeslot]
    outward = random_digits(SEED + 1)
    place.say(pressed(outward))
    blocks = len(pressed(outward)) // BLOCK_SAMPLES
    async with asyncio.timeout(4 * DEADLINE_S):
        while len(place.heard) < blocks + 20 or place.to_say:
            await place.written.wait()
    assert detected(place.heard) == random_digits(SEED)
    assert detected(far_end.heard) == outward
