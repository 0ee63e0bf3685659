"""How a simulated modem cuts a command line into commands (ITU-T V.250 5.2)."""

from collections.abc import Iterator
from typing import Final

EXTENDED: Final = "+^*%"


def commands_of(line: str) -> Iterator[str] | None:
    """Return the commands of one AT line, or None when it is no AT line at all.

    `AT` alone has none. Extended commands end at a semicolon outside quotes; a
    dial command takes the rest of the line.
    """
    if line[:2].upper() != "AT":
        return None
    return _cut(line[2:].strip())


def _cut(body: str) -> Iterator[str]:
    while body:
        if body[0] == ";":
            length = 0
        elif body[0] in EXTENDED:
            length = _semicolon(body)
        elif body[0] in "dD":
            length = len(body)
        else:
            length = _basic(body)
        if length:
            yield body[:length]
        body = body[length:].lstrip("; ") if length < len(body) else ""


def _semicolon(body: str) -> int:
    quoted = False
    for place, char in enumerate(body):
        quoted ^= char == '"'
        if char == ";" and not quoted:
            return place
    return len(body)


def _basic(body: str) -> int:
    """A letter (with & before some) and its digits."""
    length = 2 if body[0] == "&" else 1
    while length < len(body) and (body[length].isdigit() or body[length] in "?="):
        length += 1
    return length
