"""Whether a timetable is open at a given moment, and why: hours, holidays, closures.

The `holidays` package costs 11 MiB and some ms a year, so it is asked once per
country, region and year, and only when a timetable wants it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from firmware.config.closures import closure_at
from firmware.config.forms import minutes_into_day, minutes_of
from firmware.config.model import Config
from firmware.config.office import Office
from firmware.config.timetables import Timetable, Weekday
from firmware.contract.texts import Text

WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class OpenOrNot:
    """`why` is a sentence about the timetable at that moment."""

    is_open: bool
    why: Text


@dataclass(frozen=True, slots=True)
class _Hours:
    opens: int
    closes: int

    @property
    def over_midnight(self) -> bool:
        return self.closes <= self.opens

    def hold_today(self, minute: int) -> bool:
        return self.opens <= minute and (minute < self.closes or self.over_midnight)

    def hold_from_yesterday(self, minute: int) -> bool:
        return self.over_midnight and minute < self.closes


@dataclass(frozen=True, slots=True)
class _Day:
    hours: tuple[_Hours, ...]
    why: Text


def is_open(config: Config, timetable: str, at: datetime) -> bool:
    """Whether the named timetable is open at an aware time. Raises KeyError for an unknown one."""
    return opening(config, timetable, at).is_open


def opening(config: Config, timetable: str, at: datetime) -> OpenOrNot:
    """Return the same with the reason."""
    entry = config.timetables[timetable]
    closure = closure_at(config.closures, config.office.timezone, at)
    if closure is not None and entry.switched_by_code:
        args = {"name": closure.name or closure.id}
        return OpenOrNot(False, Text(code="opening.closure", args=args))
    local = at.astimezone(ZoneInfo(config.office.timezone))
    minute = minutes_into_day(local.time())
    # A span over midnight belongs to the day it began on, holidays included.
    yesterday = _day(entry, config.office, local.date() - timedelta(days=1))
    if any(hours.hold_from_yesterday(minute) for hours in yesterday.hours):
        return OpenOrNot(True, yesterday.why)
    today = _day(entry, config.office, local.date())
    return OpenOrNot(any(hours.hold_today(minute) for hours in today.hours), today.why)


def _day(timetable: Timetable, office: Office, day: date) -> _Day:
    """Return the hours of a day: its own before closed days, those before holidays and the week."""
    own = tuple(
        _Hours(minutes_of(one.opens), minutes_of(one.closes))
        for one in timetable.hours_on
        if one.day == day
    )
    if own:
        return _Day(own, Text(code="opening.own-hours"))
    if day in timetable.closed_on:
        return _Day((), Text(code="opening.closed-day"))
    if timetable.public_holidays and day not in timetable.open_on:
        name = public_holidays(office.country, timetable.region, day.year).get(day)
        if name is not None:
            return _Day((), Text(code="opening.holiday", args={"name": name}))
    weekly = tuple(
        _Hours(minutes_of(span.opens), minutes_of(span.closes))
        for span in timetable.weekly
        if WEEK[day.weekday()] in span.days
    )
    return _Day(weekly, Text(code="opening.by-week"))


@cache
def public_holidays(
    country: str, region: str | None, year: int, language: str | None = None
) -> Mapping[date, str]:
    """Return the public holidays of a year and their names, days moved to others included.

    The names are in `language` where the package has them so; empty for a country it does not know.
    """
    import holidays  # noqa: PLC0415  only offices that close on holidays pay for it

    try:
        own = holidays.country_holidays(country, subdiv=region, years=year)
        spoken = _spoken(own.supported_languages, language)
        if spoken is None:
            spoken = own.default_language
        return dict(
            holidays.country_holidays(country, subdiv=region, years=year, language=spoken).items()
        )
    except NotImplementedError:
        return {}


def moved_working_days(country: str, region: str | None, year: int) -> tuple[date, ...]:
    """Return the weekend days of a year that are worked because a holiday bridge was given."""
    import holidays  # noqa: PLC0415  as above

    try:
        own = holidays.country_holidays(country, subdiv=region, years=year)
    except NotImplementedError:
        return ()
    return tuple(sorted(day for day in own.weekend_workdays if day.year == year))


@cache
def regions(country: str) -> Mapping[str, str]:
    """Return the parts of a country that have holidays of their own, and their names."""
    import holidays  # noqa: PLC0415  as above

    codes = holidays.list_supported_countries().get(country, ())
    if not codes:
        return {}
    names = holidays.country_holidays(country).get_subdivision_aliases()
    return {code: next(iter(names.get(code, ())), code) for code in codes}


def _spoken(known: tuple[str, ...], language: str | None) -> str | None:
    """Return the package's word for a language such as pt-BR; English stands in for others."""
    if language is None:
        return None
    wanted = language.replace("-", "_")
    for one in (wanted, wanted.split("_")[0]):
        found = next((own for own in known if own == one or own.split("_")[0] == one), None)
        if found is not None:
            return found
    return next((own for own in known if own.startswith("en")), None)
