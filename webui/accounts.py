"""Who may use the page, and how the first of them comes to be.

A box is born without an account and without a password. Whoever can read its
console gets a one-time code from there and becomes the owner with it; a lost
password is replaced the same way.
"""

import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firmware.contract.errors import TipringError
from webui.one_time_code import as_typed, new_code
from webui.passwords import check_choice, decoy_hash, hash_secret, secret_matches
from webui.web_db import WebDatabase


class Role(StrEnum):
    OWNER = "owner"
    SUPERVISOR = "supervisor"
    AGENT = "agent"


RANK: Final = {Role.AGENT: 0, Role.SUPERVISOR: 1, Role.OWNER: 2}
"""Whoever stands higher may do all that the lower may."""


class CodePurpose(StrEnum):
    CLAIM = "claim"
    RECOVER = "recover"


RECOVERY_CODE_VALID_S: Final = 3600.0
RESET_CODE_VALID_S: Final = 24 * 3600.0
NO_PASSWORD: Final = "!"
"""Of who has not chosen one yet: no hash is that, so nothing typed can match."""
_VALID_S: Final[Mapping[str, float]] = {
    CodePurpose.CLAIM: float("inf"),
    CodePurpose.RECOVER: RECOVERY_CODE_VALID_S,
}


class WrongPassword(TipringError):
    """The name or the password does not fit; which of them is not told."""


class WrongCode(TipringError):
    """The one-time code does not fit, was used, or is too old."""


class AlreadyClaimed(TipringError):
    """The box has an owner; there is no second claim."""


@dataclass(frozen=True)
class User:
    name: str
    role: Role
    language: str | None
    extension: str | None = None
    """Whose phone they answer; an agent sees the calls of this extension alone."""


