"""Why a backup is not made or not restored: one sentence, and nothing has changed."""

import errno

from firmware.contract.errors import StorageFault, TipringError


class BackupRefused(TipringError):
    """The backup cannot be made or used; the text says why."""


def disk_fault(fault: OSError, file: str) -> TipringError:
    """Return what a person should read about a disk that did not do as told."""
    if fault.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StorageFault("backup.disk-full", file=file)
    return StorageFault("backup.disk-fault", file=file, why=fault.strerror or str(fault))
