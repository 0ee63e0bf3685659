"""Telephone numbers as providers write them in SIP, pure."""

import re
from typing import Final, Literal

import phonenumbers

from drivers.sip.signalling_messages import SipUser

NumberFormat = Literal["e164", "e164-no-plus", "national", "as-dialled"]
_NUMBER: Final = re.compile(r"\+?[0-9*#]{1,32}")
_UNSAID: Final = re.compile(r"[\s().\-]|;.*$")
"""Visual separators of RFC 3966 and its parameters."""


def called_user(called: str, form: NumberFormat, country: str) -> SipUser:
    """Return what the provider wants to be dialled for `called`; short codes stay as they are."""
    if not called.startswith("+") or form in {"e164", "as-dialled"}:
        return called
    if form == "e164-no-plus":
        return called[1:]
    parsed = phonenumbers.parse(called, None)
    text: str = phonenumbers.format_out_of_country_calling_number(parsed, country)
    return re.sub(r"[^0-9*#]", "", text)


def incoming_number(user: str | None, form: NumberFormat) -> str | None:
    """Return the number a provider means by the user part of a URI; None for a mere name."""
    plain = _UNSAID.sub("", user or "")
    if not _NUMBER.fullmatch(plain):
        return None
    if form == "e164-no-plus" and plain[0] in "123456789" and len(plain) > 7:
        return "+" + plain
    return plain
