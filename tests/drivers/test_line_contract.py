"""What every line to the network must do, run against every such driver's rig.

Gsm and fxo join TRUNK_RIGS with the classes of gsm_rig.py and fxo_rig.py. What
only some lines can do is asked of `traits`, never of the driver's name.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from importlib import import_module, util

import numpy as np
import pytest

from drivers.simulators.party import Party, Stage
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.leg_state import LegState
from firmware.contract.line import execute
from firmware.contract.line_state import Ability, Health
from firmware.contract.message import new_leg_id
from firmware.contract.messages import (
    AnswerCall,
    ClearCall,
    Connect,
    Disconnect,
    PlaceCall,
    Proceeding,
    Release,
    RunSelfTest,
    SelfTestDone,
    SendDigits,
    Setup,
)
from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from tests.drivers.rig import DEADLINE_S, OUTSIDE_E164, OUTSIDE_NUMBER, TrunkRig
from tests.drivers.virtual_rig import VirtualTrunkRig

RIG_MODULES = {"gsm": "tests.drivers.gsm_rig:GsmRig", "fxo": "tests.drivers.fxo_rig:FxoRig"}


def _rigs() -> dict[str, Callable[[], TrunkRig]]:
    found: dict[str, Callable[[], TrunkRig]] = {"virtual": VirtualTrunkRig}
    for name, place in RIG_MODULES.items():
        module, _, attribute = place.partition(":")
        if util.find_spec(module) is not None:
            found[name] = getattr(import_module(module), attribute)
    return found


TRUNK_RIGS = _rigs()


@pytest.fixture(params=sorted(TRUNK_RIGS))
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[TrunkRig]:
    made = TRUNK_RIGS[request.param]()
    try:
        async with asyncio.timeout(DEADLINE_S):
            await made.start()
        yield made
    finally:
        await made.stop()


@pytest.fixture
def outside(rig: TrunkRig) -> Party:
    party = Party(rig.network, OUTSIDE_E164)
    rig.network.attach(party)
    return party


def sine(hz: float, duration_s: float) -> Samples:
    time_s = np.arange(int(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * time_s)).astype(np.int16)


def share_at(samples: Samples, hz: float) -> float:
    """Share of the energy of `samples` within 25 Hz of `hz`."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) - hz) < 25
    return float(spectrum[near].sum() / (spectrum.sum() + 1e-9))


async def reaches(party: Party, *stages: Stage) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await party.reaches(*stages)


async def rung(rig: TrunkRig, outside: Party) -> Setup:
    outside.dial(rig.number)
    return await rig.card.reported(Setup)


async def answered_in(rig: TrunkRig, outside: Party) -> Setup:
    """A call from outside, answered by us."""
    setup = await rung(rig, outside)
    await execute(rig.line, AnswerCall(leg_id=setup.leg_id))
    await rig.card.reported(Connect)
    await reaches(outside, Stage.TALKING)
    return setup


async def answered_out(rig: TrunkRig, outside: Party) -> PlaceCall:
    """A call of ours, answered outside."""
    command = PlaceCall(leg_id=new_leg_id(), line_id=rig.line.settings.id, called=OUTSIDE_NUMBER)
    await execute(rig.line, command)
    await reaches(outside, Stage.RINGING)
    outside.answer()
    outside.say(sine(1000, 2.0), again=True)  # a line without signalling must hear somebody
    await rig.card.reported(Connect)
    return command


def timeslot_of(rig: TrunkRig, leg_id: str) -> int:
    (leg,) = [leg for leg in rig.line.legs() if leg.leg_id == leg_id]
    assert leg.timeslot is not None
    return leg.timeslot


async def test_an_open_line_says_it_is_ready(rig: TrunkRig) -> None:
    state = rig.line.state()
    assert state.health is Health.READY, state
    assert state.why is None
    assert state.line_id == rig.line.settings.id
    assert Ability.RECEIVE in state.abilities
    assert rig.line.legs() == ()


