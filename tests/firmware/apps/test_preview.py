"""What would happen to a call, asked before it comes: the page's sentences, nobody rings."""

from pathlib import Path
from typing import Any

import pytest

from tests.firmware.scripted_box import ScriptedBox, scripted_box
from tests.firmware.scripted_office import SCRIPTED_OFFICE

OFFICE = (
    SCRIPTED_OFFICE.replace(
        "[[routes_in]]\nlines",
        """[timetables.shop]
weekly = [{ days = ["mon", "tue", "wed", "thu", "fri"], opens = "09:00", closes = "17:00" }]

[[closures]]
id = "outing"
name = "Works outing"
begins = 2026-12-10T14:00:00
ends = 2026-12-10T23:00:00
prompt = "closed"

[[routes_in]]
timetable = "shop"
to = { extension = "101" }

[[routes_in]]
lines""",
    )
    + """
[[routes_out.lines]]
line = "gsm-1"
cost_per_minute = 0.05
kinds = ["mobile", "other"]
abroad = false

[[routes_out.lines]]
line = "gsm-2"
cost_per_minute = 0.20
"""
)


async def told(box: ScriptedBox, at: str, **asked: Any) -> list[str]:
    request = {"line_id": "gsm-1", "calling": "07700 900123", **asked}
    answer = await box.control.ask("try-arrival", at=at, **request)
    return [step["code"] for step in answer["ok"]["steps"]]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (
            "2026-12-09T12:00:00",
            ["preview.open", "opening.by-week", "preview.rule", "preview.to-extension"],
        ),
        (
            "2026-12-13T10:00:00",
            ["preview.closed", "opening.by-week", "preview.rule", "preview.to-flow"],
        ),
        (
            "2026-12-25T10:00:00",
            ["preview.closed", "opening.holiday", "preview.rule", "preview.to-flow"],
        ),
        (
            "2026-12-10T15:00:00",
            [
                "preview.closure",
                "preview.hears",
                "preview.closed",
                "opening.closure",
                "preview.rule",
                "preview.to-flow",
            ],
        ),
    ],
)
async def test_the_day_decides(at: str, expected: list[str], sounds: Path) -> None:
    async with scripted_box(OFFICE, sounds) as box:
        assert await told(box, at) == expected


async def test_callers_and_lines_count_too(sounds: Path) -> None:
    sunday = "2026-12-13T10:00:00"
    async with scripted_box(OFFICE, sounds) as box:
        assert await told(box, sunday, calling="07700900666") == ["preview.blocked"]
        assert (await told(box, sunday, line_id="fxo-1"))[-1] == "preview.to-group"
        await box.control.ask("switch-opening", to="closed", who="owner")
        assert (await told(box, sunday))[0] == "preview.switched-closed"
        problem = (await box.control.ask("try-arrival", at=sunday, line_id="gsm-9"))["problem"]
        assert problem["code"] == "line.unknown"


async def test_a_call_out_names_its_lines_cheapest_first(sounds: Path) -> None:
    async with scripted_box(OFFICE, sounds) as box:
        answer = await box.control.ask(
            "try-dialling", number="01632 960077", extension="101", at="2026-12-09T12:00:00"
        )
        lines = [(one["line_id"], one["cost_per_minute"]) for one in answer["ok"]["lines"]]

        assert lines == [("gsm-1", 0.05), ("gsm-2", 0.2)]
        assert (answer["ok"]["number"], answer["ok"]["kind"]) == ("+441632960077", "other")


async def test_a_line_kept_for_some_kinds_carries_no_others(sounds: Path) -> None:
    async with scripted_box(OFFICE, sounds) as box:
        answer = await box.control.ask(
            "try-dialling", number="0808 157 0000", extension="101", at="2026-12-09T12:00:00"
        )

        assert [one["line_id"] for one in answer["ok"]["lines"]] == ["gsm-2"]


async def test_a_call_that_may_not_go_out_says_why(sounds: Path) -> None:
    async with scripted_box(OFFICE, sounds) as box:
        dear = await box.control.ask(
            "try-dialling", number="+34912345678", extension="101", at="2026-12-09T12:00:00"
        )
        nonsense = await box.control.ask("try-dialling", number="*97", at="2026-12-09T12:00:00")

        assert dear["ok"]["refused"]["code"].startswith("toll.")
        assert nonsense["problem"]["code"] == "route.not-a-number"
