"""Keys pressed while talking: record on demand, leave a card number out, park."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.switching import Record
from tests.firmware.apps.spoken import PHONE, dials, hears
from tests.firmware.apps.test_phone import CALLER, room_of, talk
from tests.firmware.scripted_box import ScriptedBox, eventually, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

NO_RECORDING = SCRIPTED_OFFICE.replace(
    'devices = ["phone-1"]', 'devices = ["phone-1"]\nblocked_codes = ["record"]'
)


@pytest.fixture
async def strict(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(NO_RECORDING, sounds) as running:
        yield running


async def is_shown_as_recorded(box: ScriptedBox) -> bool:
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    return bool(call["recording"])


async def test_an_extension_that_may_not_record_only_sends_its_keys(strict: ScriptedBox) -> None:
    box = strict
    agent = await talk(box)
    box.phones.press(agent, "*1*2")

    await hears(box, "recording-off", agent)

    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    assert "feature.recording-asked" not in steps(await box.story())
    assert box.switch.heard.of(Record) == []


async def test_recording_begins_when_it_is_asked_for_after_the_announcement(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    assert box.switch.heard.of(Record) == []
    box.phones.press(agent, "*1")
    await hears(box, "announcement", CALLER)
    await hears(box, "recording-on", agent)

    record = await box.switch.heard.expect(Record, lambda order: bool(order.office))

    assert (record.outside, record.office) == (frozenset({CALLER}), frozenset({agent}))
    assert await is_shown_as_recorded(box)
    box.phones.press(agent, "*1")
    await hears(box, "recording-off", agent)
    await box.switch.heard.expect(Record, lambda order: order.paused)
    assert not await is_shown_as_recorded(box)
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    told = steps(await box.story())
    assert {"feature.recording-asked", "feature.recording-ended"} <= set(told)
    assert "recording.paused" not in told


async def test_what_was_ended_by_key_goes_on_by_key(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.press(agent, "*1")
    await hears(box, "recording-on", agent)
    box.phones.press(agent, "*1")
    await hears(box, "recording-off", agent)
    before = len(box.switch.heard.of(Record))
    box.phones.press(agent, "*1")
    await eventually(lambda: len(box.switch.heard.of(Record)), lambda now: now > before)

    assert not box.switch.heard.of(Record)[-1].paused
    assert await is_shown_as_recorded(box)
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    told = steps(await box.story())
    assert told.count("feature.recording-asked") == 2
    assert "recording.resumed" not in told


async def test_a_card_number_is_left_out(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-2", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    agent = await box.phones.picks_up("phone-1")
    await room_of(box, agent)
    await box.switch.heard.expect(Record, lambda order: bool(order.office))
    box.phones.press(agent, "*2")
    await box.switch.heard.expect(Record, lambda order: order.paused)
    await hears(box, "recording-off", agent)
    box.phones.press(agent, "*2")

    await hears(box, "recording-on", agent)

    assert not box.switch.heard.of(Record)[-1].paused


async def test_what_a_rule_records_is_not_stopped_by_key(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-2", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    agent = await box.phones.picks_up("phone-1")
    await room_of(box, agent)
    await box.switch.heard.expect(Record, lambda order: bool(order.office))
    box.phones.press(agent, "*1")

    await hears(box, "recording-on", agent)

    assert not any(order.paused for order in box.switch.heard.of(Record))


async def test_keys_of_the_outside_party_switch_nothing(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.gsm.press(CALLER, "*1")
    box.phones.press(agent, "*1")
    await hears(box, "recording-on", agent)

    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    assert steps(await box.story()).count("feature.recording-asked") == 1


async def test_a_phone_without_flash_parks_by_key(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.press(agent, "*68")
    await hears(box, "parked-at", agent)
    await box.phones.cleared(agent)
    await dials(box, "phone-3", "*851")

    taken = await room_of(box, PHONE)

    assert taken is not None
    assert taken == await room_of(box, CALLER)
