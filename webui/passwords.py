"""Which passwords are good enough, and how they are kept.

OWASP ASVS 5.0: 12 to 128 characters, no rules of composition, common ones
refused; Argon2id with 19 MiB, two passes and one lane.
"""

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from firmware.contract.errors import TipringError

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 128
MIN_DIFFERENT_CHARACTERS: Final = 5

_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# One at a time: each takes 19 MiB, and a box has little to spare for a burst of guesses.
_TURN: Final = Lock()


class PasswordRefused(TipringError):
    """The chosen password is too easy to guess."""


def check_choice(password: str, name: str) -> None:
    """Raise PasswordRefused, saying why, unless `name` may use this password."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordRefused("web.password-length", least=MIN_LENGTH, most=MAX_LENGTH)
    plain = password.casefold()
    bare = plain.strip(" 0123456789!.?-_")
    if plain in _common() or bare in _common() or bare == name.casefold():
        raise PasswordRefused("web.password-common")
    if len(set(plain)) < MIN_DIFFERENT_CHARACTERS:
        raise PasswordRefused("web.password-common")


def hash_secret(secret: str) -> str:
    with _TURN:
        return _HASHER.hash(secret)


def secret_matches(stored: str, secret: str) -> bool:
    """Compare in constant time; takes about as long for a hash that cannot match."""
    try:
        with _TURN:
            return _HASHER.verify(stored, secret[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False


@cache
def decoy_hash() -> str:
    """What an unknown name is checked against, so that it takes as long as a known one."""
    return hash_secret("a password that nobody has chosen")


@cache
def _common() -> frozenset[str]:
    words = json.loads((Path(__file__).parent / "common_passwords.json").read_text("utf-8"))
    return frozenset(words)
