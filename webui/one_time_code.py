"""Codes that a person reads on the console and types into the page, once.

80 bits in Crockford's base 32, four groups of four: no letter that looks like
a digit, and what is mistaken for one all the same is understood.
"""

import secrets
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 16
GROUP: Final = 4

_MISTAKEN: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def as_typed(text: str) -> str:
    """Return what was meant: without groups, in capitals, look-alikes put right."""
    return text.strip().upper().translate(_MISTAKEN)
