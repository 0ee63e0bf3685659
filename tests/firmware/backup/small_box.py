"""A state folder with a little of everything a backup must hold, and what is in one."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import firmware.config
from firmware.backup.key import BackupSecret
from firmware.store.database import open_for_writing

AT: Final = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SECRET: Final = BackupSecret(bytes(range(20)))
OTHER: Final = BackupSecret(bytes(range(1, 21)))
CALL_ID: Final = "01JD0000000000000000000001"
PRACTICE: Final = Path(firmware.config.__file__).parent / "practice.toml"


def furnish_box(state: Path, *, office: str = "Practice office", call_id: str = CALL_ID) -> None:
    """A configuration of two versions, secrets, a call with a recording, a message, a user."""
    for folder in ("versions", "prompts", "voicemail", "recordings", "tls", "run"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    text = PRACTICE.read_text("utf-8")
    text = text.replace('name = "Practice office"', f'name = "{office}"')
    (state / "tipring.toml").write_text(text, "utf-8")
    (state / "secrets.toml").write_text('[lines.gsm-1]\nsim_pin = "1234"\n', "utf-8")
    (state / "versions" / "1.toml").write_text(text, "utf-8")
    (state / "versions" / "1.json").write_text(
        '{"number":1,"who":"owner","at":"2026-11-20T10:00:00Z"}', "utf-8"
    )
    (state / "prompts" / f"{'ab' * 32}.wav").write_bytes(b"sound" * 999)
    (state / "voicemail" / "message.flac").write_bytes(office.encode() * 50)
    (state / "recordings" / f"{call_id}.flac").write_bytes(office.encode() * 70_000)
    (state / "tls" / "authority.pem").write_text("pem", "utf-8")
    _fill_database(state / "tipring.db", call_id)
    with closing(sqlite3.connect(state / "web.db")) as sql, sql:
        sql.execute("PRAGMA journal_mode = WAL")
        sql.execute("CREATE TABLE users (name TEXT)")
        sql.execute("INSERT INTO users VALUES (?)", (office,))


def _fill_database(path: Path, call_id: str) -> None:
    database = open_for_writing(path)
    with closing(database.conn) as sql, sql:
        sql.execute(
            "INSERT INTO calls (call_id, box, seq, incoming, began_at, zone)"
            " VALUES (?, 'box', 1, 1, '2026-11-21T10:00:00Z', 'Europe/London')",
            (call_id,),
        )
        sql.execute(
            "INSERT INTO recordings (call_id, box, seq, file, state, began_ms)"
            " VALUES (?, 'box', 2, ?, 'packed', 0)",
            (call_id, f"{call_id}.flac"),
        )


def contents(state: Path) -> dict[str, bytes]:
    """Return what the box would be after a start: its files, and rows for its databases."""
    found: dict[str, bytes] = {}
    for path in sorted(state.rglob("*")):
        name = path.relative_to(state).as_posix()
        if not path.is_file() or name.startswith(("run/", "backups/", "restore")):
            continue
        if not name.endswith((".db", "-wal", "-shm")):
            found[name] = path.read_bytes()
    for name in ("tipring.db", "web.db"):
        with closing(sqlite3.connect(state / name)) as sql:
            found[name] = "\n".join(sql.iterdump()).encode()
    return found


def recording_state(state: Path, call_id: str = CALL_ID) -> str:
    with closing(sqlite3.connect(state / "tipring.db")) as sql:
        row = sql.execute("SELECT state FROM recordings WHERE call_id = ?", (call_id,)).fetchone()
    return str(row[0])


def copy_box(state: Path, target: Path) -> None:
    shutil.copytree(state, target)
