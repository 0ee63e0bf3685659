"""*98: any mailbox with its PIN; five wrong ones lock it, also for an exchange that came back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.store.archive import Archive
from tests.firmware.apps.spoken import PHONE, dials, hears
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

WITH_PIN = SCRIPTED_OFFICE.replace(
    'id = "office"\nname = "Office"', 'id = "office"\nname = "Office"\npin = "4711"'
)


@pytest.fixture
async def pin_box(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(WITH_PIN, sounds) as running:
        yield running


async def asks_for_pin(box: ScriptedBox, leg_id: str = PHONE) -> None:
    await dials(box, "phone-3", "*98", leg_id)
    await hears(box, "enter-extension", leg_id)
    box.phones.press(leg_id, "101#")
    await hears(box, "enter-pin", leg_id)


async def test_the_pin_opens_the_mailbox_from_another_phone(pin_box: ScriptedBox) -> None:
    await asks_for_pin(pin_box)
    pin_box.phones.press(PHONE, "4712#")
    await hears(pin_box, "wrong-pin")
    pin_box.phones.press(PHONE, "4711#")

    await hears(pin_box, "messages-new")

    (tries,) = Archive(pin_box.state / "tipring.db").pin_tries()
    assert (tries.wrong, tries.locked_until) == (0, None)


async def test_five_wrong_pins_lock_the_mailbox(pin_box: ScriptedBox) -> None:
    box = pin_box
    await asks_for_pin(box)
    for _ in range(5):
        box.phones.press(PHONE, "0000#")
        await hears(box, "wrong-pin")
    await hears(box, "mailbox-locked")
    await box.phones.cleared(PHONE)
    (tries,) = Archive(box.state / "tipring.db").pin_tries()
    assert tries.wrong == 5
    assert tries.locked_until is not None
    await dials(box, "phone-3", "*98", "again")
    await hears(box, "enter-extension", "again")
    box.phones.press("again", "101#")

    await hears(box, "mailbox-locked", "again")

    assert "voicemail.pin-locked" in steps((await box.finished())[0])


async def test_no_pin_ever_stands_in_a_story(pin_box: ScriptedBox) -> None:
    await asks_for_pin(pin_box)
    pin_box.phones.press(PHONE, "4711#")
    await pin_box.phones.cleared(PHONE)

    story = await pin_box.story()

    assert "4711" not in story.model_dump_json()


async def test_a_mailbox_without_a_pin_is_heard_from_its_own_phone_only(box: ScriptedBox) -> None:
    await dials(box, "phone-3", "*98")
    await hears(box, "enter-extension")
    box.phones.press(PHONE, "101#")

    await hears(box, "mailbox-locked")
