"""Telling systemd that we are up (sd_notify), without its library."""

import os
import socket


def notify_systemd(state: str) -> None:
    """Send `state`, e.g. READY=1, where systemd listens; elsewhere nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.connect("\0" + address[1:] if address.startswith("@") else address)
        wire.sendall(state.encode())
