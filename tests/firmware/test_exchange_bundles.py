"""A bundle from a stick at the exchange: shown and asked about, or live at once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from firmware.bundle.bundle import make_bundle
from firmware.bundle.incoming import FOLDER, leave_bundle, leave_refusal
from firmware.bundle.minisign import SecretKey
from firmware.contract.texts import Text
from tests.firmware.bundle.bundle_maker import MADE_AT, OWNER, SAME_ID, STRANGER, office
from tests.firmware.scripted_box import ScriptedBox, eventually_async, scripted_box


@pytest.fixture
async def box(sounds: Path) -> AsyncIterator[ScriptedBox]:
    """A box whose owner lets their own sticks in at once."""
    async with scripted_box(office(at_once=True), sounds) as running:
        (running.state / FOLDER).mkdir()
        yield running


def bundle(key: SecretKey | None, serial: int = 7) -> bytes:
    """Return one that gives the office another name."""
    renamed = office(at_once=True).replace('name = "', 'name = "New ', 1)
    return make_bundle(renamed, {}, serial=serial, made_at=MADE_AT, key=key)


async def listed(box: ScriptedBox) -> dict[str, Any]:
    answer: dict[str, Any] = (await box.control.ask("list-bundles"))["ok"]
    return answer


async def version(box: ScriptedBox) -> int:
    number: int = (await box.control.ask("snapshot"))["ok"]["config_version"]
    return number


async def alarms(box: ScriptedBox) -> set[str]:
    up = (await box.control.ask("snapshot"))["ok"]["alarms"]
    return {alarm["text"]["code"] for alarm in up}


async def test_what_the_owner_signed_goes_live_from_the_stick(box: ScriptedBox) -> None:
    before = await version(box)

    leave_bundle(box.state, bundle(OWNER))
    await eventually_async(lambda: version(box), lambda number: number == before + 1)

    assert "New " in (box.state / "tipring.toml").read_text("utf-8")
    assert (await listed(box))["bundles"] == []
    assert (await listed(box))["last"]["text"]["code"] == "bundle.imported"
    assert list((box.state / FOLDER).iterdir()) == []


async def test_the_same_stick_again_changes_nothing(box: ScriptedBox) -> None:
    leave_bundle(box.state, bundle(OWNER))
    await listed(box)
    taken = await version(box)

    leave_bundle(box.state, bundle(OWNER))

    assert (await listed(box))["last"]["text"]["code"] == "bundle.older"
    assert await version(box) == taken
    assert "bundle.older" in await alarms(box)


@pytest.mark.parametrize("key", [None, STRANGER])
async def test_what_nobody_known_signed_waits_for_a_person(
    box: ScriptedBox, key: SecretKey | None
) -> None:
    before = await version(box)
    bundle_id = leave_bundle(box.state, bundle(key))

    (shown,) = (await listed(box))["bundles"]

    assert shown["bundle_id"] == bundle_id
    assert shown["signed_by"] is None
    assert [change["code"] for change in shown["changes"]] == ["change.changed"]
    assert await version(box) == before
    assert "bundle.waits" in await alarms(box)


async def test_an_accepted_one_is_live_and_stands_in_the_audit(box: ScriptedBox) -> None:
    before = await version(box)
    bundle_id = leave_bundle(box.state, bundle(None))
    await listed(box)

    answer = await box.control.ask("accept-bundle", bundle_id=bundle_id, who="Ana")

    assert answer["ok"] == {"version": before + 1}
    assert await version(box) == before + 1
    assert "bundle.waits" not in await alarms(box)
    again = await box.control.ask("accept-bundle", bundle_id=bundle_id, who="Ana")
    assert again["problem"]["code"] == "bundle.no-offer"


async def test_a_dropped_one_is_gone(box: ScriptedBox) -> None:
    before = await version(box)
    bundle_id = leave_bundle(box.state, bundle(None))
    await listed(box)

    await box.control.ask("drop-bundle", bundle_id=bundle_id, who="Ana")

    assert (await listed(box))["bundles"] == []
    assert await version(box) == before
    assert await alarms(box) == set()


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"junk", "bundle.not-a-bundle"), (bundle(SAME_ID), "bundle.bad-signature")],
)
async def test_a_hostile_one_is_an_alarm_and_no_more(
    box: ScriptedBox, data: bytes, code: str
) -> None:
    before = await version(box)
    leave_bundle(box.state, data)

    answer = await listed(box)

    assert answer["bundles"] == []
    assert (answer["last"]["taken"], answer["last"]["text"]["code"]) == (False, code)
    assert await version(box) == before
    assert await alarms(box) == {code}


async def test_a_stick_that_could_not_be_read_is_told_until_the_next(box: ScriptedBox) -> None:
    leave_refusal(box.state, Text(code="stick.not-fat"))
    await listed(box)
    assert await alarms(box) == {"stick.not-fat"}

    leave_bundle(box.state, bundle(OWNER))
    await listed(box)

    assert await alarms(box) == set()
