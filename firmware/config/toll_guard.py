"""Chapters [toll_guard] and [[dial_classes]]: who may dial what, when, and how much of it.

With nothing configured the guard is narrow on purpose: ordinary numbers of the
office's own country, for everybody. Premium, shared-cost and satellite numbers
and all other countries are closed until they are opened here. Emergency
numbers are not decided here: they always go out.
"""

from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from pydantic import Field

from firmware.config.chapter import Chapter, Country, Label, Name
from firmware.config.forms import number_pattern
from firmware.config.number_kind import NumberKind

Money: TypeAlias = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]
"""In the office's currency."""
NumberPattern: TypeAlias = Annotated[str, number_pattern]
"""A number in E.164 form, or its beginning followed by *, such as +44843*."""

ORDINARY: Final = (
    NumberKind.FIXED,
    NumberKind.MOBILE,
    NumberKind.TOLL_FREE,
    NumberKind.COMPANY,
    NumberKind.VOIP,
)
DEAR: Final = frozenset(
    {
        NumberKind.PREMIUM,
        NumberKind.SHARED_COST,
        NumberKind.PERSONAL,
        NumberKind.SATELLITE,
        NumberKind.REVENUE_SHARE,
    }
)
"""Kinds on the built-in block list."""
OPENED_BY_COUNTRY: Final = frozenset(
    {NumberKind.PREMIUM, NumberKind.SHARED_COST, NumberKind.PERSONAL}
)


class Caps(Chapter):
    """How much may be dialled; None is no limit. Days and months are those of the office."""

    calls_at_once: Annotated[int | None, Field(ge=1, le=1_000)] = None
    calls_per_minute: Annotated[int | None, Field(ge=1, le=10_000)] = None
    """New calls out within 60 s."""
    minutes_per_day: Annotated[int | None, Field(ge=1, le=100_000)] = None
    money_per_day: Money | None = None
    minutes_per_month: Annotated[int | None, Field(ge=1, le=3_000_000)] = None
    money_per_month: Money | None = None

    @property
    def is_metered(self) -> bool:
        """Whether minutes or money are limited, so that calls must be paid ahead."""
        return any(
            cap is not None
            for cap in (
                self.minutes_per_day,
                self.money_per_day,
                self.minutes_per_month,
                self.money_per_month,
            )
        )


class DialClass(Caps):
    """What the extensions of a class may dial; the caps are for each extension by itself."""

    id: Name
    name: Label = ""
    kinds: tuple[NumberKind, ...] = ORDINARY
    """None at all: inside the office and emergency only."""
    countries: tuple[Country, ...] | None = None
    """Of the countries opened in [toll_guard]; left out is all of them. The own one always is."""
    timetable: Name | None = None
    """Calls out go only while it is open."""
    pin: Annotated[str | None, Field(pattern=r"^[0-9]{4,12}$")] = None
    """Asked for after dialling; an extension's own `dial_pin` goes before it."""
    calls_at_once: Annotated[int | None, Field(ge=1, le=1_000)] = 3
    calls_per_minute: Annotated[int | None, Field(ge=1, le=10_000)] = 12


STANDARD: Final = DialClass(id="standard")
"""What an extension may dial whose class nobody has named."""
STANDARD_OF_FLOWS: Final = DialClass(
    id="standard-flow", countries=(), calls_at_once=10, calls_per_minute=30
)
"""What flows may dial: who calls in chooses when, so never abroad unless a class says so."""


class TollGuard(Caps):
    """The whole box: its caps are for all calls out together."""

    countries: tuple[Country, ...] = ()
    """Opened besides the office's own."""
    premium_countries: tuple[Country, ...] = ()
    """Whose premium, shared-cost and personal numbers are opened to classes that name the kind."""
    block: tuple[NumberPattern, ...] = ()
    allow: tuple[NumberPattern, ...] = ()
    """Exceptions from the block lists; where both fit, the longer pattern decides."""
    default_class: Name | None = None
    """Of extensions without `may_dial`."""
    flow_class: Name | None = None
    """Of calls no extension makes: flows and whatever callers from outside set off."""
    max_abroad_minutes: Annotated[int | None, Field(ge=1, le=1_440)] = 120
    """A longer call to another country is cut."""
    office_hours: Name | None = None
    """The timetable outside which many calls look like fraud; None takes 22:00 to 6:00."""
    calls_while_closed: Annotated[int | None, Field(ge=1, le=900)] = 20
    """More from one extension within ten minutes raise an alarm and hold its calls abroad."""
    short_calls_per_hour: Annotated[int | None, Field(ge=1, le=900)] = 30
    """The same for calls that were over within ten seconds."""
    calls_at_once: Annotated[int | None, Field(ge=1, le=1_000)] = 30
    calls_per_minute: Annotated[int | None, Field(ge=1, le=10_000)] = 60

    def excepts(self, number: str) -> bool:
        """Whether the block lists and closed countries do not count for a number in E.164 form."""
        return _longest_fit(number, self.allow) > _longest_fit(number, self.block)

    def blocks(self, number: str) -> bool:
        """Whether the number is on the owner's own block list, and not excepted."""
        return bool(_longest_fit(number, self.block)) and not self.excepts(number)

    def opens(self, kind: NumberKind, country: str | None) -> bool:
        """Whether numbers of that kind and country are off the built-in block list."""
        return kind not in DEAR or (kind in OPENED_BY_COUNTRY and country in self.premium_countries)


def _longest_fit(number: str, patterns: tuple[str, ...]) -> int:
    """Return how much the most particular pattern that fits says; 0 when none does."""
    return max((_fit(number, pattern) for pattern in patterns), default=0)


def _fit(number: str, pattern: str) -> int:
    if pattern.endswith("*"):
        return len(pattern) if number.startswith(pattern[:-1]) else 0
    return len(pattern) + 1 if number == pattern else 0
