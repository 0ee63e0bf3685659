"""One backup: a consistent copy of the databases, all files of the box, sealed and read back.

Blocks; runs in a process of its own, so that neither calls nor the page wait. A backup
has its name only when it is whole and on the disk.
"""

import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final

from firmware.backup.members import Facts, MemberReader, MemberWriter
from firmware.backup.names import BACKUPS, DATABASES, FILES, FOLDERS, RECORDINGS, mode_of
from firmware.backup.refusal import BackupRefused, disk_fault
from firmware.backup.sealing import SealedReader, SealedWriter
from firmware.config.files import read_text
from firmware.config.load import CONFIG_FILE, SECRETS_FILE, load
from firmware.contract.errors import ConfigurationRefused, TipringError
from firmware.store.database import FILE as DATABASE
from firmware.store.database import read_only

ROOM_LEFT: Final = 128 << 20
"""Bytes that stay free for calls and their recordings."""
PART: Final = ".part-"
MODE: Final = 0o600


@dataclass(frozen=True)
class Made:
    file: str
    size: int
    members: int
    sheet: str


def make_backup(
    state: Path,
    target: Path,
    public: bytes,
    at: datetime,
    *,
    recordings: bool,
    room: int = ROOM_LEFT,
) -> Made:
    """Write the backup `target`, sealed for `public`, and return what it is.

    Raises BackupRefused or StorageFault; nothing new is there then.
    """
    part = target.with_name(f"{PART}{target.name}")
    try:
        # In the state folder: what is not sealed yet must not touch another disk.
        with tempfile.TemporaryDirectory(prefix=PART, dir=_place_for_copies(state)) as copies:
            _want_room(state, target, recordings=recordings, room=room)
            _copy_databases(state, Path(copies))
            facts = _facts(state, Path(copies), at, recordings=recordings)
            made = _write(state, Path(copies), part, public, facts)
        part.replace(target)
        sync_folder(target.parent)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise disk_fault(fault, target.name) from fault
    except TipringError:
        part.unlink(missing_ok=True)
        raise
    return replace(made, file=target.name)


def office_of(state: Path) -> tuple[str, str]:
    """Return the names of office and box. Raises BackupRefused, StorageFault."""
    text = read_text(state / CONFIG_FILE)
    if not text:
        raise BackupRefused("backup.nothing-to-keep", path=str(state))
    try:
        office = load(text, read_text(state / SECRETS_FILE)).office
    except ConfigurationRefused:  # broken by hand just now; its versions are kept with it
        return "", "box"
    return office.name, office.box


def _place_for_copies(state: Path) -> Path:
    folder = state / BACKUPS
    folder.mkdir(mode=0o750, exist_ok=True)
    return folder


def remove_parts(folder: Path) -> None:
    """Remove what a backup left that was cut off."""
    for part in folder.glob(f"{PART}*"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def size_of(state: Path, folder: str = "") -> int:
    """Return the bytes of what a backup of the folder would hold; of all but recordings for ""."""
    names = (folder,) if folder else (*FILES, *(one for one in FOLDERS if one != RECORDINGS))
    return sum(_sizes(state, names))


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(state: Path, copies: Path, part: Path, public: bytes, facts: Facts) -> Made:
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with os.fdopen(os.open(part, flags, MODE), "w+b") as file:
        sealed = SealedWriter(file, public)
        members = MemberWriter(sealed, facts)
        for name, source in _sources(state, copies, recordings=facts.recordings):
            with source:
                members.add(name, source)
        count = members.close()
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
        file.seek(0)
        sheet = _read_back(file, sealed.file_key)
    return Made(part.name, size, count.members, sheet)


def _read_back(file: BinaryIO, file_key: bytes) -> str:
    """What a worn card wrote wrong is noticed today, and not on the day it is needed."""
    sealed = SealedReader(file, file_key)
    for _name, content in MemberReader(sealed).members():
        for _stretch in content:
            pass
    return sealed.sheet


def _copy_databases(state: Path, copies: Path) -> None:
    for name in DATABASES:
        if (state / name).exists():
            _copy_database(state / name, copies / name)


def _copy_database(source: Path, copy: Path) -> None:
    """In one step: that holds up no writer, and in many it would begin anew with each row."""
    try:
        with closing(read_only(source)) as live, closing(sqlite3.connect(copy)) as made:
            live.backup(made)
            made.execute("PRAGMA journal_mode = DELETE")
            if made.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise BackupRefused("backup.torn-database", file=source.name)
    except sqlite3.Error as fault:
        full = getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        code = "backup.disk-full" if full else "backup.torn-database"
        raise BackupRefused(code, file=source.name) from fault


def _want_room(state: Path, target: Path, *, recordings: bool, room: int) -> None:
    """Better no backup than a disk too full for the next recording."""
    sealed = size_of(state) + (size_of(state, RECORDINGS) if recordings else 0)
    copies = sum(_sizes(state, DATABASES))
    same_disk = state.stat().st_dev == target.parent.stat().st_dev
    for folder, needed in (
        (target.parent, sealed + (copies if same_disk else 0) + room),
        (state, copies + room),
    ):
        if shutil.disk_usage(folder).free < needed:
            raise BackupRefused("backup.no-room", megabytes=needed >> 20)


def _facts(state: Path, copies: Path, at: datetime, *, recordings: bool) -> Facts:
    name, box = office_of(state)
    return Facts(
        made_at=at,
        software=version("tipring"),
        database=database_form(copies / DATABASE),
        office=name,
        box=box,
        recordings=recordings,
    )


def database_form(database: Path) -> int:
    """Return the number of its last migration, 0 without a database. Raises BackupRefused."""
    if not database.exists():
        return 0
    try:
        with closing(read_only(database)) as sql:
            return int(sql.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as fault:
        raise BackupRefused("backup.torn-database", file=database.name) from fault


def _sources(state: Path, copies: Path, *, recordings: bool) -> Iterator[tuple[str, BinaryIO]]:
    """Yield every file of the box, open; what has gone since it was listed is left out."""
    for name in FILES:
        file = _opened((copies if name in DATABASES else state) / name)
        if file is not None:
            yield name, file
    for folder in FOLDERS:
        if folder != RECORDINGS or recordings:
            for path in _files_in(state / folder):
                name = path.relative_to(state).as_posix()
                file = _opened(path) if mode_of(name) is not None else None
                if file is not None:
                    yield name, file


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield the plain files below, one folder's names in memory at a time; never through a link."""
    for place, _folders, names in os.walk(folder):
        for name in sorted(names):
            yield Path(place, name)


def _opened(path: Path) -> BinaryIO | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")


def _sizes(state: Path, names: tuple[str, ...]) -> Iterator[int]:
    for name in names:
        paths = _files_in(state / name) if name in FOLDERS else (state / name,)
        for path in paths:
            try:
                yield path.lstat().st_size
            except FileNotFoundError:
                continue
