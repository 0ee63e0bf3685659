"""The cards' connections on run/switch.sock: one packet with the span's memory, then silence.

A connection that ends, or a heartbeat that stops, means that the span is gone.
"""

import logging
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.contract.errors import LineError
from firmware.highway.link import listen_at, peer_may_connect
from firmware.highway.span import Span

log = logging.getLogger(__name__)

HEARTBEAT_TIMEOUT_S: Final = 5.0
_NAME: Final = re.compile(rb"[a-z][a-z0-9-]{0,39}")
_MAX_NAME_BYTES: Final = 64


@dataclass(slots=True)
class Card:
    """One connection; `span` is None until its packet has come."""

    connection: socket.socket
    span: Span | None = None
    beat: int = -1
    beat_at_s: float = 0.0

    def alive(self, now_s: float) -> bool:
        """Tell whether the heartbeat has moved lately."""
        if self.span is None:
            return True
        beat = self.span.heartbeat
        if beat != self.beat:
            self.beat, self.beat_at_s = beat, now_s
        return now_s - self.beat_at_s < HEARTBEAT_TIMEOUT_S


def listen(path: Path) -> socket.socket:
    return listen_at(path, socket.SOCK_SEQPACKET)


def accept(listener: socket.socket) -> Card | None:
    """Return the card that has connected; None if it may not, or is gone again."""
    try:
        connection, _ = listener.accept()
    except OSError:
        return None
    if not peer_may_connect(connection):
        log.warning("switch.sock: refused another user's connection")
        connection.close()
        return None
    connection.setblocking(False)
    return Card(connection)


def receive(card: Card) -> bool:
    """Take what the card sent, its span or its end; False if the connection is over."""
    try:
        name, fds, _, _ = socket.recv_fds(card.connection, _MAX_NAME_BYTES, 4)
    except BlockingIOError:
        return True
    except OSError:
        return False
    keep = len(fds) == 1 and card.span is None and _NAME.fullmatch(name) is not None
    for fd in fds[keep:]:
        os.close(fd)
    if not keep:
        return False
    try:
        card.span = Span.attach(fds[0], name.decode())
    except LineError as error:
        log.warning("switch.sock: %s", error)
        os.close(fds[0])
        return False
    return True
