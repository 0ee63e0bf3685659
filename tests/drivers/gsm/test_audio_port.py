"""The PCM port on a real pty: paced by what comes in, and put back in step."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from drivers import playout
from drivers.gains import Gains
from drivers.gsm import audio_port
from drivers.gsm.audio_port import OUT_OF_STEP_BLOCKS, AudioPort, ByteOrder
from drivers.playout import MOST_BLOCKS
from firmware.contract.pcm import BLOCK_BYTES, BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples
from tests.drivers.rig import DEADLINE_S, RecordedTimeslot


class FarEnd:
    """The modem's end of the pty."""

    def __init__(self) -> None:
        self.near, self.far = os.openpty()
        tty.setraw(self.far)
        os.set_blocking(self.near, False)
        self.got = bytearray()
        self._arrived = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.near, self._read)

    @property
    def path(self) -> Path:
        return Path(os.ttyname(self.far))

    def send(self, data: bytes) -> None:
        os.write(self.near, data)

    async def gets(self, count: int) -> bytes:
        async with asyncio.timeout(DEADLINE_S):
            while len(self.got) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return bytes(self.got)

    def _read(self) -> None:
        self.got += os.read(self.near, 65_536)
        self._arrived.set()

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.near)
        os.close(self.near)
        os.close(self.far)


@pytest.fixture
async def far_end() -> AsyncIterator[FarEnd]:
    made = FarEnd()
    yield made
    made.close()


@pytest.fixture
async def port(far_end: FarEnd, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AudioPort]:
    monkeypatch.setattr(audio_port, "NUDGE_S", 60.0)  # a loaded machine shall not add blocks
    monkeypatch.setattr(playout, "PLAYED_PER_S", 1e12)  # a modem in which nothing ever waits
    made = AudioPort("gsm-1")
    made.open(far_end.path)
    yield made
    made.close()


def timeslot() -> RecordedTimeslot:
    return RecordedTimeslot(0, lambda _index: None)


async def heard(place: RecordedTimeslot, blocks: int) -> Samples:
    async with asyncio.timeout(DEADLINE_S):
        while len(place.heard) < blocks:
            await place.written.wait()
    return np.concatenate(place.heard)


def sine(hz: float, blocks: int, level: float = 3000) -> bytes:
    time_s = np.arange(blocks * BLOCK_SAMPLES) / SAMPLE_RATE_HZ
    return (level * np.sin(2 * np.pi * hz * time_s)).astype("<i2").tobytes()


async def test_as_many_blocks_go_out_as_come_in(far_end: FarEnd, port: AudioPort) -> None:
    place = timeslot()
    port.start(place, Gains(0, 0))
    opening = await far_end.gets(BLOCK_BYTES)  # one block of silence gets a shy modem going
    assert opening == bytes(BLOCK_BYTES)
    far_end.send(sine(700, 12))
    far_end.send(sine(700, 3))
    await heard(place, 15)
    assert len(await far_end.gets(16 * BLOCK_BYTES)) == 16 * BLOCK_BYTES
    assert port.unsent_blocks == port.surplus_blocks == 0


async def test_a_late_burst_is_heard_whole_but_not_answered_whole(
    far_end: FarEnd, port: AudioPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = timeslot()
    port.start(place, Gains(0, 0))
    await far_end.gets(BLOCK_BYTES)
    monkeypatch.setattr(playout, "PLAYED_PER_S", 0.0)  # all of it in no time at all
    far_end.send(sine(700, 12))
    far_end.send(sine(700, 8))
    await heard(place, 20)
    sent = len(await far_end.gets(round(MOST_BLOCKS) * BLOCK_BYTES)) // BLOCK_BYTES
    assert sent + port.surplus_blocks == 1 + 20
    assert sent <= 1 + MOST_BLOCKS


async def test_a_modem_that_waits_for_us_is_nudged(
    far_end: FarEnd, port: AudioPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio_port, "NUDGE_S", 0.02)
    port.start(timeslot(), Gains(0, 0))
    assert not any(await far_end.gets(3 * BLOCK_BYTES))


async def test_odd_pieces_are_put_together(far_end: FarEnd, port: AudioPort) -> None:
    place = timeslot()
    port.start(place, Gains(0, 0))
    wave = sine(700, 4)
    for begin in range(0, len(wave), 77):
        far_end.send(wave[begin : begin + 77])
        await asyncio.sleep(0)
    assert (await heard(place, 4)).astype("<i2").tobytes() == wave


async def test_sound_from_before_the_call_is_thrown_away(far_end: FarEnd, port: AudioPort) -> None:
    far_end.send(b"$GPGGA,,,,,,0,,,,,,,,*66\r\n" * 20)
    place = timeslot()
    port.start(place, Gains(0, 0))
    far_end.send(sine(700, 1))
    assert (await heard(place, 1)).astype("<i2").tobytes() == sine(700, 1)


async def test_a_lost_byte_is_noticed_and_the_speech_comes_back(
    far_end: FarEnd, port: AudioPort
) -> None:
    place = timeslot()
    port.start(place, Gains(0, 0))
    wave = sine(700, 40)
    far_end.send(wave[:1000] + wave[1001:8000])
    await heard(place, 24)
    far_end.send(wave[8000:])
    samples = await heard(place, 38)
    assert port.slips == 1
    assert np.abs(samples[-10 * BLOCK_SAMPLES :]).max() < 3100


async def test_a_modem_that_cannot_take_more_gets_nothing_until_it_can(
    far_end: FarEnd, port: AudioPort
) -> None:
    place = timeslot()
    port.start(place, Gains(0, 0))
    await far_end.gets(BLOCK_BYTES)
    port.may_send = False
    far_end.send(sine(700, 3))
    await heard(place, 3)
    assert len(far_end.got) == BLOCK_BYTES
    port.may_send = True
    far_end.send(sine(700, 1))
    await far_end.gets(2 * BLOCK_BYTES)


async def test_gains_work_in_their_own_direction(far_end: FarEnd, port: AudioPort) -> None:
    place = timeslot()
    place.say(np.full(BLOCK_SAMPLES, 1000, np.int16))
    port.start(place, Gains(6.0206, -6.0206))
    far_end.send(np.full(BLOCK_SAMPLES, 1000, "<i2").tobytes())
    assert abs(int((await heard(place, 1))[0]) - 2000) <= 1
    sent = np.frombuffer((await far_end.gets(2 * BLOCK_BYTES))[BLOCK_BYTES:], "<i2")
    assert abs(int(sent[0]) - 500) <= 1


@given(arrays(np.int16, BLOCK_SAMPLES), st.integers(1, 20))
def test_no_block_whatever_upsets_the_watch_over_byte_order(block: Samples, times: int) -> None:
    order = ByteOrder()
    found = [order.slipped(block.astype("<i2").tobytes()) for _ in range(times)]
    assert sum(found) <= times // OUT_OF_STEP_BLOCKS


@pytest.mark.parametrize("level", [3, 30, 300, 3000, 30_000])
@pytest.mark.parametrize("hz", [50.0, 440.0, 3400.0])
def test_sound_that_is_in_step_is_never_shifted(level: float, hz: float) -> None:
    order = ByteOrder()
    wave = sine(hz, 200, level)
    blocks = [wave[i : i + BLOCK_BYTES] for i in range(0, len(wave), BLOCK_BYTES)]
    assert not any(order.slipped(block) for block in blocks)
