"""The toll guard: whether a number may be dialled at all, by whom and when; one ordered table.

Emergency numbers never come here. What calls out have used up is asked
afterwards (toll_caps.py). Nobody is asked who they say they are: what counts
is the extension of the phone a call comes from, never a caller's number.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from firmware.config.model import Config
from firmware.config.number_kind import NumberKind, number_country, number_kind
from firmware.config.opening import is_open
from firmware.config.toll_guard import DialClass
from firmware.contract.texts import Text

_E164: Final = re.compile(r"\+[1-9][0-9]{5,14}", re.ASCII)
_REFUSAL_OF_KIND: Final[Mapping[NumberKind, str]] = {
    NumberKind.PREMIUM: "toll.premium",
    NumberKind.SHARED_COST: "toll.shared-cost",
    NumberKind.PERSONAL: "toll.personal",
    NumberKind.SATELLITE: "toll.satellite",
    NumberKind.REVENUE_SHARE: "toll.revenue-share",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants to dial which number; `extension` is None for flows and their callers."""

    number: str
    """In E.164 form."""
    extension: str | None
    at: datetime
    pin_given: bool = False


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rules look at."""

    asked: Asked
    config: Config
    kind: NumberKind
    country: str | None
    of: DialClass
    excepted: bool
    """The owner's list of exceptions lifts the block lists and the closed countries."""

    def refused(self, code: str, **args: str) -> Text:
        return Text(code=code, args={"number": self.asked.number, **args})


def refusal(asked: Asked, config: Config) -> Text | None:
    """Return why the number may not be dialled, from the first rule that minds; None if it may."""
    return _first_refusal(asked, config, ORDER)


def refusal_but_for_now(asked: Asked, config: Config) -> Text | None:
    """As `refusal`, at whatever hour: what may be dialled at some time of the day passes."""
    return _first_refusal(asked, config, tuple(rule for rule in ORDER if rule is not _hours))


def _first_refusal(asked: Asked, config: Config, rules: "tuple[Rule, ...]") -> Text | None:
    if not _E164.fullmatch(asked.number):
        return Text(code="route.not-a-number", args={"number": asked.number})
    facts = _Facts(
        asked=asked,
        config=config,
        kind=number_kind(asked.number),
        country=number_country(asked.number),
        of=config.dial_class_of(asked.extension),
        excepted=config.toll_guard.excepts(asked.number),
    )
    refusals = (rule(facts) for rule in rules)
    return next((found for found in refusals if found is not None), None)


def is_abroad(number: str, config: Config) -> bool:
    """Whether a number in E.164 form belongs to another country, or to none."""
    return number_country(number) != config.office.country


def pin_of(extension: str | None, config: Config) -> str | None:
    """Return the PIN that must be typed before a call out; None when none is asked for."""
    own = config.extension(extension) if extension is not None else None
    return (own.dial_pin if own else None) or config.dial_class_of(extension).pin


def _block_list(facts: _Facts) -> Text | None:
    if facts.excepted:
        return None
    if facts.config.toll_guard.blocks(facts.asked.number):
        return facts.refused("toll.blocked")
    if facts.config.toll_guard.opens(facts.kind, facts.country):
        return None
    return facts.refused(_REFUSAL_OF_KIND[facts.kind])


def _country(facts: _Facts) -> Text | None:
    opened = {facts.config.office.country, *facts.config.toll_guard.countries}
    if facts.excepted or facts.country in opened:
        return None
    if facts.country is None:
        return facts.refused("toll.no-country")
    return facts.refused("toll.country-closed", country=facts.country)


def _dial_class(facts: _Facts) -> Text | None:
    own, allowed = facts.config.office.country, facts.of.countries
    country_fits = allowed is None or facts.country in {own, *allowed}
    if country_fits and (facts.excepted or facts.kind in facts.of.kinds):
        return None
    return facts.refused("toll.not-in-class", **{"class": facts.of.name or facts.of.id})


def _hours(facts: _Facts) -> Text | None:
    timetable = facts.of.timetable
    if timetable is None or is_open(facts.config, timetable, facts.asked.at):
        return None
    return facts.refused("toll.outside-hours", timetable=timetable)


def _pin(facts: _Facts) -> Text | None:
    if facts.asked.pin_given or pin_of(facts.asked.extension, facts.config) is None:
        return None
    return facts.refused("toll.pin-needed")


Rule: TypeAlias = Callable[[_Facts], Text | None]
ORDER: Final[tuple[Rule, ...]] = (_block_list, _country, _dial_class, _hours, _pin)
"""After emergency, before the caps: the first to refuse decides what is said."""