async def test_an_incoming_call_is_offered_once_with_its_caller(
    rig: TrunkRig, outside: Party
) -> None:
    setup = await rung(rig, outside)
    assert setup.calling is not None
    assert setup.calling.endswith(OUTSIDE_NUMBER.lstrip("0"))
    assert not setup.phone_lifted
    (leg,) = rig.line.legs()
    assert (leg.leg_id, leg.state) == (setup.leg_id, LegState.CALL_RECEIVED)
    assert sum(isinstance(report, Setup) for report in rig.card.reports) == 1


async def test_an_answered_call_carries_sound_both_ways(rig: TrunkRig, outside: Party) -> None:
    setup = await answered_in(rig, outside)
    timeslot = timeslot_of(rig, setup.leg_id)
    outside.say(sine(700, 1.0), again=True)
    assert share_at((await rig.card.hears_for(timeslot, 1.5))[-4000:], 700) > 0.8
    rig.card.timeslots[timeslot].say(sine(1300, 3.0))
    async with asyncio.timeout(DEADLINE_S):
        heard = await outside.hears_for(1.5)
    assert share_at(heard[-4000:], 1300) > 0.8


async def test_clearing_an_answered_call_frees_line_and_caller(
    rig: TrunkRig, outside: Party
) -> None:
    setup = await answered_in(rig, outside)
    await execute(rig.line, ClearCall(leg_id=setup.leg_id))
    release = await rig.card.reported(Release)
    assert release.leg_id == setup.leg_id
    await reaches(outside, Stage.LEFT)
    assert rig.line.legs() == ()
    assert rig.card.seized == frozenset()


async def test_a_caller_who_hangs_up_is_reported_and_then_cleared(
    rig: TrunkRig, outside: Party
) -> None:
    setup = await answered_in(rig, outside)
    outside.hang_up()
    gone = await rig.card.reported(Disconnect)
    assert gone.leg_id == setup.leg_id
    await execute(rig.line, ClearCall(leg_id=setup.leg_id))
    await rig.card.reported(Release)
    assert rig.card.kinds(setup.leg_id) == ["setup", "connect", "disconnect", "release"]
    assert rig.card.seized == frozenset()


async def test_a_caller_who_gives_up_before_the_answer_ends_the_leg(
    rig: TrunkRig, outside: Party
) -> None:
    setup = await rung(rig, outside)
    outside.hang_up()
    gone = await rig.card.reported(Disconnect)
    assert gone.leg_id == setup.leg_id
    await execute(rig.line, ClearCall(leg_id=setup.leg_id))
    await rig.card.reported(Release)
    assert rig.card.seized == frozenset()


async def test_a_call_of_ours_is_dialled_answered_and_cleared(
    rig: TrunkRig, outside: Party
) -> None:
    command = await answered_out(rig, outside)
    proceeding = await rig.card.reported(Proceeding)
    assert proceeding.timeslot == timeslot_of(rig, command.leg_id)
    await execute(rig.line, ClearCall(leg_id=command.leg_id))
    await rig.card.reported(Release)
    await reaches(outside, Stage.LEFT)
    kinds = rig.card.kinds(command.leg_id)
    assert kinds[0] == "proceeding"
    assert kinds[-1] == "release"
    assert "connect" in kinds
    assert rig.card.seized == frozenset()


async def test_a_call_of_ours_that_is_rejected_is_disconnected(
    rig: TrunkRig, outside: Party
) -> None:
    command = PlaceCall(leg_id=new_leg_id(), line_id=rig.line.settings.id, called=OUTSIDE_NUMBER)
    await execute(rig.line, command)
    await reaches(outside, Stage.RINGING)
    outside.hang_up(Cause.USER_BUSY)
    gone = await rig.card.reported(Disconnect)
    assert gone.leg_id == command.leg_id
    assert gone.cause is Cause.USER_BUSY
    await execute(rig.line, ClearCall(leg_id=command.leg_id))
    await rig.card.reported(Release)
    assert rig.card.seized == frozenset()


