"""An extension's mobile: whoever answers presses 1, so that its voicemail never has the call."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import AlertCall, Alerting, Connect, Disconnect, PlaceCall
from firmware.contract.switching import Play, Record
from tests.firmware.apps.spoken import PHONE, dials, hears
from tests.firmware.apps.test_phone import CALLER, room_of
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

MOBILE = SCRIPTED_OFFICE.replace(
    'devices = ["phone-1"]\nring_s = 5',
    'devices = ["phone-1"]\nmobile = "+441632960088"\nring_s = 30\nconfirm_s = 5',
)
HASTY = MOBILE.replace("ring_s = 30\nconfirm_s = 5", "ring_s = 5\nconfirm_s = 20")
GROUP_IN_ORDER = SCRIPTED_OFFICE.replace(
    'extensions = ["101", "102"]', 'extensions = ["102", "101"]\nstrategy = "in-order"'
)
IN_ORDER = SCRIPTED_OFFICE.replace(
    'devices = ["phone-1"]\nring_s = 5',
    'devices = ["phone-3", "phone-1"]\nstrategy = "in-order"\nring_s = 5',
).replace('devices = ["phone-3"]\nring_s', 'mobile = "+441632960088"\nring_s')


@pytest.fixture
async def mobile(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(MOBILE, sounds) as running:
        yield running


@pytest.fixture
async def hasty(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(HASTY, sounds) as running:
        yield running


@pytest.fixture
async def group_in_order(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(GROUP_IN_ORDER, sounds) as running:
        yield running


@pytest.fixture
async def in_order(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(IN_ORDER, sounds) as running:
        yield running


async def mobile_answers(box: ScriptedBox) -> tuple[str, PlaceCall]:
    """phone-2 calls 101; its desk phone rings on, its mobile answers."""
    await dials(box, "phone-2", "101")
    desk = await box.phones.rings("phone-1")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Alerting(leg_id=placed.leg_id))
    box.gsm.report(Connect(leg_id=placed.leg_id))
    await hears(box, "press-1-to-take", placed.leg_id)
    return desk, placed


async def test_who_presses_1_has_the_call(mobile: ScriptedBox) -> None:
    box = mobile
    desk, placed = await mobile_answers(box)
    box.gsm.press(placed.leg_id, "1")

    assert await room_of(box, PHONE) == await room_of(box, placed.leg_id)
    assert (await box.phones.cleared(desk)).cause is Cause.NORMAL_CALL_CLEARING
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    assert {"call.asks-to-take", "call.taken"} <= set(steps(await box.story()))


async def test_a_machine_that_presses_nothing_does_not_have_it(mobile: ScriptedBox) -> None:
    box = mobile
    desk, placed = await mobile_answers(box)

    await box.gsm.cleared(placed.leg_id)
    box.phones.report(Connect(leg_id=desk))

    assert await room_of(box, PHONE) == await room_of(box, desk)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    assert "call.not-taken" in steps(await box.story())


async def test_the_desk_may_still_answer_while_the_mobile_is_asked(mobile: ScriptedBox) -> None:
    box = mobile
    desk, placed = await mobile_answers(box)
    box.phones.report(Connect(leg_id=desk))

    assert await room_of(box, PHONE) == await room_of(box, desk)
    await box.gsm.cleared(placed.leg_id)


async def test_who_is_being_asked_is_not_cut_off_when_the_ringing_is_over(
    hasty: ScriptedBox,
) -> None:
    box = hasty
    desk, placed = await mobile_answers(box)
    await asyncio.sleep(6)  # longer than it rings
    box.gsm.press(placed.leg_id, "1")

    assert await room_of(box, PHONE) == await room_of(box, placed.leg_id)
    assert (await box.phones.cleared(desk)).cause is Cause.NORMAL_CALL_CLEARING


async def test_a_caller_who_hangs_up_ends_the_question(mobile: ScriptedBox) -> None:
    box = mobile
    _desk, placed = await mobile_answers(box)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))

    await box.gsm.cleared(placed.leg_id)

    assert "call.taken" not in steps(await box.story())


async def test_devices_in_order_ring_one_after_another(in_order: ScriptedBox) -> None:
    box = in_order
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    first = await box.phones.rings("phone-3")
    assert [one.line_id for one in box.phones.heard.of(AlertCall)] == ["phone-3"]
    box.phones.report(Disconnect(leg_id=first, cause=Cause.CALL_REJECTED))
    second = await box.phones.picks_up("phone-1")

    assert await room_of(box, CALLER) == await room_of(box, second)


async def test_nobody_in_order_answers_and_the_mailbox_takes_the_call(
    in_order: ScriptedBox,
) -> None:
    box = in_order
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    for line in ("phone-3", "phone-1"):
        rung = await box.phones.rings(line)
        box.phones.report(Disconnect(leg_id=rung, cause=Cause.NO_ANSWER_FROM_USER))

    await hears(box, "leave-message", CALLER)

    await box.switch.heard.expect(Record)
    assert all(order.leg_id == CALLER for order in box.switch.heard.of(Play))


async def test_a_group_in_order_rings_its_members_one_after_another(
    group_in_order: ScriptedBox,
) -> None:
    box = group_in_order
    await dials(box, "phone-3", "600")
    first = await box.phones.rings("phone-2")
    assert [one.line_id for one in box.phones.heard.of(AlertCall)] == ["phone-2"]
    box.phones.report(Disconnect(leg_id=first, cause=Cause.CALL_REJECTED))
    second = await box.phones.picks_up("phone-1")

    assert await room_of(box, PHONE) == await room_of(box, second)
