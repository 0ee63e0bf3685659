"""The addresses this machine has now, as the kernel lists them."""

import fcntl
import ipaddress
import socket
import struct
from pathlib import Path
from typing import Final

from webui.certificates import Address

SIOCGIFADDR: Final = 0x8915
IFREQ_BYTES: Final = 40
IPV6_LIST: Final = Path("/proc/net/if_inet6")


def own_addresses() -> frozenset[Address]:
    """Return one IPv4 address of every interface, and all of IPv6."""
    loopback = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}
    return frozenset(loopback | _ipv4() | _ipv6())


def _ipv4() -> set[Address]:
    found: set[Address] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        for _, name in socket.if_nameindex():
            asked = struct.pack(f"{IFREQ_BYTES}s", name.encode())
            try:
                answer = fcntl.ioctl(any_socket, SIOCGIFADDR, asked)
            except OSError:
                continue  # an interface without an IPv4 address
            found.add(ipaddress.IPv4Address(answer[20:24]))
    return found


def _ipv6() -> set[Address]:
    lines = IPV6_LIST.read_text().splitlines() if IPV6_LIST.exists() else []
    return {ipaddress.IPv6Address(bytes.fromhex(line.split()[0])) for line in lines}
