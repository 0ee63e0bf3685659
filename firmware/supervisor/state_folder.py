"""The state folder at start: made, checked, locked against a second `tipring run`."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import Final

from firmware.contract.errors import TipringError

FOLDERS: Final = ("run", "prompts", "recordings", "voicemail", "versions", "incoming", "uploaded")
LONGEST_SOCKET: Final = "practice/dev/phone-99"
MAX_SOCKET_PATH_BYTES: Final = 107
"""sun_path of unix(7), without its closing zero byte."""


class StateRefused(TipringError):
    """The state folder cannot be used; the text says why."""


def prepare(state: Path, practice: bool) -> None:
    """Make the folders. Raises StateRefused when the path is too long or not ours to write."""
    refuse_long_path(state)
    wanted = [*FOLDERS, "practice/dev"] if practice else FOLDERS
    try:
        for name in wanted:
            (state / name).mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as fault:
        raise StateRefused(
            "run.state-not-writable", path=str(state), why=fault.strerror or ""
        ) from fault


def refuse_long_path(state: Path) -> None:
    """Raises StateRefused when the sockets of the lines would not fit below it."""
    length = len(os.fsencode(state)) + 1 + len(LONGEST_SOCKET)
    if length > MAX_SOCKET_PATH_BYTES:
        allowed = MAX_SOCKET_PATH_BYTES - 1 - len(LONGEST_SOCKET)
        raise StateRefused("run.path-too-long", path=str(state), allowed=allowed)


def lock(state: Path) -> int:
    """Hold the folder for this process; the descriptor must stay open.

    Raises StateRefused when another supervisor holds it.
    """
    descriptor = os.open(state / "run" / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StateRefused("run.already-running", path=str(state)) from None
    return descriptor


def first_configuration(state: Path, chosen: Path | None, template: Path) -> None:
    """Put tipring.toml there: `chosen` when given, else the template on the very first start."""
    target = state / "tipring.toml"
    if chosen is not None:
        if chosen.resolve() != target.resolve():
            shutil.copyfile(chosen, target)
    elif not target.exists() and template.exists():
        shutil.copyfile(template, target)
