"""Telling systemd that we are up, and still at work (sd_notify), without its library."""

import contextlib
import os
import socket
from typing import Final

READY: Final = "READY=1"
ALIVE: Final = "WATCHDOG=1"


def notify_systemd(state: str) -> None:
    """Send `state` where systemd listens; elsewhere nothing happens. Never waits.

    A word that gets lost does no harm: the next one comes long before the watchdog bites.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as wire,
        contextlib.suppress(OSError),
    ):
        wire.connect("\0" + address[1:] if address.startswith("@") else address)
        wire.send(state.encode())
