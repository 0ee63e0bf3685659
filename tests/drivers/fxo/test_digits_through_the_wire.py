"""DTMF through the DLE-framed 8-bit wire: no digit lost, none doubled."""

import asyncio
import logging

import numpy as np
import pytest

from drivers.fxo.dle import Decoder, shielded
from drivers.simulators.party import Party
from drivers.simulators.v253 import laws
from drivers.simulators.v253.shield import Unshielder
from drivers.simulators.v253.stream import Kind, VoiceStream
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp import g711
from firmware.dsp.dtmf import DtmfDetector
from firmware.dsp.tones import KEYPAD, dtmf
from tests.drivers.fxo.conversation import answered_in, timeslot_of
from tests.drivers.fxo_rig import FxoRig

ON_MS = OFF_MS = 60
CALLS = 8
"""A call is live: on a machine that stands still for 100 ms and more, its blocks slip."""
LISTENING = np.ones(1, bool)


def random_digits(count: int, seed: int) -> str:
    return "".join(np.random.default_rng(seed).choice(list(KEYPAD), count))


def blocks_of(audio: Samples) -> list[Samples]:
    padded = np.concatenate([audio, np.zeros(-len(audio) % BLOCK_SAMPLES, np.int16)])
    return list(padded.reshape(-1, BLOCK_SAMPLES))


def digits_in(blocks: list[Samples]) -> str:
    detector = DtmfDetector(1)
    events = [event for block in blocks for event in detector.hear(block[np.newaxis], LISTENING)]
    return "".join(event.digit for event in events if not event.ended)


@pytest.mark.parametrize("coding", ["alaw", "ulaw"])
def test_a_thousand_random_digits_come_out_of_the_modems_stream(coding: str) -> None:
    sent = random_digits(1000, seed=1)
    modem, decoder, random = (
        VoiceStream(Kind.DUPLEX, coding, "^"),
        Decoder(),
        np.random.default_rng(2),
    )
    wire = b"".join(modem.heard(block) for block in blocks_of(dtmf(sent, ON_MS, OFF_MS)))
    codes = bytearray()
    while wire:
        size = int(random.integers(1, 700))
        codes += b"".join(
            piece for piece in decoder.decode(wire[:size]) if isinstance(piece, bytes)
        )
        wire = wire[size:]
    from_law = g711.from_alaw if coding == "alaw" else g711.from_mulaw
    assert digits_in(blocks_of(from_law(np.frombuffer(codes, np.uint8)))) == sent


@pytest.mark.parametrize("coding", ["alaw", "ulaw"])
def test_a_thousand_random_digits_go_into_the_modems_stream(coding: str) -> None:
    sent = random_digits(1000, seed=3)
    to_law = g711.to_alaw if coding == "alaw" else g711.to_mulaw
    unshielder = Unshielder()
    taken = [
        unshielder.take(byte) for byte in shielded(to_law(dtmf(sent, ON_MS, OFF_MS)).tobytes())
    ]
    assert not any(code for _, code in taken)
    heard = laws.decoded(coding, b"".join(audio for audio, _ in taken))
    assert digits_in(blocks_of(heard)) == sent


@pytest.mark.parametrize("count", [50, pytest.param(1000, marks=pytest.mark.soak)])
async def test_random_digits_cross_a_live_call_both_ways(
    count: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "drivers.fxo")
    for _call in range(CALLS):
        crossed = await digits_cross(count)
        if "blocks slipped" not in caplog.text:
            assert crossed == (random_digits(count, seed=5), random_digits(count, seed=6))
            return
        caplog.clear()
    pytest.fail(f"this machine stood still in each of {CALLS} calls")


async def digits_cross(count: int) -> tuple[str, str]:
    """Send random digits both ways over one call; return what was heard there and back."""
    rig = FxoRig(modem={"clock_ppm": 0})
    await rig.start()
    try:
        outside = Party(rig.network, "+441632960100")
        leg_id = await answered_in(rig, outside)
        timeslot = rig.card.timeslots[timeslot_of(rig, leg_id)]
        there, back = random_digits(count, seed=5), random_digits(count, seed=6)
        await outside.hears_for(0.5)
        timeslot.say(dtmf(there, ON_MS, OFF_MS))
        outside.press(back, ON_MS, OFF_MS)
        async with asyncio.timeout(30 + count * 0.2):
            await outside.hears_for(count * (ON_MS + OFF_MS) / 1000 + 1.5)
            await rig.card.hears_for(timeslot.index, 1.0)
        return outside.ear.digits, digits_in(timeslot.heard)
    finally:
        await rig.stop()
