"""Chapter [timetables.NAME]: when the office is open; `opening.py` reads the clock with it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from firmware.config.chapter import Chapter
from firmware.config.forms import clock_time


class Weekday(StrEnum):
    """In the order of date.weekday()."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


class Span(Chapter):
    """Open on these weekdays; when it closes before it opens it lasts into the next day."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    opens: Annotated[str, clock_time]
    closes: Annotated[str, clock_time]


class DayHours(Chapter):
    """The hours of one day alone; when it closes before it opens it lasts into the next day."""

    day: date
    opens: Annotated[str, clock_time]
    closes: Annotated[str, clock_time]


class Timetable(Chapter):
    weekly: tuple[Span, ...] = ()
    closed_on: tuple[date, ...] = ()
    """Days of our own on which it stays closed, written 2026-12-24."""
    open_on: tuple[date, ...] = ()
    """Days that keep their weekly hours although a holiday falls on them."""
    hours_on: tuple[DayHours, ...] = ()
    """Other hours on single days, in place of all else: a half day, a Saturday worked."""
    public_holidays: bool = True
    """Closed on the country's public holidays."""
    switched_by_code: bool = True
    """Open or closed at once when somebody switches the office by code or page, and
    closed during the office's [[closures]]."""
    region: Annotated[str | None, Field(min_length=1, max_length=40)] = None
    """Part of the country with holidays of its own, e.g. SCT or SP."""
