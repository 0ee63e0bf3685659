"""The virtual line's wire: packets in and out, nonsense refused, no digit lost."""

import asyncio
import json
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.simulators.sounds import SILENCE, dtmf
from drivers.virtual.line import VirtualLine
from drivers.virtual.wire import FarEndEvent, audio, event, parse
from firmware.contract.errors import LineTimeout, MessageRefused
from firmware.contract.messages import ClearCall, Proceeding, Setup
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.contract.settings import VirtualLineSettings
from firmware.dsp.dtmf import DtmfDetector
from tests.drivers.rig import DEADLINE_S, RecordingCard

DIGITS = 1000
KEYS = "0123456789*#ABCD"


def test_a_block_survives_the_wire() -> None:
    block = np.arange(-80, 80, dtype=np.int16) * 400
    received = parse(audio(block))
    assert isinstance(received, np.ndarray)
    assert np.array_equal(received, block)


def test_an_event_is_a_json_object_after_j() -> None:
    packet = event("dial", called="01632960100", calling=None)
    assert packet[:1] == b"J"
    assert json.loads(packet[1:]) == {"event": "dial", "called": "01632960100", "calling": None}


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"A",
        b"A" + bytes(319),
        b"A" + bytes(322),
        b"J",
        b"J{}",
        b"J[1]",
        b'J{"event": "explode"}',
        b'J{"event": "digit", "digit": "55"}',
        b'J{"event": "call", "calling": "1;AT"}',
        b'J{"event": "lift", "extra": 1}',
        b'J{"event": "cleared", "cause": 0}',
        b"J\xff\xfe",
        b"Xyz",
    ],
)
def test_what_is_no_message_is_refused(packet: bytes) -> None:
    with pytest.raises(MessageRefused):
        parse(packet)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_block_an_event_or_refused(packet: bytes) -> None:
    try:
        received = parse(packet)
    except MessageRefused:
        return
    assert isinstance(received, FarEndEvent) or len(received) == BLOCK_SAMPLES


@dataclass
class BareWire:
    """A line and the raw socket at its far end."""

    line: VirtualLine
    card: RecordingCard
    far_end: socket.socket
    serving: asyncio.Task[None]

    async def send(self, packet: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.far_end, packet)

    async def receive(self) -> bytes:
        async with asyncio.timeout(DEADLINE_S):
            return await asyncio.get_running_loop().sock_recv(self.far_end, 4096)


@pytest.fixture
async def bare() -> AsyncIterator[BareWire]:
    folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))  # sun_path is short
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(folder / "phone-f1"))
    listener.listen()
    listener.setblocking(False)
    settings = VirtualLineSettings(id="phone-1", driver="virtual", serial="phone-f1")
    card = RecordingCard()
    line = VirtualLine(settings, card, folder / "phone-f1")
    await line.open()
    far_end, _ = await asyncio.get_running_loop().sock_accept(listener)
    far_end.setblocking(False)
    serving = asyncio.create_task(line.serve())
    yield BareWire(line, card, far_end, serving)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await line.close()
    far_end.close()
    listener.close()


async def test_nonsense_on_the_wire_costs_nothing(bare: BareWire) -> None:
    for packet in (b"J{", b"A123", b"?", b'J{"event": "lift", "x": 1}'):
        await bare.send(packet)
    await bare.send(b'J{"event": "lift"}')
    assert (await bare.card.reported(Setup)).phone_lifted
    assert not bare.serving.done()


async def test_events_that_fit_no_call_change_nothing(bare: BareWire) -> None:
    for name in ("hang-up", "flash", "alerting", "answered", "cleared"):
        await bare.send(event(name))
    await bare.send(event("digit", digit="5"))
    await bare.send(audio(SILENCE))
    await bare.send(event("lift"))
    await bare.card.reported(Setup)
    assert [report.kind for report in bare.card.reports] == ["line-state", "setup"]


def random_keys(seed: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list(KEYS), DIGITS))


def keyed(keys: str) -> list[Samples]:
    """60 ms on, 60 ms off."""
    sound = np.concatenate([dtmf(key, 60, 60) for key in keys] + [SILENCE] * 10)
    return list(sound[: len(sound) // BLOCK_SAMPLES * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES))


def keys_in(blocks: list[Samples]) -> str:
    detector, here = DtmfDetector(1), np.ones(1, bool)
    events = [e for block in blocks for e in detector.hear(block[np.newaxis], here)]
    return "".join(e.digit for e in events if not e.ended)


async def test_a_thousand_digits_cross_both_ways_with_none_lost_or_doubled(
    bare: BareWire,
) -> None:
    """Lockstep: the far end sends the next block when it has got one, so it takes seconds."""
    await bare.send(event("lift"))
    setup = await bare.card.reported(Setup)
    assert setup.timeslot is not None
    place = bare.card.timeslots[setup.timeslot]
    theirs, ours = random_keys(seed=11), random_keys(seed=12)
    place.to_say += keyed(ours)
    heard: list[Samples] = []
    for block in keyed(theirs):
        await bare.send(audio(block))
        packet = await bare.receive()
        heard.append(np.frombuffer(packet[1:], "<i2").astype(np.int16))
    assert keys_in(place.heard) == theirs
    assert keys_in(heard) == ours
    assert not [report for report in bare.card.reports if isinstance(report, Proceeding)]


async def test_a_phone_put_down_owes_no_sound(
    bare: BareWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.virtual.line.MAX_SILENCE_S", 0.2)
    await bare.send(b'J{"event": "lift"}')
    leg_id = (await bare.card.reported(Setup)).leg_id

    await bare.line.clear_call(ClearCall(leg_id=leg_id))

    done, _ = await asyncio.wait({bare.serving}, timeout=0.6)
    assert done == set()


async def test_a_lifted_phone_without_sound_is_a_hung_device(
    bare: BareWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.virtual.line.MAX_SILENCE_S", 0.2)
    await bare.send(b'J{"event": "lift"}')

    with pytest.raises(LineTimeout):
        await bare.serving
