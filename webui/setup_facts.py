"""What choosing a country settles, in facts a receptionist knows from daily life."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import TZPATH

import phonenumbers
from phonenumbers import timezone
from pydantic import BaseModel

from firmware.config.emergency import emergency_numbers
from firmware.config.opening import public_holidays
from firmware.contract.views import LineView

ZONE_TABLE: Final = "zone.tab"
"""Of the system's time zone data."""
SIM_CARDS: Final = "89"
"""How every ICCID begins (ITU-T E.118); the code of the country follows."""
LONGEST_COUNTRY_CODE: Final = 3
NOWHERE: Final = "ZZ"


class CountryFacts(BaseModel):
    country: str
    zones: list[str]
    """Time zones of the country, the likeliest first; none where the system knows none."""
    emergency: list[str]
    example_here: str
    """A number as people of the country write it."""
    example_abroad: str
    next_holiday: date | None
    """The next day the office is closed for; None where we know no holidays."""
    next_holiday_name: str | None


def facts_of(country: str, today: date, language: str) -> CountryFacts:
    """`country` is ISO 3166-1. Takes some ms, and 11 MiB the first time."""
    here, abroad = _example(country)
    day, name = _next_holiday(country, today, language)
    return CountryFacts(
        country=country,
        zones=_likeliest_first(country),
        emergency=sorted(emergency_numbers(country), key=lambda number: (len(number), number)),
        example_here=here,
        example_abroad=abroad,
        next_holiday=day,
        next_holiday_name=name,
    )


def countries() -> list[str]:
    """Return every country that has a number plan."""
    return sorted(phonenumbers.SUPPORTED_REGIONS)


def country_of(lines: Iterable[LineView]) -> str | None:
    """Return the country that most numbers and SIM cards belong to; None without any."""
    found = [country for line in lines for country in (_of_number(line), _of_sim(line)) if country]
    return max(dict.fromkeys(found), key=found.count, default=None)


def _of_number(view: LineView) -> str | None:
    number = view.number or view.line.identity.get("number", "")
    if not number.startswith("+"):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    region: str | None = phonenumbers.region_code_for_number(parsed)
    return region or _of_code(parsed.country_code or 0)


def _of_sim(view: LineView) -> str | None:
    iccid = view.line.identity.get("iccid", "")
    if not iccid.startswith(SIM_CARDS):
        return None
    digits = iccid.removeprefix(SIM_CARDS)
    lengths = range(1, LONGEST_COUNTRY_CODE + 1)
    codes = (_of_code(int(digits[:n])) for n in lengths if digits[:n].isdigit())
    return next((country for country in codes if country), None)


def _of_code(code: int) -> str | None:
    region: str = phonenumbers.region_code_for_country_code(code)
    return region if len(region) == len(NOWHERE) and region != NOWHERE else None


def _example(country: str) -> tuple[str, str]:
    number = phonenumbers.example_number(country)
    if number is None:
        return "", ""
    styles = phonenumbers.PhoneNumberFormat
    here = phonenumbers.format_number(number, styles.NATIONAL)
    return here, phonenumbers.format_number(number, styles.INTERNATIONAL)


def _next_holiday(country: str, today: date, language: str) -> tuple[date | None, str | None]:
    named = {
        day: name
        for year in (today.year, today.year + 1)
        for day, name in public_holidays(country, None, year, language).items()
        if day >= today
    }
    return min(named.items(), default=(None, None))


def _likeliest_first(country: str) -> list[str]:
    """Where the country's example number is from, is one of its large cities."""
    zones, number = _zones().get(country, ()), phonenumbers.example_number(country)
    there = timezone.time_zones_for_number(number) if number is not None else ()
    return sorted(zones, key=lambda zone: zone not in there)


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    table = next((Path(p) / ZONE_TABLE for p in TZPATH if (Path(p) / ZONE_TABLE).is_file()), None)
    if table is None:
        return {}
    rows = [
        line.split("\t")
        for line in table.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    names = dict.fromkeys(row[0] for row in rows)
    return {country: tuple(row[2] for row in rows if row[0] == country) for country in names}
