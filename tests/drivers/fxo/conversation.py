"""Calls of the fxo tests, up to where both sides talk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from drivers.simulators.party import Party, Stage
from firmware.contract.line import execute
from firmware.contract.message import new_leg_id
from firmware.contract.messages import AnswerCall, Connect, PlaceCall, Setup
from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from tests.drivers.fxo_rig import FxoRig
from tests.drivers.rig import DEADLINE_S, OUTSIDE_E164, OUTSIDE_NUMBER


@asynccontextmanager
async def started(rig: FxoRig) -> AsyncIterator[Party]:
    """The rig started, and somebody outside."""
    try:
        await rig.start()
        party = Party(rig.network, OUTSIDE_E164)
        rig.network.attach(party)
        yield party
    finally:
        await rig.stop()


async def rung(rig: FxoRig, outside: Party) -> Setup:
    after = len(rig.card.reports)
    outside.dial(rig.number)
    return await rig.card.reported(Setup, after)


async def answered_in(rig: FxoRig, outside: Party) -> str:
    """A call from outside that we answered; returns its leg."""
    after = len(rig.card.reports)
    setup = await rung(rig, outside)
    await execute(rig.line, AnswerCall(leg_id=setup.leg_id))
    await rig.card.reported(Connect, after)
    await reaches(outside, Stage.TALKING)
    return setup.leg_id


async def placed(rig: FxoRig, called: str = OUTSIDE_NUMBER) -> str:
    command = PlaceCall(leg_id=new_leg_id(), line_id=rig.line.settings.id, called=called)
    await execute(rig.line, command)
    return command.leg_id


async def reaches(party: Party, *stages: Stage) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await party.reaches(*stages)


def timeslot_of(rig: FxoRig, leg_id: str) -> int:
    (leg,) = [leg for leg in rig.line.legs() if leg.leg_id == leg_id]
    assert leg.timeslot is not None
    return leg.timeslot


def sine(hz: float, duration_s: float) -> Samples:
    time_s = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * time_s)).astype(np.int16)


def share_at(samples: Samples, hz: float) -> float:
    """Share of the energy of `samples` within 25 Hz of `hz`."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) - hz) < 25
    return float(spectrum[near].sum() / (spectrum.sum() + 1e-9))
