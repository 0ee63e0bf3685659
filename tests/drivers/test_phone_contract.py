"""What every line with a phone of ours on it must do, run against every such driver's rig."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line import execute
from firmware.contract.line_state import Ability, Health
from firmware.contract.message import new_leg_id
from firmware.contract.messages import (
    AlertCall,
    AnswerCall,
    ClearCall,
    Connect,
    Digit,
    Disconnect,
    HookFlash,
    Proceeding,
    Release,
    Setup,
)
from tests.drivers.rig import DEADLINE_S, PhoneRig
from tests.drivers.test_line_contract import share_at, sine
from tests.drivers.virtual_rig import VirtualPhoneRig

PHONE_RIGS: dict[str, Callable[[], PhoneRig]] = {"virtual": VirtualPhoneRig}


@pytest.fixture(params=sorted(PHONE_RIGS))
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[PhoneRig]:
    made = PHONE_RIGS[request.param]()
    try:
        async with asyncio.timeout(DEADLINE_S):
            await made.start()
        yield made
    finally:
        await made.stop()


def alert(rig: PhoneRig) -> AlertCall:
    return AlertCall(leg_id=new_leg_id(), line_id=rig.line.settings.id, calling="01632960100")


async def answered(rig: PhoneRig) -> AlertCall:
    command = alert(rig)
    await execute(rig.line, command)
    assert await rig.rings()
    await rig.lift()
    await rig.card.reported(Connect)
    return command


async def test_the_line_says_that_a_phone_hangs_on_it(rig: PhoneRig) -> None:
    assert rig.line.state().health is Health.READY
    assert Ability.PHONE in rig.line.state().abilities


async def test_a_phone_rings_and_is_answered_by_lifting(rig: PhoneRig) -> None:
    command = await answered(rig)
    assert rig.card.kinds(command.leg_id) == ["proceeding", "alerting", "connect"]


async def test_an_answered_phone_speaks_and_hears(rig: PhoneRig) -> None:
    await answered(rig)
    proceeding = await rig.card.reported(Proceeding)
    assert proceeding.timeslot is not None
    await rig.say(sine(700, 2.0))
    assert share_at((await rig.card.hears_for(proceeding.timeslot, 1.0))[-4000:], 700) > 0.8
    rig.card.timeslots[proceeding.timeslot].say(sine(1300, 2.0))
    assert share_at((await rig.hears_for(1.0))[-4000:], 1300) > 0.8


async def test_clearing_an_alerting_phone_stops_its_bell(rig: PhoneRig) -> None:
    command = alert(rig)
    await execute(rig.line, command)
    assert await rig.rings()
    await execute(rig.line, ClearCall(leg_id=command.leg_id))
    await rig.stops_ringing()
    assert rig.card.kinds(command.leg_id) == ["proceeding", "alerting", "release"]
    assert rig.card.seized == frozenset()


async def test_a_lifted_phone_is_a_setup_and_its_keys_are_digits(rig: PhoneRig) -> None:
    await rig.lift()
    setup = await rig.card.reported(Setup)
    assert setup.phone_lifted
    assert setup.timeslot is not None
    await rig.card.hears_for(setup.timeslot, 0.1)  # dial tone can already be given
    for digit in "102#":
        await rig.press(digit)
    async with asyncio.timeout(DEADLINE_S):
        while rig.card.kinds(setup.leg_id).count("digit") < 4:
            await rig.card.reported(Digit, after=len(rig.card.reports))
    digits = [report.digit for report in rig.card.reports if isinstance(report, Digit)]
    assert digits == list("102#")
    await execute(rig.line, AnswerCall(leg_id=setup.leg_id))
    await rig.card.reported(Connect)


async def test_hanging_up_is_a_disconnect_and_clearing_frees_all(rig: PhoneRig) -> None:
    command = await answered(rig)
    await rig.hang_up()
    assert (await rig.card.reported(Disconnect)).cause is Cause.NORMAL_CALL_CLEARING
    await execute(rig.line, ClearCall(leg_id=command.leg_id))
    await rig.card.reported(Release)
    assert rig.card.seized == frozenset()


async def test_lifting_again_before_the_old_leg_was_cleared_is_a_new_call(rig: PhoneRig) -> None:
    command = await answered(rig)
    await rig.hang_up()
    await rig.card.reported(Disconnect)
    await rig.lift()
    setup = await rig.card.reported(Setup)
    assert setup.leg_id != command.leg_id
    assert rig.card.kinds(command.leg_id)[-1] == "release"
    assert len(rig.card.seized) == 1


async def test_a_flash_in_a_call_is_reported(rig: PhoneRig) -> None:
    command = await answered(rig)
    await rig.flash()
    assert (await rig.card.reported(HookFlash)).leg_id == command.leg_id


async def test_a_phone_in_use_cannot_be_rung(rig: PhoneRig) -> None:
    await answered(rig)
    with pytest.raises(LineError):
        await execute(rig.line, alert(rig))


async def test_a_phone_that_is_unplugged_ends_serve_and_its_leg(rig: PhoneRig) -> None:
    command = await answered(rig)
    await rig.break_wire()
    assert isinstance(await rig.served(), LineError)
    await rig.line.close()
    (release,) = [report for report in rig.card.reports if isinstance(report, Release)]
    assert (release.leg_id, release.cause) == (command.leg_id, Cause.TEMPORARY_FAILURE)
    assert rig.line.state().health is not Health.READY
