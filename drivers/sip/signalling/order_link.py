"""The worker's end of the card's socket: lines in without waiting, lines out at once."""

import socket
from typing import Final

from drivers.sip.signalling_messages import SIP_ORDERS, SipOrder
from firmware.contract.message import Message
from firmware.highway.lines import LineSplitter, parse

_READ_BYTES: Final = 1 << 16
_SEND_WITHIN_S: Final = 1.0
"""A card that reads nothing for so long is as good as gone."""


class OrderLink:
    def __init__(self, fd: int) -> None:
        """Take over an inherited stream socket."""
        self._socket = socket.socket(fileno=fd)
        self._splitter = LineSplitter()
        self.is_open = True

    def fileno(self) -> int:
        return self._socket.fileno()

    def orders(self) -> list[SipOrder]:
        """Return the orders that have come; `is_open` turns false when the card is gone.

        Raises MessageRefused for what is no order.
        """
        self._socket.setblocking(False)
        try:
            data = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return []
        except ConnectionError:
            data = b""
        self.is_open = bool(data)
        return [parse(line, SIP_ORDERS) for line in self._splitter.feed(data)]

    def send(self, message: Message) -> None:
        self._socket.settimeout(_SEND_WITHIN_S)
        try:
            self._socket.sendall(message.to_line())
        except OSError:
            self.is_open = False