class Accounts:
    def __init__(self, db: WebDatabase) -> None:
        self._db = db

    def claimed(self) -> bool:
        with self._db.transaction() as sql:
            return sql.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None

    def new_code(self, purpose: str) -> str:
        """Return a fresh code; the one before it is void. Only its hash is kept."""
        code = new_code()
        kept = hash_secret(as_typed(code))
        with self._db.transaction() as sql:
            sql.execute(
                "INSERT OR REPLACE INTO codes (purpose, code, made_s) VALUES (?, ?, ?)",
                (purpose, kept, time.time()),
            )
        return code

    def claim(self, code: str, name: str, password: str) -> User:
        """Make the owner. Raises AlreadyClaimed, WrongCode or PasswordRefused."""
        if self.claimed():
            raise AlreadyClaimed("web.already-claimed")
        self._check_code(CodePurpose.CLAIM, code)
        check_choice(password, name)
        kept = hash_secret(password)
        with self._db.transaction() as sql:
            if sql.execute("DELETE FROM codes WHERE purpose = 'claim'").rowcount != 1:
                raise AlreadyClaimed("web.already-claimed")
            sql.execute(
                "INSERT INTO users (name, role, password, created_s) VALUES (?, ?, ?, ?)",
                (name, Role.OWNER, kept, time.time()),
            )
        return User(name, Role.OWNER, None)

    def claim_by_stick(
        self, name: str, password_hash: str | None, code_hash: str | None, bundle_id: str
    ) -> None:
        """Make the owner a bundle names, who still has to be taken. Raises AlreadyClaimed.

        With `code_hash` they choose their password with that code, as at a reset.
        """
        with self._db.transaction() as sql:
            if sql.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None:
                raise AlreadyClaimed("web.already-claimed")
            sql.execute("DELETE FROM codes WHERE purpose = 'claim'")
            sql.execute(
                "INSERT INTO users (name, role, password, created_s, bundle_id)"
                " VALUES (?, ?, ?, ?, ?)",
                (name, Role.OWNER, password_hash or NO_PASSWORD, time.time(), bundle_id),
            )
            if code_hash is not None:
                sql.execute(
                    "INSERT INTO codes (purpose, code, made_s) VALUES (?, ?, ?)",
                    (reset_of(name), code_hash, time.time()),
                )

    def claimed_by_stick(self) -> tuple[str, str] | None:
        """Return the owner and the bundle that is not taken yet; None when there is none."""
        with self._db.transaction() as sql:
            row = sql.execute(
                "SELECT name, bundle_id FROM users WHERE bundle_id IS NOT NULL"
            ).fetchone()
        return (row["name"], row["bundle_id"]) if row is not None else None

    def stick_taken(self) -> None:
        with self._db.transaction() as sql:
            sql.execute("UPDATE users SET bundle_id = NULL")

    def check_claim_code(self, code: str) -> None:
        """Raises AlreadyClaimed or WrongCode; the code stays good."""
        if self.claimed():
            raise AlreadyClaimed("web.already-claimed")
        self._check_code(CodePurpose.CLAIM, code)

    def take_over(self, name: str, password: str) -> None:
        """Make `name` an owner with this password, whoever that was before; for a restored box.

        All sessions and codes end, and the second factor of `name`. Raises PasswordRefused.
        """
        check_choice(password, name)
        kept = hash_secret(password)
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM sessions")
            sql.execute("DELETE FROM codes")
            sql.execute("DELETE FROM recovery_codes WHERE user = ?", (name,))
            sql.execute(
                "INSERT INTO users (name, role, password, created_s) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET role = excluded.role,"
                " password = excluded.password, second_key = NULL, second_offered = NULL",
                (name, Role.OWNER, kept, time.time()),
            )

    def recover(self, code: str, password: str) -> User:
        """Give the owner a new password and end all sessions. Raises as `claim` does.

        The second factor is off afterwards: whoever reads the console owns the box.
        """
        self._check_code(CodePurpose.RECOVER, code)
        with self._db.transaction() as sql:
            row = sql.execute(
                "SELECT * FROM users WHERE role = 'owner' ORDER BY created_s"
            ).fetchone()
        if row is None:
            raise WrongCode("web.wrong-code")
        self._start_anew(row["name"], password, CodePurpose.RECOVER)
        return _user(row)

    def reset(self, name: str, code: str, password: str) -> User:
        """Choose a password with the code an owner handed out. Raises as `claim` does."""
        purpose = reset_of(name.strip())
        self._check_code(purpose, code)
        self._start_anew(name.strip(), password, purpose)
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM users WHERE name = ?", (name.strip(),)).fetchone()
        if row is None:
            raise WrongCode("web.wrong-code")
        return _user(row)

    def _start_anew(self, name: str, password: str, purpose: str) -> None:
        self.set_password(name, password)
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM codes WHERE purpose = ?", (purpose,))
            sql.execute("UPDATE users SET second_key = NULL WHERE name = ?", (name,))
            sql.execute("DELETE FROM recovery_codes WHERE user = ?", (name,))

    def check_password(self, name: str, password: str) -> User:
        """Raise WrongPassword, after the same time, for a wrong password or an unknown name."""
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM users WHERE name = ?", (name.strip(),)).fetchone()
        chosen = row is not None and row["password"] != NO_PASSWORD
        fits = secret_matches(row["password"] if chosen else decoy_hash(), password)
        if not chosen or not fits:
            raise WrongPassword("web.wrong-password")
        return _user(row)

    def set_password(self, name: str, password: str) -> None:
        """Replace the password and end every session of the user. Raises PasswordRefused."""
        check_choice(password, name)
        kept = hash_secret(password)
        with self._db.transaction() as sql:
            sql.execute("UPDATE users SET password = ? WHERE name = ?", (kept, name))
            sql.execute("DELETE FROM sessions WHERE user = ?", (name,))

    def set_language(self, name: str, language: str) -> None:
        with self._db.transaction() as sql:
            sql.execute("UPDATE users SET language = ? WHERE name = ?", (language, name))

    def _check_code(self, purpose: str, code: str) -> None:
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM codes WHERE purpose = ?", (purpose,)).fetchone()
        fits = secret_matches(row["code"] if row else decoy_hash(), as_typed(code))
        if row is None or not fits:
            raise WrongCode("web.wrong-code")
        valid_s = _VALID_S.get(purpose, RESET_CODE_VALID_S)
        if time.time() - row["made_s"] > valid_s:
            raise WrongCode("web.wrong-code")


def new_secret() -> str:
    """Return 256 bits for a cookie or a token."""
    return secrets.token_urlsafe(32)


def reset_of(name: str) -> str:
    """Return the purpose of a code with which `name` chooses a password."""
    return f"reset:{name}"


def _user(row: sqlite3.Row) -> User:
    return User(row["name"], Role(row["role"]), row["language"], row["extension"])
