"""Open or closed: weekly hours, holidays, midnight and the office's own clock."""

from datetime import UTC, datetime

import pytest

from firmware.config.load import load
from firmware.config.opening import is_open
from tests.firmware.config.office_text import MINIMAL, changed

SHOP = """
[timetables.shop]
weekly = [
  { days = ["mon", "tue", "wed", "thu", "fri"], opens = "09:00", closes = "17:30" },
  { days = ["sat"], opens = "22:00", closes = "02:00" },
]
closed_on = [2026-11-24]
open_on = [2026-12-28]
"""
CONFIG = load(MINIMAL + SHOP)


@pytest.mark.parametrize(
    ("at", "is_it"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T17:29", True),
        ("2026-11-23T17:30", False),
        ("2026-11-24T12:00", False),  # closed by the office
        ("2026-12-25T12:00", False),  # Christmas, a Friday
        ("2026-12-28T12:00", True),  # Boxing Day observed, but the office works
        ("2026-11-21T21:59", False),
        ("2026-11-21T23:00", True),  # Saturday night
        ("2026-11-22T01:59", True),  # still Saturday's span
        ("2026-11-22T02:00", False),
    ],
)
def test_the_timetable_knows(at: str, is_it: bool) -> None:
    assert is_open(CONFIG, "shop", datetime.fromisoformat(at).replace(tzinfo=UTC)) is is_it


def test_summer_time_counts_as_the_office_sees_it() -> None:
    monday_eight_utc = datetime(2026, 7, 6, 8, 15, tzinfo=UTC)

    assert is_open(CONFIG, "shop", monday_eight_utc)


def test_a_region_adds_its_own_holidays() -> None:
    at_noon = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)  # Saint Andrew's Day
    scottish = load(MINIMAL + SHOP + 'region = "SCT"\n')

    assert is_open(CONFIG, "shop", at_noon)
    assert not is_open(scottish, "shop", at_noon)


def test_a_region_the_country_does_not_have_is_refused() -> None:
    from firmware.config.load import check  # noqa: PLC0415

    (fault,) = check(MINIMAL + SHOP + 'region = "SP"\n')

    assert (fault.code, fault.args["allowed"]) == ("config.no-such-region", "ENG, NIR, SCT, WLS")


def test_all_day_every_day_has_no_gap_at_midnight() -> None:
    always = changed('opens = "09:00", closes = "17:30"', 'opens = "00:00", closes = "24:00"', SHOP)
    config = load(MINIMAL + always)

    assert is_open(config, "shop", datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC))
    assert is_open(config, "shop", datetime(2026, 11, 26, 0, 0, tzinfo=UTC))
