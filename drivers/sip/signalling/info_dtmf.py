"""Digits and hook flash as SIP INFO: application/dtmf-relay and application/dtmf."""

import re
from typing import Final

RELAY: Final = "application/dtmf-relay"
PLAIN: Final = "application/dtmf"
FLASH: Final = "flash"
"""What `parse` returns for a pressed hook."""
DURATION_MS: Final = 160

_SIGNAL: Final = re.compile(r"^\s*signal\s*=\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)
_NUMBERED: Final = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D", "16": FLASH}
"""RFC 4733 event numbers, which some adapters write in place of the sign."""
_FLASHES: Final = frozenset({"hf", "flash", "hookflash", "hook-flash", "!"})


def parse(content_type: str, body: str) -> str | None:
    """Return the digit, FLASH, or None for what is neither."""
    if content_type in ("application/hook-flash", "application/broadsoft"):
        return FLASH
    if content_type == RELAY:
        found = _SIGNAL.search(body)
        return _meaning(found[1]) if found else None
    return _meaning(body.strip()) if content_type == PLAIN else None


def relay_body(digit: str) -> str:
    return f"Signal={digit}\r\nDuration={DURATION_MS}\r\n"


def _meaning(sign: str) -> str | None:
    if sign.lower() in _FLASHES:
        return FLASH
    sign = _NUMBERED.get(sign, sign.upper())
    return sign if sign == FLASH or re.fullmatch(r"[0-9A-D*#]", sign) else None
