"""The sound path of a call, block by block, without a modem."""

import numpy as np
import pytest

from drivers import playout
from drivers.fxo.v253 import Coding
from drivers.fxo.voice_path import PREFILL_BLOCKS, VoicePath
from drivers.playout import MOST_BLOCKS
from firmware.contract.messages import Direction
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp import g711
from firmware.dsp.tones import dtmf
from tests.drivers.rig import RecordedTimeslot

SILENT = g711.to_mulaw(np.zeros(BLOCK_SAMPLES, np.int16)).tobytes()


class Wire:
    """Keeps what would go to the modem."""

    def __init__(self) -> None:
        self.sent: list[Samples] = []

    def send_sound(self, audio: bytes) -> None:
        self.sent.append(g711.from_mulaw(np.frombuffer(audio, np.uint8)))


@pytest.fixture(autouse=True)
def nothing_waits_in_the_modem(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test hands over in no time what takes a modem seconds."""
    monkeypatch.setattr(playout, "PLAYED_PER_S", 1e12)


def path_of(wire: Wire, timeslot: RecordedTimeslot) -> VoicePath:
    return VoicePath(wire, Coding.MU_LAW, timeslot, None, lambda _: None)


async def test_every_block_heard_is_answered_by_one_of_ours() -> None:
    wire, timeslot = Wire(), RecordedTimeslot(0, lambda _: None)
    path = path_of(wire, timeslot)
    path.begin(duplex=True, direction=Direction.SEND)
    timeslot.say(np.full(BLOCK_SAMPLES, 1000, np.int16))
    for at in range(0, len(SILENT) * 10, 37):
        path.heard((SILENT * 10)[at : at + 37])
    assert len(timeslot.heard) == 10
    assert len(wire.sent) == PREFILL_BLOCKS + 10
    assert abs(int(wire.sent[PREFILL_BLOCKS][0]) - 1000) < 50


async def test_a_standstill_of_ours_does_not_stay_as_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playout, "PLAYED_PER_S", 0.0)
    wire, timeslot = Wire(), RecordedTimeslot(0, lambda _: None)
    path = path_of(wire, timeslot)
    path.begin(duplex=True, direction=Direction.SEND)
    path.heard(SILENT * 25)
    assert len(timeslot.heard) == 25
    assert len(wire.sent) == PREFILL_BLOCKS + MOST_BLOCKS


async def test_a_chip_that_records_is_sent_nothing() -> None:
    wire, timeslot = Wire(), RecordedTimeslot(0, lambda _: None)
    path = path_of(wire, timeslot)
    path.begin(duplex=False, direction=Direction.RECEIVE)
    path.heard(SILENT * 3)
    assert (len(timeslot.heard), wire.sent) == (3, [])


async def test_keys_go_out_in_place_of_the_call_s_sound_and_are_not_heard_back() -> None:
    wire, timeslot = Wire(), RecordedTimeslot(0, lambda _: None)
    path = path_of(wire, timeslot)
    path.begin(duplex=True, direction=Direction.SEND)
    keys = dtmf("5", 100, 100)
    path.press(keys)
    echo = g711.to_mulaw(np.full(BLOCK_SAMPLES, 3000, np.int16)).tobytes()
    for _ in range(20):
        path.heard(echo)
    sent = np.concatenate(wire.sent[PREFILL_BLOCKS:])[: len(keys)]
    assert np.corrcoef(sent, keys)[0, 1] > 0.99
    assert not any(block.any() for block in timeslot.heard[1:10])
    assert timeslot.heard[-1].any()