async def test_clearing_a_call_that_still_rings_outside_stops_the_ringing(
    rig: TrunkRig, outside: Party
) -> None:
    command = PlaceCall(leg_id=new_leg_id(), line_id=rig.line.settings.id, called=OUTSIDE_NUMBER)
    await execute(rig.line, command)
    await reaches(outside, Stage.RINGING)
    await execute(rig.line, ClearCall(leg_id=command.leg_id))
    await rig.card.reported(Release)
    await reaches(outside, Stage.IDLE)
    assert rig.card.seized == frozenset()


async def test_digits_we_send_are_heard_outside(rig: TrunkRig, outside: Party) -> None:
    command = await answered_out(rig, outside)
    await execute(rig.line, SendDigits(leg_id=command.leg_id, digits="159#"))
    async with asyncio.timeout(DEADLINE_S):
        assert await outside.ear.hears_digits(4) == "159#"


async def test_a_second_call_on_a_busy_line_is_refused_and_the_first_goes_on(
    rig: TrunkRig, outside: Party
) -> None:
    setup = await answered_in(rig, outside)
    second = PlaceCall(leg_id=new_leg_id(), line_id=rig.line.settings.id, called="01632960199")
    with pytest.raises(LineError):
        await execute(rig.line, second)
    assert [leg.leg_id for leg in rig.line.legs()] == [setup.leg_id]
    assert outside.stage is Stage.TALKING


async def test_a_full_span_refuses_the_call_and_keeps_nothing(
    rig: TrunkRig, outside: Party
) -> None:
    rig.card.capacity = 0
    command = PlaceCall(leg_id=new_leg_id(), line_id=rig.line.settings.id, called=OUTSIDE_NUMBER)
    with pytest.raises(LineError, match="no-timeslot"):
        await execute(rig.line, command)
    assert rig.line.legs() == ()
    assert outside.stage is Stage.IDLE


@pytest.mark.parametrize("kind", [AnswerCall, ClearCall])
async def test_a_command_about_a_leg_the_line_does_not_have_is_refused(
    rig: TrunkRig, kind: type[AnswerCall] | type[ClearCall]
) -> None:
    with pytest.raises(LineError):
        await execute(rig.line, kind(leg_id="nobody"))
    assert rig.line.legs() == ()


async def test_closing_in_mid_call_releases_the_leg_and_closing_again_does_nothing(
    rig: TrunkRig, outside: Party
) -> None:
    setup = await answered_in(rig, outside)
    await rig.line.close()
    await rig.line.close()
    (release,) = [report for report in rig.card.reports if isinstance(report, Release)]
    assert (release.leg_id, release.cause) == (setup.leg_id, Cause.TEMPORARY_FAILURE)
    assert rig.card.seized == frozenset()
    assert rig.line.legs() == ()


async def test_the_line_takes_the_next_call_after_close_and_open(
    rig: TrunkRig, outside: Party
) -> None:
    for _ in range(2):
        setup = await answered_in(rig, outside)
        await execute(rig.line, ClearCall(leg_id=setup.leg_id))
        await rig.card.reported(Release)
        outside.hang_up()
        rig.card.reports.clear()


async def test_a_device_that_stops_answering_ends_serve_with_a_line_error(
    rig: TrunkRig,
) -> None:
    await rig.break_wire()
    assert isinstance(await rig.served(), LineError)
    await rig.line.close()
    assert rig.line.state().health is not Health.READY


async def test_a_self_test_ends_with_findings(rig: TrunkRig) -> None:
    await execute(rig.line, RunSelfTest(line_id=rig.line.settings.id))
    done = await rig.card.reported(SelfTestDone)
    assert done.passed, done
    assert done.findings
