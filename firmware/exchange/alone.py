"""One exchange per state folder: a second would take the first one's sockets and its database."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.contract.errors import TipringError


@contextmanager
def alone_in(state: Path) -> Iterator[None]:
    """Hold the folder; the kernel lets go of it however this process ends.

    Raises TipringError when another exchange holds it.
    """
    descriptor = os.open(state / "run" / "exchange.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TipringError("run.already-running", path=str(state)) from None
        yield
    finally:
        os.close(descriptor)
