"""What the search for calls is asked: from what a person typed to phrases of three letters up.

Of a number only its last digits are searched and the whole is compared with what
was found: all numbers of an office begin alike, and what nearly all calls have is
what the search is slow at (7.7 ms instead of 0.3 ms over 200,000 calls).
"""

import re
from dataclasses import dataclass
from typing import Final

SHORTEST_SEARCH: Final = 3
"""The search knows any three characters in a row; fewer name an extension."""
TELLING_DIGITS: Final = 6
NOWHERE: Final = "\n\n\n"
"""No text of a call holds it."""


@dataclass(frozen=True)
class Phrases:
    match: str
    """In the search's own language: all calls that can be meant, and a few more."""
    numbers: tuple[str, ...]
    """Digits that must be seen in what was found."""


def phrases(text: str | None, number: str | None, named: tuple[str, ...]) -> Phrases | None:
    """Return None when neither is wanted; `named` are numbers that `text` names."""
    matches, numbers = list[str](), list[str]()
    words = re.sub(r"[\x00-\x1f]", " ", (text or "").strip())
    typed = [words if re.fullmatch(r"[\d\s()+./-]*\d[\d\s()+./-]*", words) else "", number or ""]
    if words and not typed[0]:
        matches.append(f"({' OR '.join(_phrase(one) for one in (words, *named))})")
    for digits in (digits_of(one) or NOWHERE for one in typed if one):
        matches.append(_phrase(digits[-TELLING_DIGITS:]))
        numbers.append(digits)
    return Phrases(" AND ".join(matches), tuple(numbers)) if matches else None


def short_of(text: str | None) -> str | None:
    """Return a text that is too short for the search."""
    words = (text or "").strip()
    return words if 0 < len(words) < SHORTEST_SEARCH else None


def digits_of(number: str) -> str:
    """Return the digits a number is kept with, whichever way it was dialled or typed."""
    return re.sub(r"[^0-9]", "", number).lstrip("0")


def _phrase(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
