"""contacts.csv of a bundle: asked about like a setting, and kept when it is taken."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.bundle.incoming import FOLDER, leave_bundle
from firmware.store.archive import Archive
from tests.firmware.bundle.bundle_maker import bundle_of, office
from tests.firmware.scripted_box import ScriptedBox, scripted_box

CSV = "number,list,name\n+441632960021,,Ana Costa\n+441632960*,vip,Harbour\n"


@pytest.fixture
async def box(sounds: Path) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(office(), sounds) as running:
        (running.state / FOLDER).mkdir()
        yield running


def bundle(csv: str) -> bytes:
    return bundle_of({"tipring.toml": office().encode(), "contacts.csv": csv.encode()})


async def test_names_alone_wait_for_a_person_too(box: ScriptedBox) -> None:
    bundle_id = leave_bundle(box.state, bundle("number,list,name\n+441632960021,,Ana Costa\n"))

    (view,) = (await box.control.ask("list-bundles"))["ok"]["bundles"]
    alarms = (await box.control.ask("snapshot"))["ok"]["alarms"]

    assert view["changes"] == []
    assert [text["code"] for text in view["brings"]] == ["bundle.brings-contacts"]
    assert [one["text"]["args"] for one in alarms] == [{"count": 1}]
    await box.control.ask("accept-bundle", bundle_id=bundle_id, who="Ana")
    (kept,) = Archive(box.state / "tipring.db").contacts()
    assert (kept.number, kept.name) == ("+441632960021", "Ana Costa")


async def test_the_beginning_of_numbers_is_for_the_lists_alone(box: ScriptedBox) -> None:
    bundle_id = leave_bundle(box.state, bundle(CSV))
    await box.control.ask("list-bundles")
    await box.control.ask("accept-bundle", bundle_id=bundle_id, who="Ana")

    assert [row.number for row in Archive(box.state / "tipring.db").contacts()] == ["+441632960021"]
    assert "+441632960*" in (box.state / "tipring.toml").read_text("utf-8")


async def test_a_list_that_is_known_already_asks_nothing(box: ScriptedBox) -> None:
    csv = "number,list,name\n+441632960021,,Ana Costa\n"
    bundle_id = leave_bundle(box.state, bundle(csv))
    await box.control.ask("accept-bundle", bundle_id=bundle_id, who="Ana")
    leave_bundle(box.state, bundle(csv + "\n"))

    listed = (await box.control.ask("list-bundles"))["ok"]

    assert listed["bundles"] == []
    assert listed["last"]["text"]["code"] == "bundle.same"
