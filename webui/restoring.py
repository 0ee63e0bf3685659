"""A box without an owner becomes the one of a backup, with a new owner's password."""

import logging
import os
import shutil
import signal
import sqlite3
from pathlib import Path
from typing import Final

from firmware.backup.key import BackupSecret
from firmware.backup.refusal import BackupRefused
from firmware.backup.staging import STAGING, discard, stage
from firmware.backup.switching import take_over
from webui.accounts import Accounts
from webui.web_db import MIGRATIONS, WebDatabase

log = logging.getLogger(__name__)

UPLOAD: Final = "restore.upload"
ROOM_LEFT: Final = 64 << 20


def restore_with_owner(
    state: Path, backup: Path, secret: BackupSecret, owner: tuple[str, str]
) -> None:
    """Decide that the backup becomes the box; `owner` is the name and the new password.

    Happens at the next start. Blocks. Raises BackupRefused, StorageFault, PasswordRefused;
    nothing has changed then.
    """
    facts = stage(state, backup, secret)
    try:
        _give_owner(state / STAGING / "web.db", *owner)
    except BaseException:
        discard(state)
        raise
    take_over(state)
    log.warning("restored from a backup of %s", facts.made_at.isoformat())


def forget_leftovers(state: Path) -> None:
    """What a restore left that was cut off; only while none is under way."""
    discard(state)
    (state / UPLOAD).unlink(missing_ok=True)


def has_room(state: Path, size: int) -> bool:
    """Whether a backup of so many bytes can be kept and unpacked."""
    return shutil.disk_usage(state).free - 2 * size > ROOM_LEFT


def end_process() -> None:
    """Let whoever keeps the web process running start it anew."""
    os.kill(os.getpid(), signal.SIGTERM)


def _give_owner(database: Path, name: str, password: str) -> None:
    try:
        db = WebDatabase(database)
        with db.transaction() as sql:
            (form,) = sql.execute("PRAGMA user_version").fetchone()
        if form > len(MIGRATIONS):
            db.close()
            raise BackupRefused("backup.newer", theirs="?", ours="?")
        try:
            Accounts(db).take_over(name, password)
        finally:
            db.close()
    except sqlite3.Error as fault:
        raise BackupRefused("backup.torn-database", file=database.name) from fault
