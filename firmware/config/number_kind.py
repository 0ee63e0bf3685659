"""What kind of number one dials: the classes the toll guard knows.

Our own table of dear ranges goes first (number_ranges.json), then phonenumbers'
metadata: a number of a dear range that no plan has assigned is dear all the same.
"""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

RANGES: Final = Path(__file__).parent / "number_ranges.json"
_NO_COUNTRY: Final = "001"
"""What phonenumbers calls a country code that belongs to the world, e.g. of satellites."""


class NumberKind(StrEnum):
    FIXED = "fixed"
    MOBILE = "mobile"
    TOLL_FREE = "toll-free"
    SHARED_COST = "shared-cost"
    PREMIUM = "premium"
    VOIP = "voip"
    PERSONAL = "personal"
    COMPANY = "company"
    SATELLITE = "satellite"
    REVENUE_SHARE = "revenue-share"
    OTHER = "other"


_KIND_OF: Final[Mapping[int, NumberKind]] = {
    PhoneNumberType.FIXED_LINE: NumberKind.FIXED,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.FIXED,
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM,
    PhoneNumberType.VOIP: NumberKind.VOIP,
    PhoneNumberType.PERSONAL_NUMBER: NumberKind.PERSONAL,
    PhoneNumberType.UAN: NumberKind.COMPANY,
}


def number_kind(e164: str) -> NumberKind:
    """Return the kind of a number in E.164 form; one the plan does not know is OTHER."""
    dear = longest_prefix(e164, dear_ranges())
    if dear is not None:
        return dear_ranges()[dear]
    number = _parsed(e164)
    if number is None:
        return NumberKind.OTHER
    return _KIND_OF.get(phonenumbers.number_type(number), NumberKind.OTHER)


def number_country(e164: str) -> str | None:
    """Return the ISO country a number in E.164 form belongs to, None when the plan has none.

    A number no country has assigned belongs to the one its first digits point
    to, so that +1 876 is Jamaica and not the United States.
    """
    number = _parsed(e164)
    if number is None or number.country_code is None:
        return None
    country = phonenumbers.region_code_for_number(number) or next(
        _countries_by_first_digits(number), None
    )
    country = country or phonenumbers.region_code_for_country_code(number.country_code)
    return None if country == _NO_COUNTRY else country


@cache
def dear_ranges() -> Mapping[str, NumberKind]:
    """Return beginning of a number in E.164 form -> what such numbers are."""
    table: dict[str, str] = json.loads(RANGES.read_text("utf-8"))
    return MappingProxyType({prefix: NumberKind(kind) for prefix, kind in table.items()})


def longest_prefix(e164: str, prefixes: Mapping[str, object]) -> str | None:
    """Return the longest of `prefixes` the number begins with; None when there is none."""
    cuts = (e164[:end] for end in range(len(e164), 1, -1))
    return next((cut for cut in cuts if cut in prefixes), None)


@cache
def countries() -> frozenset[str]:
    """Return the ISO codes of all countries with a number plan."""
    return frozenset(phonenumbers.SUPPORTED_REGIONS)


def _countries_by_first_digits(number: phonenumbers.PhoneNumber) -> Iterator[str]:
    national = phonenumbers.national_significant_number(number)
    for region in phonenumbers.region_codes_for_country_code(number.country_code or 0):
        plan = PhoneMetadata.metadata_for_region(region, None)
        if plan is not None and plan.leading_digits and re.match(plan.leading_digits, national):
            yield region


def _parsed(e164: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
