"""A bundle taken by phone: who signed it is spoken, a key takes it, and only what is signed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.bundle.bundle import make_bundle
from firmware.bundle.incoming import FOLDER, leave_bundle
from firmware.bundle.minisign import SecretKey
from firmware.contract.switching import Play
from tests.firmware.apps.spoken import PHONE, dials, hears, sound_of, uses_code
from tests.firmware.bundle.bundle_maker import MADE_AT, OWNER, STRANGER, office
from tests.firmware.scripted_box import ScriptedBox, eventually_async, scripted_box, steps

PIN = office().replace('name = "Workshop"', 'name = "Workshop"\ndial_pin = "5831"')
TAKE, RESULT = "*#3", "*#4"


@pytest.fixture(params=[office()])
async def box(request: pytest.FixtureRequest, sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(request.param, sounds) as running:
        (running.state / FOLDER).mkdir()
        yield running


async def waits(box: ScriptedBox, key: SecretKey | None, serial: int = 7) -> None:
    """Put a bundle there that renames the office, and let the exchange see it."""
    live = (box.state / "tipring.toml").read_text("utf-8")
    renamed = live.replace("Scripted office", "New office", 1)
    leave_bundle(box.state, make_bundle(renamed, {}, serial=serial, made_at=MADE_AT, key=key))
    listed = (await box.control.ask("list-bundles"))["ok"]
    assert len(listed["bundles"]) == 1


def office_name(box: ScriptedBox) -> str:
    text = (box.state / "tipring.toml").read_text("utf-8")
    return "new" if "New office" in text else "old"


async def test_it_is_taken_with_one_key_after_who_and_how_much(box: ScriptedBox) -> None:
    await waits(box, OWNER)
    await dials(box, "phone-2", TAKE)
    said = await hears(box, "bundle-signed")
    box.phones.press(PHONE, "1")
    await hears(box, "bundle-taken")
    await box.phones.cleared(PHONE)

    assert office_name(box) == "new"
    names = [Path(file).name for file in said.files]
    assert names[0] == sound_of(box, "bundle-signed")
    assert names[1].startswith("spoken-")  # the signer's name
    assert names[-1] == sound_of(box, "bundle-confirm")
    (asked,) = [one for one in (await box.story()).steps if one.what.code == "feature.bundle-asked"]
    assert asked.what.args == {"name": "Ana", "count": 1}
    assert list((box.state / "run").glob("spoken-*")) == []
    assert list((box.state / FOLDER).iterdir()) == []


async def test_another_key_leaves_everything_as_it_is(box: ScriptedBox) -> None:
    await waits(box, OWNER)
    await dials(box, "phone-2", TAKE)
    await hears(box, "bundle-signed")
    box.phones.press(PHONE, "2")
    await hears(box, "bundle-left")
    await box.phones.cleared(PHONE)

    assert office_name(box) == "old"
    assert len((await box.control.ask("list-bundles"))["ok"]["bundles"]) == 1


@pytest.mark.parametrize("key", [None, STRANGER])
async def test_what_no_known_key_signed_is_for_the_page(
    box: ScriptedBox, key: SecretKey | None
) -> None:
    await waits(box, key)
    await uses_code(box, "phone-2", TAKE, "bundle-page-only", PHONE)

    assert office_name(box) == "old"
    assert "feature.bundle-page-only" in steps(await box.story())


async def test_without_a_bundle_the_phone_says_so(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", TAKE, "bundle-none", PHONE)
    await uses_code(box, "phone-2", RESULT, "bundle-none", "second")


@pytest.mark.parametrize("box", [PIN], indirect=True)
async def test_who_has_a_pin_is_asked_for_it_before_a_word_of_the_bundle(box: ScriptedBox) -> None:
    await waits(box, OWNER)
    await dials(box, "phone-2", TAKE)
    await hears(box, "enter-pin")
    box.phones.press(PHONE, "5831#")
    await hears(box, "bundle-signed")
    box.phones.press(PHONE, "1")
    await hears(box, "bundle-taken")

    assert office_name(box) == "new"


@pytest.mark.parametrize("box", [PIN], indirect=True)
async def test_a_wrong_pin_takes_nothing(box: ScriptedBox) -> None:
    await waits(box, OWNER)
    await dials(box, "phone-2", TAKE)
    for _ in range(3):
        await hears(box, "enter-pin")
        box.phones.press(PHONE, "1111#")
        await hears(box, "wrong-pin")
    await hears(box, "bundle-left")

    assert office_name(box) == "old"
    signed = sound_of(box, "bundle-signed")
    assert not any(signed in str(one.files) for one in box.switch.heard.of(Play))


async def test_the_result_is_spoken_taken_waiting_or_refused(box: ScriptedBox) -> None:
    await waits(box, OWNER)
    await uses_code(box, "phone-2", RESULT, "bundle-waits", "first")
    await dials(box, "phone-2", TAKE)
    await hears(box, "bundle-signed")
    box.phones.press(PHONE, "1")
    await box.phones.cleared(PHONE)
    await uses_code(box, "phone-2", RESULT, "bundle-taken", "third")

    leave_bundle(box.state, b"junk")
    await eventually_async(
        lambda: box.control.ask("list-bundles"), lambda said: not said["ok"]["last"]["taken"]
    )
    await uses_code(box, "phone-2", RESULT, "bundle-refused", "fourth")
