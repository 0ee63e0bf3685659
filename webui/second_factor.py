"""A second factor besides the password: codes that an app on one's phone makes (RFC 6238).

Each code works once, and one step of clock error either way is forgiven. Ten
recovery codes, each good once, stand in for a lost phone.
"""

import base64
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from webui.accounts import WrongCode
from webui.one_time_code import as_typed, new_code
from webui.tokens import hash_random
from webui.web_db import WebDatabase

STEP_S: Final = 30
DIGITS: Final = 6
STEPS_OFF: Final = 1
RECOVERY_CODES: Final = 10
LABEL_LENGTH: Final = 10
"""Percent-encoded in full, more would not fit our QR code."""
KEY_BYTES: Final = 20
"""As many as the hash is long: RFC 4226 4."""


@dataclass(frozen=True)
class Offer:
    """A key to be put into the app; it counts once a code made with it was typed."""

    key: str
    uri: str


class SecondFactors:
    def __init__(self, db: WebDatabase, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock

    def is_on(self, name: str) -> bool:
        return self._column(name, "second_key") is not None

    def offer(self, name: str) -> Offer:
        key = base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()
        with self._db.transaction() as sql:
            sql.execute("UPDATE users SET second_offered = ? WHERE name = ?", (key, name))
        label = quote(name[:LABEL_LENGTH])
        return Offer(key, f"otpauth://totp/Tipring:{label}?secret={key}&issuer=Tipring")

    def turn_on(self, name: str, code: str) -> tuple[str, ...]:
        """Return the recovery codes, for the only time. Raises WrongCode."""
        key = self._column(name, "second_offered")
        step = None if key is None else self._step_of(key, code)
        if step is None:
            raise WrongCode("web.wrong-second")
        codes = tuple(new_code() for _ in range(RECOVERY_CODES))
        with self._db.transaction() as sql:
            sql.execute(
                "UPDATE users SET second_key = second_offered, second_offered = NULL,"
                " second_step = ? WHERE name = ?",
                (step, name),
            )
            sql.execute("DELETE FROM recovery_codes WHERE user = ?", (name,))
            kept = [(name, hash_random(as_typed(one))) for one in codes]
            sql.executemany("INSERT INTO recovery_codes (user, code) VALUES (?, ?)", kept)
        return codes

    def turn_off(self, name: str) -> None:
        with self._db.transaction() as sql:
            sql.execute("UPDATE users SET second_key = NULL WHERE name = ?", (name,))
            sql.execute("DELETE FROM recovery_codes WHERE user = ?", (name,))

    def check(self, name: str, code: str) -> None:
        """Use up a code of the app or a recovery code. Raises WrongCode."""
        key = self._column(name, "second_key")
        step = None if key is None else self._step_of(key, code)
        with self._db.transaction() as sql:
            if step is None:
                used = sql.execute(
                    "DELETE FROM recovery_codes WHERE user = ? AND code = ?",
                    (name, hash_random(as_typed(code))),
                ).rowcount
            else:
                used = sql.execute(
                    "UPDATE users SET second_step = ? WHERE name = ? AND second_step < ?",
                    (step, name, step),
                ).rowcount
        if used == 0:
            raise WrongCode("web.wrong-second")

    def _step_of(self, key: str, code: str) -> int | None:
        """Return the time step that `code` belongs to, if it is near now."""
        now, typed = int(self._clock()) // STEP_S, code.replace(" ", "")
        near = range(now - STEPS_OFF, now + STEPS_OFF + 1)
        fits = (step for step in near if hmac.compare_digest(totp(key, step), typed))
        return next(fits, None) if typed.isascii() else None

    def _column(self, name: str, column: str) -> str | None:
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM users WHERE name = ?", (name,)).fetchone()
        value: str | None = None if row is None else row[column]
        return value


def totp(key: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a time step (RFC 4226 5.3, SHA-1); `key` is base 32."""
    mac = hmac.new(base64.b32decode(key), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)
