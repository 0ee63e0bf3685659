"""Pick-up and parking: a call is taken by a phone it did not ring, and stays the same call."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect, HookFlash
from firmware.contract.switching import Tone
from firmware.store.rows import Disposition
from tests.firmware.apps.spoken import PHONE, dials, hears, uses_code
from tests.firmware.apps.test_phone import CALLER, room_of, talk
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

NUMBER = "+447700900123"


@pytest.fixture
async def impatient(sounds: Path) -> AsyncIterator[ScriptedBox]:
    """Parked calls ring back after the shortest time there is."""
    config = f"{SCRIPTED_OFFICE}\n[codes]\nparking_ring_back_s = 10\n"
    async with scripted_box(config, sounds) as running:
        yield running


async def ring_desk(box: ScriptedBox) -> str:
    """Somebody calls phone-1, which rings."""
    await box.gsm.call_in("gsm-1", CALLER, NUMBER)
    box.gsm.press(CALLER, "5")
    return await box.phones.rings("phone-1")


@pytest.mark.parametrize("keys", ["**101", "**600", "*88"])
async def test_another_phone_picks_the_call_up(box: ScriptedBox, keys: str) -> None:
    rung = await ring_desk(box)
    await dials(box, "phone-2", keys)

    assert (await box.phones.cleared(rung)).cause is Cause.NORMAL_CALL_CLEARING
    assert await room_of(box, PHONE) == await room_of(box, CALLER)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    await box.gsm.cleared(CALLER)
    (story,) = await box.finished()
    assert "feature.picked-up" in steps(story)
    assert story.call.incoming
    assert story.call.disposition is Disposition.ANSWERED
    assert story.call.extension == "102"


async def test_where_nothing_rings_nothing_is_picked_up(box: ScriptedBox) -> None:
    await talk(box)

    await uses_code(box, "phone-2", "**101", "nothing-rings", PHONE)


async def test_a_call_out_of_the_own_group_is_not_picked_up(box: ScriptedBox) -> None:
    await ring_desk(box)

    await uses_code(box, "phone-3", "*88", "nothing-rings", PHONE)


async def park(box: ScriptedBox) -> str:
    """phone-1 parks the caller and hears where."""
    agent = await talk(box)
    box.phones.report(HookFlash(leg_id=agent))
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(agent, "*68")
    said = await hears(box, "parked-at", agent)
    assert len(said.files) == 2
    await box.phones.cleared(agent)
    return agent


async def test_a_parked_call_is_taken_at_any_phone(box: ScriptedBox) -> None:
    await park(box)
    (waiting,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    assert waiting["where"] == {"code": "where.parked", "args": {"place": 1}}
    await dials(box, "phone-3", "*851")

    assert await room_of(box, PHONE) == await room_of(box, CALLER)
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    await box.phones.cleared(PHONE)
    (story,) = await box.finished()
    assert {"feature.parked", "feature.taken-from-park"} <= set(steps(story))
    assert story.call.extension == "103"


async def test_where_nobody_is_parked_nobody_is_taken(box: ScriptedBox) -> None:
    await park(box)

    await uses_code(box, "phone-3", "*852", "not-parked", PHONE)


async def test_taking_from_no_place_is_told_as_such(box: ScriptedBox) -> None:
    await uses_code(box, "phone-3", "*85", "not-parked", PHONE)

    told = steps(await box.story())
    assert "feature.no-place-named" in told
    assert "feature.not-parked" not in told


async def test_a_place_is_free_again_when_the_parked_caller_hangs_up(box: ScriptedBox) -> None:
    await park(box)
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    await box.story()

    await uses_code(box, "phone-3", "*851", "not-parked", PHONE)


async def test_a_call_parked_too_long_rings_back(impatient: ScriptedBox) -> None:
    box = impatient
    await park(box)

    again = await box.phones.picks_up("phone-1")

    assert await room_of(box, again) == await room_of(box, CALLER)
