"""Writes down for the box's own units what [network] says: they read it when the box starts.

STATE/network/hostname is one line, STATE/network/timesyncd.conf a drop-in of
systemd-timesyncd. Nothing here touches the machine itself: the exchange may not.
"""

import logging
from pathlib import Path
from typing import Final

from firmware.config.files import read_text, remove, write_atomically
from firmware.config.network import Network
from firmware.contract.errors import StorageFault

log = logging.getLogger(__name__)

FOLDER: Final = "network"
MODE: Final = 0o644


def write_network_files(state: Path, network: Network) -> None:
    """Blocks. A disk at fault is logged: the same is tried with the next change and start."""
    folder = state / FOLDER
    try:
        _put(folder / "hostname", f"{network.name}\n")
        if network.time_servers:
            servers = " ".join(network.time_servers)
            _put(folder / "timesyncd.conf", f"[Time]\nNTP={servers}\n")
        else:
            remove(folder / "timesyncd.conf")
    except StorageFault as fault:
        log.warning("network: %s", fault)


def _put(path: Path, text: str) -> None:
    if read_text(path) != text:
        write_atomically(path, text, MODE)
