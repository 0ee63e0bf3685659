"""A phone with one line talks and a second caller comes: a tone, a flash, and nobody is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.line_state import Health
from firmware.contract.messages import AlertCall, Disconnect, HookFlash
from firmware.contract.switching import ConnectLeg, Tone
from tests.firmware.apps.test_phone import CALLER, room_of, talk
from tests.firmware.calls.test_hold import hold_tone
from tests.firmware.scripted_box import ScriptedBox, eventually_async, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

OTHER = "other-caller"
NO_WAITING = SCRIPTED_OFFICE.replace(
    'devices = ["phone-1"]', 'devices = ["phone-1"]\ncall_waiting = false'
)


@pytest.fixture
async def undisturbed(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(NO_WAITING, sounds) as running:
        yield running


def hangs_up(leg_id: str) -> Disconnect:
    return Disconnect(leg_id=leg_id, cause=Cause.NORMAL_CALL_CLEARING)


async def second_call(box: ScriptedBox) -> str:
    """A second caller wants the phone that talks; return the phone's leg once it has heard."""
    agent = await talk(box)
    box.switch.heard.forget()
    await box.gsm.call_in("gsm-2", OTHER, "+447700900555")
    box.gsm.press(OTHER, "5")
    await box.switch.heard.expect(
        Tone, lambda tone: (tone.leg_id, tone.name) == (agent, "call_waiting")
    )
    return agent


async def take(box: ScriptedBox, agent: str) -> str:
    """Flash, and return the room the phone is in then."""
    box.switch.heard.forget()
    box.phones.report(HookFlash(leg_id=agent))
    room = await room_of(box, agent)
    assert room is not None
    return room


async def test_who_waits_hears_ringback_and_the_phone_a_tone(box: ScriptedBox) -> None:
    agent = await second_call(box)

    await box.switch.heard.expect(
        Tone, lambda tone: (tone.leg_id, tone.name) == (OTHER, "ringback")
    )

    assert [one.line_id for one in box.phones.heard.of(AlertCall)] == ["phone-1"]
    tones = [one for one in box.switch.heard.of(Tone) if one.leg_id == agent]
    assert all(one.duration_ms is not None for one in tones)


async def test_a_flash_takes_the_second_call_and_holds_the_first(box: ScriptedBox) -> None:
    agent = await second_call(box)

    room = await take(box, agent)

    await hold_tone(box, CALLER)
    assert room == await room_of(box, OTHER)


async def test_each_flash_goes_over_to_the_other_one(box: ScriptedBox) -> None:
    agent = await second_call(box)
    second = await take(box, agent)
    await hold_tone(box, CALLER)

    first = await take(box, agent)

    await hold_tone(box, OTHER)
    assert first == await room_of(box, CALLER)
    assert first != second
    assert await take(box, agent) == second


async def test_when_the_second_caller_hangs_up_the_phone_is_back_with_the_first(
    box: ScriptedBox,
) -> None:
    agent = await second_call(box)
    await take(box, agent)
    await hold_tone(box, CALLER)
    box.switch.heard.forget()
    box.gsm.report(hangs_up(OTHER))

    assert await room_of(box, agent) == await room_of(box, CALLER)
    (story,) = await box.finished()
    assert {"call.waits", "call.waiting-taken"} <= set(steps(story))
    assert all(leg.ended_ms is not None for leg in story.legs)
    box.gsm.report(hangs_up(CALLER))
    await box.phones.cleared(agent)


async def test_when_the_held_caller_hangs_up_the_second_call_goes_on(box: ScriptedBox) -> None:
    agent = await second_call(box)
    await take(box, agent)
    await hold_tone(box, CALLER)
    box.gsm.report(hangs_up(CALLER))
    (first,) = await box.finished()

    (second,) = (await box.control.ask("snapshot"))["ok"]["calls"]

    assert first.call.calling == "+447700900123"
    assert second["phase"] == "talking"
    assert {leg["state"] for leg in second["legs"]} == {"active"}
    box.phones.report(hangs_up(agent))
    await box.gsm.cleared(OTHER)


async def test_a_phone_that_hangs_up_rings_again_for_who_is_held(box: ScriptedBox) -> None:
    agent = await second_call(box)
    await take(box, agent)
    await hold_tone(box, CALLER)
    box.phones.report(hangs_up(agent))
    await box.gsm.cleared(OTHER)

    again = await box.phones.picks_up("phone-1")

    assert await room_of(box, again) == await room_of(box, CALLER)
    box.gsm.report(hangs_up(CALLER))
    stories = await box.finished(2)
    assert "transfer.recall" in steps(stories[0])


async def test_a_phone_that_hangs_up_before_rings_for_who_waited(box: ScriptedBox) -> None:
    agent = await second_call(box)
    box.phones.report(hangs_up(agent))
    await box.gsm.cleared(CALLER)

    again = await box.phones.picks_up("phone-1")

    assert await room_of(box, again) == await room_of(box, OTHER)


async def test_who_waits_may_give_up_and_nothing_is_left_of_it(box: ScriptedBox) -> None:
    agent = await second_call(box)
    box.gsm.report(hangs_up(OTHER))
    await box.finished()
    box.switch.heard.forget()
    box.phones.report(HookFlash(leg_id=agent))

    # A flash means what it always meant: hold, and ask for a number.
    await box.switch.heard.expect(Tone, lambda tone: (tone.leg_id, tone.name) == (agent, "dial"))


async def test_without_call_waiting_a_phone_that_talks_is_busy(undisturbed: ScriptedBox) -> None:
    box = undisturbed
    agent = await talk(box)
    await box.gsm.call_in("gsm-2", OTHER, "+447700900555")
    box.gsm.press(OTHER, "5")

    await box.gsm.cleared(OTHER)

    assert [one for one in box.switch.heard.of(Tone) if one.leg_id == agent] == []


async def test_both_calls_end_and_leave_nothing(box: ScriptedBox) -> None:
    agent = await second_call(box)
    await take(box, agent)
    for leg in (OTHER, CALLER):
        box.gsm.report(hangs_up(leg))
    await box.phones.cleared(agent)

    async def at_rest() -> bool:
        now = (await box.control.ask("snapshot"))["ok"]
        return not now["calls"] and all(line["calls"] == 0 for line in now["lines"])

    await eventually_async(at_rest, bool)
    assert len(await box.finished(2)) == 2
    assert box.switch.heard.of(ConnectLeg)


async def test_a_phone_with_room_for_a_second_call_is_rung_and_shows_it_itself(
    box: ScriptedBox,
) -> None:
    box.phones.capacity = 2
    box.phones.line_is("phone-1", Health.READY)
    agent = await talk(box)
    box.switch.heard.forget()
    await box.gsm.call_in("gsm-2", OTHER, "+447700900555")
    box.gsm.press(OTHER, "5")

    second = await box.phones.picks_up("phone-1")

    assert second != agent
    assert await room_of(box, second) == await room_of(box, OTHER)
    assert [one for one in box.switch.heard.of(Tone) if one.leg_id == agent] == []


async def test_room_for_a_second_call_is_not_used_without_call_waiting(
    undisturbed: ScriptedBox,
) -> None:
    box = undisturbed
    box.phones.capacity = 2
    box.phones.line_is("phone-1", Health.READY)
    await talk(box)
    box.phones.heard.forget()
    await box.gsm.call_in("gsm-2", OTHER, "+447700900555")
    box.gsm.press(OTHER, "5")

    await box.gsm.cleared(OTHER)

    assert box.phones.heard.of(AlertCall) == []
