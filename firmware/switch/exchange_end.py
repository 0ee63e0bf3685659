"""The switch's connection to the exchange, without asyncio: the switch has no event loop."""

import logging
import socket
from pathlib import Path
from typing import Final

from firmware.contract.errors import MessageRefused
from firmware.contract.message import Message
from firmware.contract.switching import ORDERS, Order
from firmware.highway.lines import LineSplitter, parse
from firmware.highway.link import MAX_BACKLOG_BYTES

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
_READ_BYTES: Final = 1 << 16


class ExchangeEnd:
    """Connected or not; nothing here waits."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.socket: socket.socket | None = None
        self._splitter = LineSplitter()
        self._unsent = b""
        self._pause_s = FIRST_PAUSE_S
        self._next_try_s = 0.0

    def try_connect(self, now_s: float) -> bool:
        """Connect if it is time to try; True if that has just succeeded."""
        if self.socket is not None or now_s < self._next_try_s:
            return False
        self._next_try_s = now_s + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        connection = socket.socket(socket.AF_UNIX)
        connection.setblocking(False)
        try:
            connection.connect(str(self._path))
        except OSError:
            connection.close()
            return False
        self.socket, self._splitter, self._unsent = connection, LineSplitter(), b""
        return True

    def send(self, message: Message) -> None:
        """Send or queue the message; when not connected it is lost."""
        if self.socket is not None:
            self._unsent += message.to_line()
            self.flush()

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent)

    def flush(self) -> None:
        """Send what is queued as far as it goes; an exchange that reads nothing is cut off."""
        if self.socket is None or not self._unsent:
            return
        try:
            sent = self.socket.send(self._unsent)
            self._unsent = self._unsent[sent:]
        except BlockingIOError:
            pass
        except OSError:
            self.close("connection lost")
        if len(self._unsent) > MAX_BACKLOG_BYTES:
            self.close("does not read what it is sent, cut off")

    def receive(self) -> list[Order]:
        """Return the orders that have come; nonsense and the end close the connection."""
        if self.socket is None:
            return []
        orders: list[Order] = []
        try:
            data = self.socket.recv(_READ_BYTES)
            for line in self._splitter.feed(data):
                orders.append(parse(line, ORDERS))
                self._pause_s = FIRST_PAUSE_S
        except BlockingIOError:
            return orders
        except OSError:
            self.close("connection lost")
        except MessageRefused as error:
            log.warning("exchange.sock: %s", error)
            self.close("cut off")
        else:
            if not data:
                self.close("connection ended")
        return orders

    def close(self, why: str) -> None:
        if self.socket is not None:
            log.debug("exchange.sock: %s", why)
            self.socket.close()
            self.socket, self._unsent = None, b""
