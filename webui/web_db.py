"""web.db: what the web process alone keeps: users, sessions, one-time codes.

Calls are safe from anything that happens here. Any thread may ask; one at a
time is served, which is plenty for a desk.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Final

MIGRATIONS: Final = (
    """
    CREATE TABLE users (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, password TEXT NOT NULL,
        language TEXT, created_s REAL NOT NULL
    ) STRICT;
    CREATE TABLE sessions (
        id_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
        csrf TEXT NOT NULL, began_s REAL NOT NULL, seen_s REAL NOT NULL, address TEXT NOT NULL
    ) STRICT;
    CREATE TABLE codes (
        purpose TEXT PRIMARY KEY, code TEXT NOT NULL, made_s REAL NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE devices (
        mac TEXT PRIMARY KEY, model TEXT NOT NULL, name TEXT NOT NULL, ports TEXT NOT NULL,
        token TEXT NOT NULL, open_until_s REAL NOT NULL, fresh_from TEXT,
        fetched_s REAL, fetched_from TEXT
    ) STRICT;
    """,
    """
    ALTER TABLE users ADD COLUMN second_key TEXT;
    ALTER TABLE users ADD COLUMN second_offered TEXT;
    ALTER TABLE users ADD COLUMN second_step INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE recovery_codes (
        user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE, code TEXT NOT NULL
    ) STRICT;
    CREATE TABLE tokens (
        name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
        made_by TEXT NOT NULL, made_s REAL NOT NULL, used_s REAL
    ) STRICT;
    """,
    """
    CREATE TABLE webhooks (
        hook_id TEXT PRIMARY KEY, url TEXT NOT NULL, kinds TEXT NOT NULL,
        enabled INTEGER NOT NULL DEFAULT 1, secret TEXT NOT NULL, made_by TEXT NOT NULL,
        failures INTEGER NOT NULL DEFAULT 0, due_s REAL NOT NULL DEFAULT 0, delivered_s REAL
    ) STRICT;
    CREATE TABLE webhook_messages (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        hook_id TEXT NOT NULL REFERENCES webhooks (hook_id) ON DELETE CASCADE,
        message_id TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, made_s REAL NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, parked INTEGER NOT NULL DEFAULT 0, why TEXT
    ) STRICT;
    CREATE INDEX webhook_rows ON webhook_messages (hook_id, parked, number);
    CREATE TABLE webhook_place (
        id INTEGER PRIMARY KEY, epoch TEXT NOT NULL, seq INTEGER NOT NULL, seen TEXT NOT NULL
    ) STRICT;
    """,
    """
    CREATE TABLE setup (step TEXT NOT NULL, answers TEXT, ended INTEGER NOT NULL) STRICT;
    """,
    """
    ALTER TABLE users ADD COLUMN extension TEXT;
    """,
    """
    ALTER TABLE users ADD COLUMN bundle_id TEXT;
    """,
)


class WebDatabase:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Password hashes are nobody else's to read.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA foreign_keys=ON")
        self._db.execute("PRAGMA busy_timeout=3000")
        self._migrate()

    def _migrate(self) -> None:
        (done,) = self._db.execute("PRAGMA user_version").fetchone()
        for number, script in enumerate(MIGRATIONS[done:], start=done + 1):
            self._db.executescript(f"BEGIN; {script} PRAGMA user_version={number}; COMMIT;")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else in between."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._db.close()
