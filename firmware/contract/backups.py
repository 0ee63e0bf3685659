"""What is asked and told about backups: what there is, making one, the key they are sealed for."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, Field

from firmware.contract.message import Message
from firmware.contract.request import Request, Who
from firmware.contract.texts import Text

BackupName: TypeAlias = Annotated[
    str, Field(pattern=r"^tipring-[a-z][a-z0-9-]{0,19}-[0-9]{8}T[0-9]{6}Z\.backup$")
]


class BackupView(Message):
    name: BackupName
    size: int
    made_at: AwareDatetime
    sheet: str
    """Number of the emergency sheet that opens it; "" for a torn file."""


class BackupResult(Message):
    """What became of the last backup that was tried; kept as STATE/backups/last.json."""

    at: AwareDatetime
    made: bool
    whole: bool
    """Its copy elsewhere did not fail either; else `text` says what did."""
    text: Text


class BackupsView(Message):
    sheet: str | None
    """Number of the sheet that opens those made from now on; None as long as there is no key."""
    key_made_at: AwareDatetime | None
    running: bool
    last: BackupResult | None
    next_at: AwareDatetime | None
    backups: tuple[BackupView, ...]
    """In the box, the newest first."""
    size: int
    """Bytes that a backup without recordings needs at most."""
    recordings_size: int
    free: int
    """Bytes of the disk."""


class ListBackups(Request):
    """Answer: BackupsView"""

    do: Literal["list-backups"] = "list-backups"


class MakeBackup(Request):
    """Begin one now; ListBackups tells what became of it."""

    do: Literal["make-backup"] = "make-backup"
    recordings: bool
    who: Who


class DeleteBackup(Request):
    do: Literal["delete-backup"] = "delete-backup"
    name: BackupName
    who: Who


class SetBackupKey(Request):
    """Seal backups for this key from now on; whoever asks has its secret half, the box never."""

    do: Literal["set-backup-key"] = "set-backup-key"
    public: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    who: Who
