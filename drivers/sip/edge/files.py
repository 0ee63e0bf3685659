"""The edge's files below STATE/sip: the box's secret, the table for Kamailio, the location.

The location (which phone is where) is Kamailio's own; we make it and read it.
"""

import os
import secrets
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

SCHEMAS: Final = Path("/usr/share/kamailio/db_sqlite")
SCHEMA_FILES: Final = ("standard-create.sql", "usrloc-create.sql")
LOCK_WAIT_S: Final = 5.0


def kept_secret(folder: Path) -> bytes:
    """Return the box's own 32 random bytes; they outlive restarts, as do nonces and tokens."""
    path = folder / "edge.secret"
    if not path.exists():
        write_private(path, secrets.token_bytes(32))
    return path.read_bytes()


def write_book(path: Path, book: Mapping[str, str]) -> None:
    """Replace the table in one transaction; it holds password hashes, so only we may read it."""
    if not path.exists():
        write_private(path, b"")
    with closing(sqlite3.connect(path, timeout=LOCK_WAIT_S)) as database, database:
        # Kamailio may be reading at this moment, and does not start when it finds a lock.
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS book (id INTEGER PRIMARY KEY, key_name TEXT,"
            " key_type INTEGER, value_type INTEGER, key_value TEXT, expires INTEGER)"
        )
        database.execute("DELETE FROM book")
        database.executemany(
            "INSERT INTO book (key_name, key_type, value_type, key_value, expires)"
            " VALUES (?, 0, 0, ?, 0)",
            book.items(),
        )


def prepare_location(path: Path) -> None:
    """Make the location unless there is one that this Kamailio can read.

    A torn file or one of another version is thrown away: phones register again within
    minutes, but a Kamailio that does not start never comes back.
    """
    with closing(sqlite3.connect(":memory:")) as wanted:
        _make_tables(wanted)
        version = _version(wanted)
    try:
        with closing(sqlite3.connect(path, timeout=LOCK_WAIT_S)) as database:
            usable = _version(database) == version
    except sqlite3.DatabaseError:
        usable = False
    if usable:
        return
    path.unlink(missing_ok=True)
    write_private(path, b"")
    with closing(sqlite3.connect(path)) as database:
        # We read while Kamailio writes, and it does not wait for a lock.
        database.execute("PRAGMA journal_mode=WAL")
        _make_tables(database)


def _make_tables(database: sqlite3.Connection) -> None:
    for name in SCHEMA_FILES:
        database.executescript((SCHEMAS / name).read_text("utf-8"))


def _version(database: sqlite3.Connection) -> object:
    """Return the version of the location's table; raises DatabaseError when there is none."""
    return database.execute(
        "SELECT table_version FROM version WHERE table_name = 'location'"
    ).fetchone()


def write_private(path: Path, content: bytes) -> None:
    """Write the file so that only we may read it, and so that it is there after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
