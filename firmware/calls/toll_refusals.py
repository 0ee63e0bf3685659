"""What somebody hears whose call may not go out: the built-in prompt for each refusal."""

from collections.abc import Mapping
from typing import Final

PROMPT_OF_REFUSAL: Final[Mapping[str, str]] = {
    "route.not-a-number": "no-such-extension",
    "route.no-free-line": "no-line-free",
    "route.no-line-at-all": "no-line-free",
    "toll.blocked": "number-blocked",
    "toll.premium": "number-blocked",
    "toll.shared-cost": "number-blocked",
    "toll.personal": "number-blocked",
    "toll.satellite": "number-blocked",
    "toll.revenue-share": "number-blocked",
    "toll.no-country": "country-closed",
    "toll.country-closed": "country-closed",
    "toll.not-in-class": "not-from-here",
    "toll.outside-hours": "not-at-this-time",
    "toll.pin-needed": "pin-needed",
    "toll.pin-locked": "pin-locked",
    "toll.held": "too-many-calls",
    "toll.calls-at-once": "too-many-calls",
    "toll.call-rate": "too-many-calls",
    "toll.minutes-of-day": "cap-reached",
    "toll.money-of-day": "cap-reached",
    "toll.minutes-of-month": "cap-reached",
    "toll.money-of-month": "cap-reached",
}
"""Code of a refusal -> prompt; a call that did not come in order says nothing but the tone."""
