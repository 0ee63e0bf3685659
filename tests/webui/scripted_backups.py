"""Backups as an exchange has them, made in place: for tests of the page."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firmware.backup import shelf
from firmware.backup.key import keep_key, kept_key
from firmware.backup.making import make_backup, office_of
from firmware.backup.names import BACKUPS
from firmware.contract import backups as b
from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text

BACKUP_REQUESTS = (b.ListBackups, b.MakeBackup, b.DeleteBackup, b.SetBackupKey)


def carry_out(state: Path, request: object) -> Any:
    now = datetime.now(UTC)
    match request:
        case b.ListBackups():
            return _view(state).model_dump(mode="json")
        case b.MakeBackup():
            key = kept_key(state)
            if key is None:
                raise RequestRefused("backup.no-key")
            _office, box = office_of(state)
            target = shelf.folder_of(state) / shelf.name_of(box, now)
            make_backup(state, target, key.raw(), now, recordings=request.recordings)
        case b.DeleteBackup():
            shelf.remove(state, request.name)
        case b.SetBackupKey():
            keep_key(state, bytes.fromhex(request.public), now)
        case _:
            raise AssertionError(request)
    return None


def _view(state: Path) -> b.BackupsView:
    key, there = kept_key(state), shelf.shelved(state / BACKUPS)
    last = None
    if there:
        made = Text(code="backup.made", args={"files": 31})
        last = b.BackupResult(at=there[0].made_at, made=True, whole=True, text=made)
    return b.BackupsView(
        sheet=key.sheet if key else None,
        key_made_at=key.made_at if key else None,
        running=False,
        last=last,
        next_at=None,
        backups=tuple(
            b.BackupView(name=one.name, size=one.size, made_at=one.made_at, sheet=one.sheet)
            for one in there
        ),
        size=42 << 20,
        recordings_size=3_100 << 20,
        free=21 << 30,
    )
