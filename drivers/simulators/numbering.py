"""How the practice network reads what was dialled: national, international or short."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Plan:
    country_code: str
    trunk_prefix: str
    international_prefix: str = "00"


PLANS: Final[dict[str, Plan]] = {
    "BR": Plan("55", "0"),
    "CA": Plan("1", "1", "011"),
    "DE": Plan("49", "0"),
    "ES": Plan("34", ""),
    "FR": Plan("33", "0"),
    "GB": Plan("44", "0"),
    "IN": Plan("91", "0"),
    "IT": Plan("39", ""),
    "JP": Plan("81", "0", "010"),
    "MX": Plan("52", ""),
    "PL": Plan("48", ""),
    "PT": Plan("351", ""),
    "RO": Plan("40", "0"),
    "RU": Plan("7", "8", "810"),
    "US": Plan("1", "1", "011"),
}
WITHHOLD: Final = "#31#"
SHORT_DIGITS: Final = 4
"""Numbers up to this long (emergency, services) have no area and no country."""


def subscriber_number(dialled: str, country: str) -> str:
    """Return `dialled` as +E.164; a short number stays as it is. Spaces and pauses are dropped."""
    digits = "".join(c for c in dialled.removeprefix(WITHHOLD) if c in "+0123456789*#")
    plan = PLANS[country]
    if digits.startswith("+") or len(digits) <= SHORT_DIGITS:
        return digits
    if digits.startswith(plan.international_prefix):
        return "+" + digits.removeprefix(plan.international_prefix)
    return "+" + plan.country_code + digits.removeprefix(plan.trunk_prefix)
