"""STATE/backups and a folder elsewhere: what is there, how old backups make way, names."""

import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.backup.making import PART, sync_folder
from firmware.backup.names import BACKUPS
from firmware.backup.refusal import BackupRefused, disk_fault
from firmware.backup.sealing import read_header
from firmware.contract.errors import NotFound

ENDING: Final = ".backup"
_OURS: Final = re.compile(r"tipring-[a-z][a-z0-9-]{0,19}-(\d{8}T\d{6}Z)\.backup")
_STAMP: Final = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Shelved:
    name: str
    size: int
    made_at: datetime
    sheet: str
    """Number of the emergency sheet that opens it; "" when the file is torn."""


def name_of(box: str, at: datetime) -> str:
    return f"tipring-{box}-{at.astimezone(UTC).strftime(_STAMP)}{ENDING}"


def folder_of(state: Path) -> Path:
    """Return the folder for backups, made if need be. Raises StorageFault."""
    folder = state / BACKUPS
    try:
        folder.mkdir(mode=0o750, exist_ok=True)
    except OSError as fault:
        raise disk_fault(fault, BACKUPS) from fault
    return folder


def shelved(folder: Path) -> tuple[Shelved, ...]:
    """Return the backups in the folder, the newest first."""
    found = [_looked_at(path) for path in folder.glob(f"*{ENDING}") if _OURS.fullmatch(path.name)]
    return tuple(sorted(filter(None, found), key=lambda one: one.made_at, reverse=True))


def file_of(state: Path, name: str) -> Path:
    """Return the path of a backup in STATE/backups. Raises NotFound."""
    path = state / BACKUPS / name
    if not _OURS.fullmatch(name) or path.is_symlink() or not path.is_file():
        raise NotFound("backup.no-such-backup")
    return path


def remove(state: Path, name: str) -> None:
    """Raises NotFound, StorageFault."""
    path = file_of(state, name)
    try:
        path.unlink(missing_ok=True)
    except OSError as fault:
        raise disk_fault(fault, name) from fault


def keep_newest(folder: Path, count: int) -> None:
    """Remove all but the newest. Raises StorageFault."""
    for one in shelved(folder)[count:]:
        try:
            (folder / one.name).unlink(missing_ok=True)
        except OSError as fault:
            raise disk_fault(fault, one.name) from fault


def copy_elsewhere(state: Path, backup: Path, folder: Path) -> None:
    """Copy a backup to a mounted disk. Raises BackupRefused, StorageFault.

    A folder on the box's own disk is one whose disk is not mounted now.
    """
    try:
        if not folder.is_dir() or folder.stat().st_dev == state.stat().st_dev:
            raise BackupRefused("backup.not-mounted", folder=str(folder))
    except OSError as fault:
        raise BackupRefused("backup.not-mounted", folder=str(folder)) from fault
    part = folder / f"{PART}{backup.name}"
    try:
        shutil.copyfile(backup, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(folder / backup.name)
        sync_folder(folder)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise disk_fault(fault, str(folder)) from fault


def _looked_at(path: Path) -> Shelved | None:
    stamp = _OURS.fullmatch(path.name)
    try:
        size, sheet = path.lstat().st_size, _sheet(path)
    except OSError:
        return None
    if stamp is None:
        return None
    made_at = datetime.strptime(stamp[1], _STAMP).replace(tzinfo=UTC)
    return Shelved(path.name, size, made_at, sheet)


def _sheet(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return read_header(file).sheet
    except BackupRefused:
        return ""
