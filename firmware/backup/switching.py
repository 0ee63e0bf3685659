"""From the old box to the new one: one rename decides, and every start finishes what it decided.

STATE/restore.ready is a whole, checked box that shall take the place of this one. Whatever
happens after that rename, power cuts among them, the next start goes on where it stopped:
first all that is old goes into STATE/restore.old, then all that is new comes out.
"""

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware.backup.making import sync_folder
from firmware.backup.names import DATABASES, FILES, FOLDERS
from firmware.backup.refusal import disk_fault
from firmware.backup.staging import STAGING

log = logging.getLogger(__name__)

READY: Final = "restore.ready"
OLD: Final = "restore.old"
OLD_IS_AWAY: Final = ".old-is-away"
"""In STATE/restore.ready: from here on whatever stands in the state folder is new."""
LOOK_EVERY_S: Final = 0.2
LONGEST_WAIT_S: Final = 60.0


def take_over(state: Path) -> None:
    """Decide that what was staged becomes the box, at the next start. Raises StorageFault."""
    try:
        (state / STAGING).rename(state / READY)
        sync_folder(state)
    except OSError as fault:
        raise disk_fault(fault, READY) from fault


def is_waiting(state: Path) -> bool:
    return (state / READY).exists()


def finish(state: Path) -> bool:
    """Return whether a restored box took this one's place just now.

    Only while nothing of the box runs that has these files open. Raises StorageFault.
    """
    if not is_waiting(state):
        shutil.rmtree(state / OLD, ignore_errors=True)
        return False
    try:
        if not (state / READY / OLD_IS_AWAY).exists():
            _put_old_away(state)
        _bring_new_in(state)
        _clear(state / OLD / READY)
        (state / READY).rename(state / OLD / READY)  # in one step, with its marker
        sync_folder(state)
    except OSError as fault:
        raise disk_fault(fault, READY) from fault
    shutil.rmtree(state / OLD, ignore_errors=True)
    log.info("restored from a backup")
    return True


def wait_until_finished(
    state: Path, sleep: Callable[[float], None] = time.sleep, longest_s: float = LONGEST_WAIT_S
) -> None:
    """Wait, for the page, until the exchange has finished; a page without calls beats none."""
    left_s = longest_s
    while is_waiting(state) and left_s > 0:
        sleep(LOOK_EVERY_S)
        left_s -= LOOK_EVERY_S


def _put_old_away(state: Path) -> None:
    old = state / OLD
    old.mkdir(mode=0o700, exist_ok=True)
    for name in _replaced(state):
        if (state / name).exists():
            _clear(old / name)
            (state / name).rename(old / name)
    sync_folder(old)
    sync_folder(state)
    (state / READY / OLD_IS_AWAY).touch()
    sync_folder(state / READY)


def _bring_new_in(state: Path) -> None:
    (state / OLD).mkdir(mode=0o700, exist_ok=True)
    for path in sorted((state / READY).iterdir()):
        if path.name != OLD_IS_AWAY:
            _clear(state / path.name)  # a template that a start put there in between
            path.rename(state / path.name)
    sync_folder(state)


def _replaced(state: Path) -> list[str]:
    """Return the names that make way; recordings stay where the backup brought none."""
    brought = {path.name for path in (state / READY).iterdir()}
    beside = [f"{name}{end}" for name in DATABASES for end in ("-wal", "-shm")]
    return [*FILES, *beside, *(name for name in FOLDERS if name in brought)]


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
