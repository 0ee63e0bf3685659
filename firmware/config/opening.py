"""Whether a timetable is open at a given moment, public holidays included.

The `holidays` package costs 11 MiB and some ms a year, so it is asked once per
country, region and year, and only when a timetable wants it.
"""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from firmware.config.forms import minutes_into_day, minutes_of
from firmware.config.model import Config
from firmware.config.office import Office
from firmware.config.timetables import Span, Timetable, Weekday

WEEK = tuple(Weekday)


def is_open(config: Config, timetable: str, at: datetime) -> bool:
    """Whether the named timetable is open at an aware time. Raises KeyError for an unknown one."""
    return timetable_open(config.timetables[timetable], config.office, at)


def timetable_open(timetable: Timetable, office: Office, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(office.timezone))
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    minute = minutes_into_day(local.time())
    for span in timetable.weekly:
        opens, closes = minutes_of(span.opens), minutes_of(span.closes)
        over_midnight = closes <= opens
        if _works(timetable, office, span, today) and (
            opens <= minute < closes or (over_midnight and minute >= opens)
        ):
            return True
        # A span over midnight belongs to the day it began on, holidays included.
        if over_midnight and minute < closes and _works(timetable, office, span, yesterday):
            return True
    return False


def _works(timetable: Timetable, office: Office, span: Span, day: date) -> bool:
    if WEEK[day.weekday()] not in span.days or day in timetable.closed_on:
        return False
    if day in timetable.open_on or not timetable.public_holidays:
        return True
    return day not in public_holidays(office.country, timetable.region, day.year)


@cache
def public_holidays(country: str, region: str | None, year: int) -> frozenset[date]:
    """Return the public holidays of a year; none for a country the package does not know."""
    import holidays  # noqa: PLC0415  only offices that close on holidays pay for it

    try:
        return frozenset(holidays.country_holidays(country, subdiv=region, years=year))
    except NotImplementedError:
        return frozenset()


def regions(country: str) -> tuple[str, ...]:
    """Return the parts of a country that have holidays of their own."""
    import holidays  # noqa: PLC0415  as above

    return tuple(holidays.list_supported_countries().get(country, ()))
