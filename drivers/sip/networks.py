"""The box's own addresses and networks, as the kernel knows them (IPv4)."""

import fcntl
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Interface
from typing import Final

LOOPBACK: Final = "127.0.0.1"
ANYWHERE: Final = frozenset({"0.0.0.0", "::"})
_SIOCGIFADDR: Final = 0x8915
_SIOCGIFNETMASK: Final = 0x891B
_ADDRESS_AT: Final = slice(20, 24)
"""In struct ifreq, of netdevice(7)."""


def reachable_address(listen: str) -> str:
    """Return the one address others reach us at: `listen`, or the first outside loopback."""
    if listen not in ANYWHERE:
        return listen
    outside = (str(one.ip) for one in _interfaces() if not one.is_loopback)
    return next(outside, LOOPBACK)


def own_networks(address: str) -> tuple[str, ...]:
    """Return the networks that are the office's own, for a box that is reached at `address`."""
    own = {str(one.network) for one in _interfaces() if str(one.ip) == address}
    return tuple(sorted(own | {"127.0.0.0/8"}))


def _interfaces() -> Iterator[IPv4Interface]:
    with socket.socket(type=socket.SOCK_DGRAM) as asker:
        for _, name in socket.if_nameindex():
            try:
                address, mask = (
                    _asked(asker, name, what) for what in (_SIOCGIFADDR, _SIOCGIFNETMASK)
                )
            except OSError:  # it has no IPv4 address
                continue
            yield IPv4Interface(f"{address}/{mask}")


def _asked(asker: socket.socket, name: str, what: int) -> str:
    request = struct.pack("256s", name.encode()[:15])
    return socket.inet_ntoa(fcntl.ioctl(asker, what, request)[_ADDRESS_AT])
