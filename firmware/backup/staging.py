"""A backup unpacked beside what is live, and checked; nothing of the box changes by it.

What it holds is taken for hostile: names from a list, plain files only, never more than
the disk has room for, and a configuration that would go live.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Final

from firmware.backup.key import BackupSecret
from firmware.backup.making import database_form, sync_folder
from firmware.backup.members import Facts, MemberReader
from firmware.backup.names import FOLDERS, RECORDINGS, mode_of
from firmware.backup.refusal import BackupRefused, disk_fault
from firmware.backup.sealing import SealedReader
from firmware.config.files import read_text, write_atomically
from firmware.config.load import CONFIG_FILE, SECRETS_FILE, load
from firmware.contract.errors import ConfigurationRefused, StorageFault
from firmware.store.database import FILE as DATABASE
from firmware.store.database import MIGRATIONS

STAGING: Final = "restore.part"
RESTORED: Final = "restored.json"
"""The facts of the backup, for the restored box to write into its audit."""
ROOM_LEFT: Final = 32 << 20
_NUMBER: Final = re.compile(r"\d+")


def stage(state: Path, backup: Path, secret: BackupSecret) -> Facts:
    """Unpack into STATE/restore.part and return what the backup says of itself.

    Raises BackupRefused or StorageFault; the folder is gone again then.
    """
    staging = state / STAGING
    discard(state)
    try:
        with backup.open("rb") as file:
            reader = MemberReader(SealedReader(file, secret))
            _refuse_newer(reader.facts)
            staging.mkdir(mode=0o750)
            _unpack(reader, staging)
        _check(staging)
        write_atomically(staging / RESTORED, reader.facts.model_dump_json(), 0o640)
        _mark_missing_recordings(state, staging, with_recordings=reader.facts.recordings)
        for folder in (Path(place) for place, _folders, _files in os.walk(staging)):
            sync_folder(folder)
    except (BackupRefused, StorageFault):
        discard(state)
        raise
    except OSError as fault:
        discard(state)
        raise disk_fault(fault, backup.name) from fault
    return reader.facts


def discard(state: Path) -> None:
    """Forget what was staged and not taken."""
    shutil.rmtree(state / STAGING, ignore_errors=True)


def _refuse_newer(facts: Facts) -> None:
    ours, theirs = version("tipring"), facts.software
    if facts.database > _newest() or _numbers(theirs) > _numbers(ours):
        raise BackupRefused("backup.newer", theirs=theirs, ours=ours)


def _numbers(software: str) -> tuple[int, ...]:
    return tuple(int(one) for one in _NUMBER.findall(software)[:3])


def _newest() -> int:
    return max(int(file.name[:3]) for file in MIGRATIONS.glob("[0-9][0-9][0-9]-*.sql"))


def _unpack(reader: MemberReader, staging: Path) -> None:
    for folder in FOLDERS:
        if folder != RECORDINGS or reader.facts.recordings:
            (staging / folder).mkdir(mode=0o750)
    for name, content in reader.members():
        mode = mode_of(name)
        unasked = name.startswith(f"{RECORDINGS}/") and not reader.facts.recordings
        if mode is None or unasked:
            raise BackupRefused("backup.foreign-name", name=ascii(name)[1:-1][:60])
        _write(staging / name, mode, content)


def _write(path: Path, mode: int, content: Iterator[bytes]) -> None:
    """Raises BackupRefused for a second file of that name."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        descriptor = os.open(path, flags, mode)
    except (FileExistsError, IsADirectoryError, NotADirectoryError):
        raise BackupRefused("backup.foreign-name", name=path.name[:60]) from None
    with os.fdopen(descriptor, "wb") as file:
        for at, stretch in enumerate(content):
            if at % 256 == 0:
                _want_room(path)
            file.write(stretch)
        file.flush()
        os.fsync(file.fileno())


def _want_room(path: Path) -> None:
    if shutil.disk_usage(path.parent).free < ROOM_LEFT:
        raise StorageFault("backup.disk-full", file=path.name)


def _check(staging: Path) -> None:
    """Raises BackupRefused for what the box could not start with."""
    try:
        load(read_text(staging / CONFIG_FILE), read_text(staging / SECRETS_FILE))
    except ConfigurationRefused:
        raise BackupRefused("backup.unusable-configuration") from None
    if database_form(staging / DATABASE) > _newest():
        raise BackupRefused("backup.newer", theirs="?", ours=version("tipring"))


def _mark_missing_recordings(state: Path, staging: Path, *, with_recordings: bool) -> None:
    """A backup without recordings must not promise any that this box does not have either."""
    database = staging / DATABASE
    if not database.exists():
        return
    folder = (staging if with_recordings else state) / RECORDINGS
    try:
        with closing(sqlite3.connect(database)) as sql, sql:
            rows = sql.execute(
                "SELECT call_id, file FROM recordings"
                " WHERE state IN ('writing', 'recorded', 'packed')"
            )
            for call_id, file in rows.fetchall():
                if not (folder / file).is_file():
                    lost = "UPDATE recordings SET state = 'lost' WHERE call_id = ?"
                    sql.execute(lost, (call_id,))
    except sqlite3.Error as fault:
        raise BackupRefused("backup.torn-database", file=DATABASE) from fault
