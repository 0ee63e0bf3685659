"""The modem's USB serial port: a pty linked into the device folder, that can be pulled out."""

import asyncio
import os
import select
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

LOOK_AGAIN_S: Final = 0.05
MAX_UNSENT_BYTES: Final = 4000
"""The chip's record buffer; what comes on top of it is lost (DLE o)."""


class Wire:
    """One port. `received` gets what the computer sends, `hung_up` that it closed (DTR)."""

    def __init__(
        self, link: Path, received: Callable[[bytes], None], hung_up: Callable[[], None]
    ) -> None:
        self._link = link
        self._received = received
        self._hung_up = hung_up
        self._master: int | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._reading = False
        self._unsent = bytearray()

    def plug(self) -> None:
        if self._master is not None:
            return
        self._master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self._master, False)
        self._link.parent.mkdir(parents=True, exist_ok=True)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(slave))
        os.close(slave)
        self._wait_for_opening()

    def unplug(self) -> None:
        if self._master is None:
            return
        self.pause()
        self._drop_unsent()
        if self._watch is not None:
            self._watch.cancel()
        self._link.unlink(missing_ok=True)
        os.close(self._master)
        self._master = None

    def write(self, data: bytes) -> bool:
        """Send to the computer; False when `data` was lost because nobody reads there."""
        if self._master is None or not data:
            return True
        if len(self._unsent) > MAX_UNSENT_BYTES:
            return False
        self._unsent += data
        self._flush()
        return True

    def pause(self) -> None:
        """Take nothing more in (RTS/CTS flow control)."""
        if self._reading and self._master is not None:
            asyncio.get_running_loop().remove_reader(self._master)
            self._reading = False

    def resume(self) -> None:
        if not self._reading and self._master is not None:
            asyncio.get_running_loop().add_reader(self._master, self._read)
            self._reading = True

    def _drop_unsent(self) -> None:
        self._unsent.clear()
        if self._master is not None:
            asyncio.get_running_loop().remove_writer(self._master)

    def _flush(self) -> None:
        if self._master is None:
            return
        with suppress(BlockingIOError, OSError):
            del self._unsent[: os.write(self._master, self._unsent)]
        loop = asyncio.get_running_loop()
        if self._unsent:
            loop.add_writer(self._master, self._flush)
        else:
            loop.remove_writer(self._master)

    def _wait_for_opening(self) -> None:
        """Look now and then: a pty that nobody has open only ever says `hung up`."""
        if self._master is None:
            return
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        if any(what & select.POLLHUP for _, what in poll.poll(0)):
            loop = asyncio.get_running_loop()
            self._watch = loop.call_later(LOOK_AGAIN_S, self._wait_for_opening)
        else:
            self.resume()

    def _read(self) -> None:
        if self._master is None:
            return
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
            return
        self.pause()
        self._drop_unsent()
        self._hung_up()
        self._wait_for_opening()
