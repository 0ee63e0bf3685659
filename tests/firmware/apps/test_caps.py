"""Daily caps of a line during a call: paid ahead, warned of, enforced; emergencies never."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware.calls import metering
from firmware.contract.causes import Cause
from firmware.contract.messages import Connect, Disconnect, PlaceCall
from firmware.contract.switching import Tone
from firmware.store.archive import Archive
from firmware.store.rows import LegRow, SpendingRow
from tests.firmware.scripted_box import ScriptedBox, eventually, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE

PHONE = "phone-leg"
TWO_SECONDS = "0.02"
ONE_MINUTE = "0.60"


def capped(money: str) -> str:
    tariff = f'{{ line = "gsm-1", cost_per_minute = 0.60, money_per_day = {money} }}'
    return f"{SCRIPTED_OFFICE}\n[routes_out]\nlines = [{tariff}]\n"


@asynccontextmanager
async def box_with(sounds: Path, money: str) -> AsyncIterator[ScriptedBox]:
    async with scripted_box(capped(money), sounds) as running:
        yield running


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "LOOK_EVERY_S", 0.02)


async def talk_out(box: ScriptedBox, number: str = "01632960077#") -> PlaceCall:
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, number)
    placed = await box.gsm.is_dialled("gsm-1")
    box.gsm.report(Connect(leg_id=placed.leg_id))
    return placed


def talked(leg: LegRow) -> int:
    assert leg.answered_ms is not None
    assert leg.ended_ms is not None
    return max(1, math.ceil((leg.ended_ms - leg.answered_ms) / 1_000))


async def spent(box: ScriptedBox, seconds: int) -> SpendingRow:
    """Return what gsm-1 has spent today, once the store says so many seconds."""
    archive = Archive(box.state / "tipring.db")
    today = datetime.now(ZoneInfo("Europe/London")).date()
    rows = await eventually(
        lambda: archive.spent_since(today),
        lambda found: [row.seconds for row in found if row.line_id == "gsm-1"] == [seconds],
    )
    return rows[0]


async def test_a_call_is_warned_and_cleared_when_the_days_money_is_gone(sounds: Path) -> None:
    async with box_with(sounds, TWO_SECONDS) as box:
        placed = await talk_out(box)

        await box.switch.heard.expect(Tone, lambda order: order.name == "beep")
        await box.gsm.cleared(placed.leg_id)
        await box.phones.cleared(PHONE)

        told = steps(await box.story())
        assert told.index("call.cap-near") < told.index("call.cap-reached")
        assert (await spent(box, 2)).cost_micros == 20_000


async def test_a_minute_is_paid_before_it_is_talked_and_the_rest_given_back(sounds: Path) -> None:
    async with box_with(sounds, ONE_MINUTE) as box:
        placed = await talk_out(box)
        ahead = await spent(box, 60)
        box.gsm.report(Disconnect(leg_id=placed.leg_id, cause=Cause.NORMAL_CALL_CLEARING))
        await box.phones.cleared(PHONE)

        story = await box.story()
        talked_s = talked(story.legs[1])
        after = await spent(box, talked_s)

        assert (ahead.calls, after.calls) == (0, 1)
        assert after.cost_micros == story.call.cost_micros == talked_s * 10_000


async def test_what_a_call_in_progress_has_paid_counts_against_the_next(sounds: Path) -> None:
    async with box_with(sounds, ONE_MINUTE) as box:
        await talk_out(box)
        await spent(box, 60)

        await box.phones.lift("phone-2", "second")
        box.phones.press("second", "01632960078#")
        await box.switch.heard.expect(
            Tone, lambda order: order.leg_id == "second" and order.name == "congestion"
        )
        box.phones.report(Disconnect(leg_id="second", cause=Cause.NORMAL_CALL_CLEARING))

        (refused,) = await box.finished()
        assert "toll.money-of-day" in steps(refused)


async def test_an_emergency_call_costs_nothing_of_the_cap_and_is_never_cleared(
    sounds: Path,
) -> None:
    async with box_with(sounds, TWO_SECONDS) as box:
        await box.phones.lift("phone-1", PHONE)
        box.phones.press(PHONE, "999")
        placed = await box.gsm.is_dialled()
        box.gsm.report(Connect(leg_id=placed.leg_id))
        await asyncio.sleep(2.5)  # longer than the cap allows

        (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
        assert call["phase"] == "talking"
        assert "call.cap-near" not in [step["what"]["code"] for step in call["story"]]
