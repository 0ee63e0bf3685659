"""Opening tipring.db: migrations, what is wrong with it, and moving a torn one aside."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from firmware.contract.errors import StorageFault

MIGRATIONS: Final = Path(__file__).parent / "migrations"
FILE: Final = "tipring.db"
_TORN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_STORAGE: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PERM,
    }
)
WAIT_FOR_LOCK_S: Final = 5.0


class TornDatabase(StorageFault):
    """The file is no database any more."""


def is_torn(error: sqlite3.Error) -> bool:
    return _primary_code(error) in _TORN


def not_the_row(error: sqlite3.Error) -> bool:
    """Whether disk or file are to blame and not the row: the same may work later."""
    return _primary_code(error) in _TORN | _STORAGE


def _primary_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def open_for_writing(path: Path) -> Database:
    """Return the database, of the newest form. Raises TornDatabase or StorageFault."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unclean = _wal_of(path).exists() and _wal_of(path).stat().st_size > 0
        # The connection is made here and used by the journal's thread alone.
        connection = sqlite3.connect(path, timeout=WAIT_FOR_LOCK_S, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise StorageFault("store.cannot-open", why=str(error)) from error
    try:
        return _prepared(connection, unclean)
    except sqlite3.Error as error:
        connection.close()
        if is_torn(error):
            raise TornDatabase("store.torn-database", file=path.name) from error
        raise StorageFault("store.cannot-open", why=str(error)) from error
    except StorageFault:
        connection.close()
        raise


def _prepared(connection: sqlite3.Connection, unclean: bool) -> Database:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 4194304")
    # Seconds on a large file, so only when the last writer did not close.
    if unclean and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise TornDatabase("store.torn-database", file=FILE)
    database = Database(connection, execute_plugins=False)
    migrate(database)
    return database


def migrate(database: Database, folder: Path = MIGRATIONS) -> None:
    """Apply the numbered files the database has not seen, each in one transaction.

    Raises StorageFault when the file is of a newer Tipring.
    """
    files = sorted(folder.glob("[0-9][0-9][0-9]-*.sql"))
    have = int(database.execute("PRAGMA user_version").fetchone()[0])
    newest = int(files[-1].name[:3])
    if have > newest:
        raise StorageFault("store.newer-database", have=have, known=newest)
    for file in files[have:]:
        with database.atomic():
            for statement in _statements(file.read_text("utf-8")):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {int(file.name[:3])}")


def _statements(script: str) -> list[str]:
    statements, so_far = [], ""
    for line in script.splitlines():
        so_far += line + "\n"
        if sqlite3.complete_statement(so_far):
            statements.append(so_far)
            so_far = ""
    return statements


def move_aside(path: Path) -> str:
    """Rename the database with its WAL, so that a fresh one can be made; return the new name."""
    at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    name = f"{path.name}.torn-{at}"
    for end in ("", "-wal", "-shm"):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(path.with_name(name + end))
    return name


def read_only(path: Path) -> sqlite3.Connection:
    """Return a connection that can only read. Raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, timeout=WAIT_FOR_LOCK_S, check_same_thread=False)


def checkpoint(database: Database) -> None:
    """Fold the WAL into the file and close."""
    with closing(database.conn):
        database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _wal_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
