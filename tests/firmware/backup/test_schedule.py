"""When a backup is due, by the office's clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from firmware.backup.schedule import is_due, next_moment
from firmware.config.backup import Backup
from firmware.config.timetables import Weekday

ZONE = ZoneInfo("Europe/Bucharest")
DAILY = Backup(every="day", hour=3)
WEEKLY = Backup(every="week", weekday=Weekday.WEDNESDAY, hour=22)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 18th is a Wednesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_never_means_never() -> None:
    assert not is_due(Backup(), at(18, 3), None, made=True)
    assert next_moment(Backup(), at(18, 3)) is None


def test_the_first_one_is_made_at_once() -> None:
    assert is_due(DAILY, at(18, 14), None, made=True)


@pytest.mark.parametrize(
    ("plan", "now", "last", "due"),
    [
        (DAILY, at(18, 2, 59), at(17, 3), False),
        (DAILY, at(18, 3), at(17, 3), True),
        (DAILY, at(18, 3, 1), at(18, 3), False),
        (DAILY, at(20, 9), at(17, 3), True),  # the box was off for days: one, not three
        (DAILY, at(18, 2), at(17, 2, 30), True),
        (WEEKLY, at(18, 21), at(11, 22), False),
        (WEEKLY, at(18, 22), at(11, 22), True),
        (WEEKLY, at(24, 23), at(18, 22), False),
        (WEEKLY, at(25, 23), at(18, 22), True),
        (DAILY, at(18, 9), at(29, 3), True),  # made while the clock was wrong
    ],
)
def test_one_is_due_once_for_each_moment_of_the_plan(
    plan: Backup, now: datetime, last: datetime, due: bool
) -> None:
    assert is_due(plan, now, last, made=True) is due


def test_one_that_failed_is_tried_again_after_an_hour() -> None:
    assert not is_due(DAILY, at(18, 3, 50), at(18, 3), made=False)
    assert is_due(DAILY, at(18, 4, 1), at(18, 3), made=False)


@pytest.mark.parametrize("plan", [DAILY, WEEKLY])
def test_the_next_moment_is_ahead_and_due_when_it_comes(plan: Backup) -> None:
    for hours in range(0, 24 * 9, 5):
        now = at(16, 0) + timedelta(hours=hours)
        ahead = next_moment(plan, now)
        assert ahead is not None
        assert now < ahead <= now + timedelta(days=7)
        assert is_due(plan, ahead, now, made=True)


def test_the_hour_is_that_of_the_office_when_clocks_change() -> None:
    before = datetime(2026, 10, 24, 12, tzinfo=ZONE)  # the night after, summer time ends
    ahead = next_moment(DAILY, before)

    assert ahead is not None
    assert (ahead.day, ahead.hour) == (25, 3)
