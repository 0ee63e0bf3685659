"""One field out of a web address's answer: JSON in, a short text out."""

import json
from typing import Final

from firmware.web_request.asking import WebFault

MOST_LETTERS: Final = 300
"""Longer than anybody listens to."""


def answer_field(body: bytes, field: str, host: str) -> str:
    """Return the field as text, numbers with the digits they came with. Raises WebFault."""
    try:
        found = json.loads(body, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise WebFault("web-ask.not-json", host=host) from None
    for part in field.split("."):
        found = _inside(found, part)
    if isinstance(found, bool):
        return "true" if found else "false"
    if not isinstance(found, str):
        raise WebFault("web-ask.no-field", host=host, field=field)
    return "".join(one for one in found if one.isprintable())[:MOST_LETTERS]


def _inside(found: object, part: str) -> object:
    if isinstance(found, dict):
        return found.get(part)
    if isinstance(found, list) and part.isdecimal() and len(part) < len(str(len(found))) + 1:
        return found[int(part)] if int(part) < len(found) else None
    return None
