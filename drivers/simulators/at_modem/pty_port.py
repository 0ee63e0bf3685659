"""One serial port of a simulated device: a pty whose far end is linked by name."""

import asyncio
import logging
import os
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

READ_BYTES: Final = 4096


class PtyPort:
    """Bytes in by callback, bytes out at once; what the reader leaves too long is lost."""

    def __init__(self, link: Path, received: Callable[[bytes], None]) -> None:
        self.link = link
        self.lost_bytes = 0
        self._received = received
        self._fds: tuple[int, int] | None = None

    def plug_in(self) -> None:
        """Make the pty and link it; plugged in already is fine."""
        if self._fds is not None:
            return
        near, far = os.openpty()
        tty.setraw(far)
        os.set_blocking(near, False)
        self._fds = near, far
        asyncio.get_running_loop().add_reader(near, self._readable)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(far))

    def unplug(self) -> None:
        """Take the device away as a pulled USB plug does: open handles hang up."""
        if self._fds is None:
            return
        near, far = self._fds
        self._fds = None
        self.link.unlink(missing_ok=True)
        asyncio.get_running_loop().remove_reader(near)
        os.close(near)
        os.close(far)

    def write(self, data: bytes) -> None:
        if self._fds is None:
            return
        try:
            sent = os.write(self._fds[0], data)
        except BlockingIOError:
            sent = 0
        self.lost_bytes += len(data) - sent

    def _readable(self) -> None:
        if self._fds is None:
            return
        try:
            data = os.read(self._fds[0], READ_BYTES)
        except BlockingIOError:
            return
        self._received(data)
