"""Open or closed: weekly hours, holidays, midnight and the office's own clock."""

from datetime import UTC, datetime

import pytest

from firmware.config.load import load
from firmware.config.opening import is_open, moved_working_days, opening, public_holidays, regions
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


SEASON = (
    SHOP
    + """hours_on = [
  { day = 2026-12-24, opens = "09:00", closes = "13:00" },
  { day = 2026-12-27, opens = "20:00", closes = "01:00" },
]

[[closures]]
id = "stocktaking"
name = "Stocktaking"
begins = 2026-11-23T14:00:00
ends = 2026-11-25T09:30:00
"""
)
SEASONAL = load(MINIMAL + SEASON)


@pytest.mark.parametrize(
    ("at", "is_it", "why"),
    [
        ("2026-12-24T12:59", True, "opening.own-hours"),
        ("2026-12-24T13:00", False, "opening.own-hours"),
        ("2026-12-27T21:00", True, "opening.own-hours"),  # a Sunday
        ("2026-12-28T00:59", True, "opening.own-hours"),  # still the day before's
        ("2026-12-25T12:00", False, "opening.holiday"),
        ("2026-12-29T12:00", True, "opening.by-week"),
        ("2026-11-23T13:59", True, "opening.by-week"),
        ("2026-11-23T14:00", False, "opening.closure"),
        ("2026-11-25T09:29", False, "opening.closure"),
        ("2026-11-25T09:30", True, "opening.by-week"),
    ],
)
def test_single_days_and_closures_say_why(at: str, is_it: bool, why: str) -> None:
    found = opening(SEASONAL, "shop", datetime.fromisoformat(at).replace(tzinfo=UTC))

    assert (found.is_open, found.why.code) == (is_it, why)


def test_a_timetable_that_nobody_switches_knows_no_closures() -> None:
    always = load(MINIMAL + SEASON.replace("[[closures]]", "[timetables.x]\n\n[[closures]]"))
    own = load((MINIMAL + SEASON).replace("open_on", "switched_by_code = false\nopen_on"))
    at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

    assert opening(always, "x", at).why.code == "opening.closure"
    assert opening(own, "shop", at).is_open


def test_a_closure_counts_on_the_offices_clock_in_summer() -> None:
    text = SEASON.replace("2026-11-23T14", "2026-07-06T09").replace(
        "2026-11-25T09", "2026-07-06T10"
    )
    summer = load(MINIMAL + text)

    assert is_open(summer, "shop", datetime(2026, 7, 6, 7, 59, tzinfo=UTC)) is False
    assert opening(summer, "shop", datetime(2026, 7, 6, 8, 0, tzinfo=UTC)).why.code == (
        "opening.closure"
    )
    assert is_open(summer, "shop", datetime(2026, 7, 6, 9, 30, tzinfo=UTC))


@pytest.mark.parametrize("ends", ["2026-11-23T14:00:00", "2026-11-20T09:00:00"])
def test_a_closure_that_ends_before_it_begins_is_refused(ends: str) -> None:
    from firmware.config.load import check  # noqa: PLC0415

    (fault,) = check(MINIMAL + SEASON.replace("2026-11-25T09:30:00", ends))

    assert fault.code == "config.ends-before-it-begins"


@pytest.mark.parametrize("begins", ['"soon"', "2026-11-23T14:00:00Z", "true"])
def test_a_closure_wants_a_day_and_a_time_of_the_offices_clock(begins: str) -> None:
    from firmware.config.load import check  # noqa: PLC0415

    (fault,) = check(MINIMAL + SEASON.replace("2026-11-23T14:00:00", begins))

    assert fault.code == "config.not-a-date-and-time"


def test_holidays_have_names_in_the_readers_language_where_there_are_any() -> None:
    christmas = datetime(2026, 12, 25, tzinfo=UTC).date()

    assert public_holidays("PL", None, 2026, "pl")[christmas].startswith("Boże")
    assert public_holidays("PL", None, 2026, "en")[christmas] == "Christmas Day"
    assert public_holidays("BR", "SP", 2026, "pt-BR")[christmas] == "Natal"
    assert public_holidays("XX", None, 2026, "en") == {}


def test_a_saturday_that_is_worked_for_a_bridge_is_known() -> None:
    assert [day.isoformat() for day in moved_working_days("RU", None, 2025)] == ["2025-11-01"]
    assert moved_working_days("XX", None, 2025) == ()


def test_parts_of_a_country_have_names() -> None:
    assert regions("GB")["SCT"] == "Scotland"
    assert regions("XX") == {}
