"""Sessions on the server's side: a stolen database holds no usable cookie.

ASVS 5.0 V7: 256-bit ids, renewed at login, ended at logout, after 30 minutes
without use and after 12 hours in any case. An agent at a desk talks for hours
without touching the page: theirs end after 8 hours without use.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from firmware.contract.errors import NotFound
from webui.accounts import Role, User, new_secret
from webui.tokens import Scope
from webui.web_db import WebDatabase

IDLE_S: Final = 30 * 60.0
AGENT_IDLE_S: Final = 8 * 3600.0
ABSOLUTE_S: Final = 12 * 3600.0
PUBLIC_LENGTH: Final = 16
TOUCH_EVERY_S: Final = 60.0
"""Use is written down at most once a minute: SD cards wear."""


@dataclass(frozen=True)
class Session:
    user: User
    csrf: str
    id_hash: str
    scopes: frozenset[Scope] | None = None
    """What a token may do; None for a person at a browser."""


@dataclass(frozen=True)
class OpenSession:
    """One browser that is logged in, as the list of them shows it."""

    session_id: str
    address: str
    began_s: float
    seen_s: float


class Sessions:
    def __init__(self, db: WebDatabase, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock

    def begin(self, user: User, address: str) -> tuple[str, Session]:
        """Return a new session and its cookie."""
        cookie, now = new_secret(), self._clock()
        session = Session(user, new_secret(), _hashed(cookie))
        with self._db.transaction() as sql:
            sql.execute(
                "DELETE FROM sessions WHERE seen_s < ? OR began_s < ?",
                (now - AGENT_IDLE_S, now - ABSOLUTE_S),
            )
            sql.execute(
                "INSERT INTO sessions (id_hash, user, csrf, began_s, seen_s, address)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (session.id_hash, user.name, session.csrf, now, now, address),
            )
        return cookie, session

    def find(self, cookie: str, *, in_use: bool = True) -> Session | None:
        """Return the live session of `cookie`; looking with `in_use` starts its idle time anew."""
        now = self._clock()
        with self._db.transaction() as sql:
            row = sql.execute(
                "SELECT s.*, u.name, u.role, u.language, u.extension FROM sessions s"
                " JOIN users u ON u.name = s.user"
                " WHERE id_hash = ? AND began_s >= ?",
                (_hashed(cookie), now - ABSOLUTE_S),
            ).fetchone()
            if row is None or row["seen_s"] < now - idle_s(Role(row["role"])):
                return None
            if in_use and now - row["seen_s"] > TOUCH_EVERY_S:
                sql.execute(
                    "UPDATE sessions SET seen_s = ? WHERE id_hash = ?", (now, row["id_hash"])
                )
        user = User(row["name"], Role(row["role"]), row["language"], row["extension"])
        return Session(user, row["csrf"], row["id_hash"])

    def end(self, session: Session) -> None:
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM sessions WHERE id_hash = ?", (session.id_hash,))

    def of(self, name: str) -> tuple[OpenSession, ...]:
        """Return the live sessions of a user, the last used first."""
        now = self._clock()
        with self._db.transaction() as sql:
            rows = sql.execute(
                "SELECT s.*, u.role FROM sessions s JOIN users u ON u.name = s.user"
                " WHERE user = ? AND began_s >= ? ORDER BY seen_s DESC",
                (name, now - ABSOLUTE_S),
            ).fetchall()
        return tuple(
            OpenSession(public_id(row["id_hash"]), row["address"], row["began_s"], row["seen_s"])
            for row in rows
            if row["seen_s"] >= now - idle_s(Role(row["role"]))
        )

    def end_one(self, name: str, session_id: str) -> None:
        """End a session of that user. Raises NotFound."""
        with self._db.transaction() as sql:
            ended = sql.execute(
                "DELETE FROM sessions WHERE user = ? AND substr(id_hash, 1, ?) = ?",
                (name, PUBLIC_LENGTH, session_id),
            ).rowcount
        if ended == 0:
            raise NotFound("web.no-such-session")

    def end_others(self, session: Session) -> None:
        with self._db.transaction() as sql:
            sql.execute(
                "DELETE FROM sessions WHERE user = ? AND id_hash <> ?",
                (session.user.name, session.id_hash),
            )


def idle_s(role: Role) -> float:
    return AGENT_IDLE_S if role is Role.AGENT else IDLE_S


def public_id(id_hash: str) -> str:
    """Return what a list may call a session: useless as a cookie."""
    return id_hash[:PUBLIC_LENGTH]


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
