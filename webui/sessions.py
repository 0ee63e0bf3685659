"""Sessions on the server's side: a stolen database holds no usable cookie.

ASVS 5.0 V7: 256-bit ids, renewed at login, ended at logout, after 30 minutes
without use and after 12 hours in any case.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from webui.accounts import Role, User, new_secret
from webui.web_db import WebDatabase

IDLE_S: Final = 30 * 60.0
ABSOLUTE_S: Final = 12 * 3600.0
TOUCH_EVERY_S: Final = 60.0
"""Use is written down at most once a minute: SD cards wear."""


@dataclass(frozen=True)
class Session:
    user: User
    csrf: str
    id_hash: str


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
                (now - IDLE_S, now - ABSOLUTE_S),
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
                "SELECT s.*, u.name, u.role, u.language FROM sessions s"
                " JOIN users u ON u.name = s.user"
                " WHERE id_hash = ? AND seen_s >= ? AND began_s >= ?",
                (_hashed(cookie), now - IDLE_S, now - ABSOLUTE_S),
            ).fetchone()
            if row is None:
                return None
            if in_use and now - row["seen_s"] > TOUCH_EVERY_S:
                sql.execute(
                    "UPDATE sessions SET seen_s = ? WHERE id_hash = ?", (now, row["id_hash"])
                )
        user = User(row["name"], Role(row["role"]), row["language"])
        return Session(user, row["csrf"], row["id_hash"])

    def end(self, session: Session) -> None:
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM sessions WHERE id_hash = ?", (session.id_hash,))


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
