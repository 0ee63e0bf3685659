"""The socketpair to the SIP card: orders in, reports out, never waiting."""

import logging
import socket
from collections.abc import Iterator
from typing import Final

from drivers.sip.media_messages import MEDIA_ORDERS, MediaOrder
from firmware.contract.errors import MessageRefused
from firmware.contract.message import Message
from firmware.highway.lines import LineSplitter, parse

log = logging.getLogger(__name__)

READ_BYTES: Final = 16 << 10
"""A tick's worth: more orders wait for the next one."""
MAX_BACKLOG_BYTES: Final = 1 << 20


class CardLink:
    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._link.setblocking(False)
        self._splitter = LineSplitter()
        self._backlog = b""
        self.is_open = True

    def fileno(self) -> int:
        return self._link.fileno()

    def orders(self) -> Iterator[MediaOrder]:
        """Yield what the card has said; its end or a line without end closes the link."""
        try:
            data = self._link.recv(READ_BYTES)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self.is_open = False
            return
        try:
            lines = self._splitter.feed(data)
        except MessageRefused as error:
            log.warning("rtp: the card: %s", error)
            self.is_open = False
            return
        for line in lines:
            try:
                yield parse(line, MEDIA_ORDERS)
            except MessageRefused as error:
                log.warning("rtp: the card: %s", error)

    def send(self, report: Message) -> None:
        """Queue a report for `flush`; a card that never reads is given up."""
        self._backlog += report.to_line()
        if len(self._backlog) > MAX_BACKLOG_BYTES:
            log.warning("rtp: the card does not read what it is sent")
            self.is_open = False

    def flush(self) -> None:
        """Write what can be written now."""
        while self._backlog and self.is_open:
            try:
                written = self._link.send(self._backlog)
            except BlockingIOError:
                return
            except OSError:
                self.is_open = False
                return
            self._backlog = self._backlog[written:]
