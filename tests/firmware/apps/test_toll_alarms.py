"""The owner is told: caps nearly and wholly used up, first calls to a country, and bursts."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firmware.exchange import toll_watch
from firmware.store.archive import Archive
from tests.firmware.apps.spoken import dials, hears
from tests.firmware.apps.test_toll_fraud import NUMBER, hang_up, with_class, with_guard
from tests.firmware.scripted_box import ScriptedBox, eventually, eventually_async, scripted_box
from tests.firmware.scripted_office import SCRIPTED_OFFICE

Alarms = dict[str, dict[str, Any]]


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toll_watch, "LOOK_EVERY_S", 0.02)


async def alarms(box: ScriptedBox, is_so: Callable[[Alarms], bool]) -> Alarms:
    """Return code -> values of the alarms that are up, once it is so."""

    async def look() -> Alarms:
        views = (await box.control.ask("snapshot"))["ok"]["alarms"]
        return {view["text"]["code"]: view["text"]["args"] for view in views}

    return await eventually_async(look, is_so)


async def test_s7_eighty_percent_of_a_cap_warns_and_the_page_sees_what_is_used(
    sounds: Path,
) -> None:
    office = SCRIPTED_OFFICE.replace(*with_class("minutes_per_day = 1")).replace(
        *with_guard("minutes_per_day = 1000")
    )
    async with scripted_box(office, sounds) as box:
        await dials(box, "phone-1", NUMBER)
        await box.gsm.is_dialled()  # its first minute is paid
        up = await alarms(box, lambda found: "toll.caps-reached" in found)
        caps = (await box.control.ask("snapshot"))["ok"]["caps"]

        assert up["toll.caps-reached"]["caps"] == "101 1/1 min"
        used = {(cap["scope"], cap["id"]): (cap["used"], cap["limit"]) for cap in caps}
        assert used["extension", "101"] == (1.0, 1.0)
        assert used["extension", "102"] == (0.0, 1.0)
        assert used["box", ""] == (1.0, 1000.0)


async def test_s7_the_warning_stays_although_the_call_gives_its_minute_back(
    sounds: Path,
) -> None:
    office = SCRIPTED_OFFICE.replace(*with_class("minutes_per_day = 1"))
    async with scripted_box(office, sounds) as box:
        await dials(box, "phone-1", NUMBER)
        await box.gsm.is_dialled()
        await alarms(box, lambda found: "toll.caps-reached" in found)
        hang_up(box)
        archive = Archive(box.state / "tipring.db")
        today = datetime.now(ZoneInfo("Europe/London")).date()
        await eventually(
            lambda: archive.spent_since(today), lambda rows: [row.seconds for row in rows] == [0]
        )

        assert "toll.caps-near" in await alarms(box, lambda found: "toll.caps-near" in found)


async def test_s10_the_first_call_ever_to_a_country_is_told_and_remembered(
    sounds: Path,
) -> None:
    office = SCRIPTED_OFFICE.replace(*with_guard('countries = ["DE"]')).replace(
        *with_class('countries = ["DE"]')
    )
    async with scripted_box(office, sounds) as box:
        await dials(box, "phone-1", "00493023125001")
        await box.gsm.is_dialled()
        up = await alarms(box, lambda found: "toll.first-call" in found)

        assert up["toll.first-call"] == {"countries": "DE (101)"}
        archive = Archive(box.state / "tipring.db")
        await eventually(archive.called_countries, lambda found: found == {"DE"})


async def test_s10_after_a_burst_calls_abroad_are_held_and_calls_at_home_are_not(
    sounds: Path,
) -> None:
    never = 'office_hours = "never"\ncalls_while_closed = 1\ncountries = ["DE"]'
    office = SCRIPTED_OFFICE.replace(*with_guard(never)).replace(*with_class('countries = ["DE"]'))
    async with scripted_box(office, sounds) as box:
        for count in (1, 2):
            await dials(box, "phone-1", NUMBER)
            await box.gsm.is_dialled()
            hang_up(box)
            await box.finished(count)
        up = await alarms(box, lambda found: "toll.burst" in found)
        await dials(box, "phone-1", "00493023125001", "held")
        await hears(box, "too-many-calls", "held")
        hang_up(box, "held")

        assert up["toll.burst"] == {"who": "101"}
