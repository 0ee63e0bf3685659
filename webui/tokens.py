"""Tokens with which other programs of the office use the API, each with what it may do.

A token is shown once, when it is made; only its hash is kept. It never reaches
people, passwords, other tokens or the log of who did what.
"""

import hashlib
import sqlite3
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firmware.contract.errors import NotFound, RequestRefused
from webui.accounts import Role, User, new_secret
from webui.web_db import WebDatabase

PREFIX: Final = "tipring-"
USED_EVERY_S: Final = 60.0

NEVER: Final = (
    "/api/users", "/api/tokens", "/api/me", "/api/logout", "/api/audit", "/api/certificate",
    "/api/webhooks",
)  # fmt: skip
CALL_PATHS: Final = ("/api/calls", "/api/voicemail", "/api/opening", "/api/practice")
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Scope(StrEnum):
    READ = "read"
    """See what the page shows."""
    CALLS = "calls"
    """Dial and end calls, deal with messages, switch the opening."""
    CONFIG = "config"
    """Change the configuration."""


@dataclass(frozen=True)
class Token:
    name: str
    scopes: frozenset[Scope]
    made_by: str
    made_s: float
    used_s: float | None

    @property
    def user(self) -> User:
        """Return whom the token stands for: it rises to the owner only to configure."""
        role = Role.OWNER if Scope.CONFIG in self.scopes else Role.SUPERVISOR
        return User(f"{self.name} (API)", role, None)


class Tokens:
    def __init__(self, db: WebDatabase) -> None:
        self._db = db

    def all(self) -> tuple[Token, ...]:
        with self._db.transaction() as sql:
            rows = sql.execute("SELECT * FROM tokens ORDER BY made_s").fetchall()
        return tuple(_token(row) for row in rows)

    def make(self, name: str, scopes: frozenset[Scope], made_by: str) -> str:
        """Return the token itself, for the only time. Raises RequestRefused for a taken name."""
        secret = PREFIX + new_secret()
        row = (name, hash_random(secret), " ".join(sorted(scopes)), made_by, time.time())
        with self._db.transaction() as sql:
            added = sql.execute(
                "INSERT OR IGNORE INTO tokens (name, hash, scopes, made_by, made_s)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            ).rowcount
        if added == 0:
            raise RequestRefused("web.name-taken", name=name)
        return secret

    def remove(self, name: str) -> None:
        """Raises NotFound."""
        with self._db.transaction() as sql:
            if sql.execute("DELETE FROM tokens WHERE name = ?", (name,)).rowcount == 0:
                raise NotFound("web.no-such-token", name=name)

    def find(self, secret: str) -> Token | None:
        now = time.time()
        with self._db.transaction() as sql:
            row = sql.execute(
                "SELECT * FROM tokens WHERE hash = ?", (hash_random(secret),)
            ).fetchone()
            if row is not None and now - (row["used_s"] or 0.0) > USED_EVERY_S:
                sql.execute("UPDATE tokens SET used_s = ? WHERE name = ?", (now, row["name"]))
        return None if row is None else _token(row)


def may(scopes: frozenset[Scope], method: str, path: str) -> bool:
    """Whether a token with these scopes may ask this; the role is looked at besides."""
    if path.startswith(NEVER):
        return False
    if method in SAFE:
        return Scope.READ in scopes
    return (Scope.CALLS if path.startswith(CALL_PATHS) else Scope.CONFIG) in scopes


def hash_random(secret: str) -> str:
    # 256 random bits need no slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: sqlite3.Row) -> Token:
    scopes = frozenset(Scope(one) for one in row["scopes"].split())
    return Token(row["name"], scopes, row["made_by"], row["made_s"], row["used_s"])
