"""What the held party hears, and recording that begins because of whom the call is handed to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.line_state import Health
from firmware.contract.messages import Connect, Disconnect, HookFlash
from firmware.contract.switching import Play, Played, Record, Stop, Tone
from tests.firmware.apps.test_phone import CALLER, room_of, talk
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

RECORDED_STORE_ROOM = SCRIPTED_OFFICE.replace(
    'devices = ["phone-3"]', 'devices = ["phone-3"]\nrecord = true'
)
MUSIC_AT_THE_DESK = SCRIPTED_OFFICE.replace(
    'extensions = ["101"]\nring_s = 5', 'extensions = ["101"]\nmusic = "closed"\nring_s = 5'
)


@pytest.fixture
async def recorded(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(RECORDED_STORE_ROOM, sounds) as running:
        yield running


@pytest.fixture
async def musical(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(MUSIC_AT_THE_DESK, sounds) as running:
        yield running


async def flash(box: ScriptedBox, agent: str) -> None:
    box.phones.report(HookFlash(leg_id=agent))
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")


async def test_a_held_caller_hears_a_beep_now_and_then_until_the_agent_is_back(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    await flash(box, agent)
    hold = await box.switch.heard.expect(Tone, lambda order: order.name == "hold")
    assert (hold.leg_id, hold.duration_ms) == (CALLER, None)

    box.phones.press(agent, "9#")

    await box.switch.heard.expect(Stop, lambda order: order.play_id == hold.play_id)
    assert await room_of(box, agent) == await room_of(box, CALLER)


async def test_an_agent_who_may_not_dial_there_is_told_so_and_is_back(box: ScriptedBox) -> None:
    agent = await talk(box)
    await flash(box, agent)
    box.switch.heard.forget()
    box.phones.press(agent, "00493023125001#")

    told = await box.switch.heard.expect(Play)

    assert told.leg_id == agent
    assert await room_of(box, agent) == await room_of(box, CALLER)


async def test_an_agent_who_hangs_up_with_somebody_on_hold_is_rung_again(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    await flash(box, agent)
    box.phones.report(Disconnect(leg_id=agent, cause=Cause.NORMAL_CALL_CLEARING))

    again = await box.phones.picks_up("phone-1")

    assert await room_of(box, again) == await room_of(box, CALLER)


async def test_a_caller_who_waited_to_music_is_held_to_the_same(musical: ScriptedBox) -> None:
    agent = await talk(musical)
    await musical.switch.heard.expect(Play, lambda order: order.loop)
    await flash(musical, agent)

    music = await musical.switch.heard.expect(Play, lambda order: order.loop)

    assert music.leg_id == CALLER
    assert [tone for tone in musical.switch.heard.of(Tone) if tone.name == "hold"] == []


async def test_whoever_is_handed_on_to_a_recorded_extension_is_told_before(
    recorded: ScriptedBox,
) -> None:
    box = recorded
    agent = await talk(box)
    await flash(box, agent)
    box.phones.press(agent, "103")
    third = await box.phones.picks_up("phone-3")
    await room_of(box, third)
    box.switch.holds_plays = True
    box.switch.heard.forget()
    box.phones.report(Disconnect(leg_id=agent, cause=Cause.NORMAL_CALL_CLEARING))

    announcement = await box.switch.heard.expect(Play)
    await box.control.ask("snapshot")
    assert announcement.leg_id == CALLER
    assert box.switch.heard.of(Record) == []
    told = Played(leg_id=CALLER, play_id=announcement.play_id, played_ms=1_760, complete=True)
    box.switch.notice(told)

    record = await box.switch.heard.expect(Record, lambda order: bool(order.office))
    assert (record.outside, record.office) == (frozenset({CALLER}), frozenset({third}))
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    happened = steps(await box.story())
    assert happened.index("recording.announcing") < happened.index("recording.begins")


async def test_a_caller_who_hangs_up_during_that_announcement_is_not_recorded(
    recorded: ScriptedBox,
) -> None:
    box = recorded
    agent = await talk(box)
    await flash(box, agent)
    box.phones.press(agent, "103")
    third = await box.phones.picks_up("phone-3")
    await room_of(box, third)
    box.switch.holds_plays = True
    box.switch.heard.forget()
    box.phones.report(Disconnect(leg_id=agent, cause=Cause.NORMAL_CALL_CLEARING))
    await box.switch.heard.expect(Play)
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))

    await box.phones.cleared(third)

    assert (await box.story()).recording is None
    assert box.switch.heard.of(Record) == []


async def test_what_an_outside_third_party_says_in_a_consultation_is_not_recorded(
    box: ScriptedBox,
) -> None:
    await box.gsm.call_in("gsm-2", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    agent = await box.phones.picks_up("phone-1")
    await room_of(box, agent)
    await flash(box, agent)
    box.phones.press(agent, "01632960077#")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Connect(leg_id=placed.leg_id))
    assert (await room_of(box, placed.leg_id) or "").endswith("-c")
    await box.control.ask("snapshot")

    assert all(placed.leg_id not in order.outside for order in box.switch.heard.of(Record)[-1:])
    box.switch.heard.forget()
    box.phones.report(Disconnect(leg_id=agent, cause=Cause.NORMAL_CALL_CLEARING))
    announced = await box.switch.heard.expect(Play)
    assert announced.leg_id == placed.leg_id
    both = frozenset({CALLER, placed.leg_id})
    await box.switch.heard.expect(Record, lambda order: order.outside == both)


async def test_an_emergency_call_gets_a_line_also_after_a_flash(box: ScriptedBox) -> None:
    box.fxo.line_is("fxo-1", Health.ABSENT)
    agent = await talk(box)
    await box.gsm.call_in("gsm-2", "second", "+447700900124")
    await flash(box, agent)
    box.phones.press(agent, "999")

    placed = await box.gsm.is_dialled()

    assert placed.called == "999"
    held = [call for call in (await box.control.ask("snapshot"))["ok"]["calls"] if call["legs"]]
    assert any(leg["leg_id"] == agent for call in held for leg in call["legs"])


async def test_a_flash_hands_a_caller_back_to_the_menu(box: ScriptedBox) -> None:
    agent = await talk(box)
    await flash(box, agent)
    box.switch.heard.forget()
    box.phones.press(agent, "700")

    await box.phones.cleared(agent)

    assert (await box.switch.heard.expect(Play)).leg_id == CALLER
