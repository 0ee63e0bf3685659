"""What kind of number one dials: the classes the toll guard knows, from phonenumbers' metadata."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType


class NumberKind(StrEnum):
    FIXED = "fixed"
    MOBILE = "mobile"
    TOLL_FREE = "toll-free"
    SHARED_COST = "shared-cost"
    PREMIUM = "premium"
    VOIP = "voip"
    PERSONAL = "personal"
    COMPANY = "company"
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
    number = _parsed(e164)
    if number is None:
        return NumberKind.OTHER
    return _KIND_OF.get(phonenumbers.number_type(number), NumberKind.OTHER)


def number_country(e164: str) -> str | None:
    """Return the ISO country a number in E.164 form belongs to, None when the plan has none."""
    number = _parsed(e164)
    if number is None or number.country_code is None:
        return None
    own = phonenumbers.region_code_for_number(number)
    return own or phonenumbers.region_code_for_country_code(number.country_code)


def _parsed(e164: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return None
