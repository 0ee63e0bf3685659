"""Forms of single values that need more than a pattern, each refused by its own code."""

import re
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

_E164: Final = re.compile(r"\+[1-9][0-9]{5,14}")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def _e164(value: str) -> str:
    if not _E164.fullmatch(value):
        raise PydanticCustomError("config.not-a-phone-number", "not E.164")
    return value


def _number_pattern(value: str) -> str:
    if not (_E164.fullmatch(value) or re.fullmatch(r"\+[1-9][0-9]{0,13}\*", value)):
        raise PydanticCustomError("config.not-a-number-pattern", "neither E.164 nor a beginning")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError("config.not-a-timezone", "no such time zone") from None
    return value


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise PydanticCustomError("config.not-a-time-of-day", "not HH:MM")
    return value


outside_number: Final = AfterValidator(_e164)
number_pattern: Final = AfterValidator(_number_pattern)
zone_name: Final = AfterValidator(_zone)
clock_time: Final = AfterValidator(_clock)


def minutes_of(clock: str) -> int:
    """Return minutes since midnight of an HH:MM that has been checked; 24:00 is 1440."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def minutes_into_day(at: time) -> int:
    return at.hour * 60 + at.minute
