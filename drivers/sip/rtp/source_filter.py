"""Lets the kernel drop what comes from hosts that may not send, before it takes up any room.

A flood would else fill the socket's queue and leave none for the phone. A classic
BPF program compares the source in the IP header; it needs no privilege.
"""

import ctypes
import ipaddress
import socket
import struct
from collections.abc import Iterable
from typing import Final

_SO_ATTACH_FILTER: Final = 26
_INSTRUCTION: Final = struct.Struct("=HBBI")
_PROGRAM: Final = struct.Struct("@HP")
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_IP_SOURCE: Final = 0xFFF0000C
"""Twelve bytes into the network header (SKF_NET_OFF), where IPv4 has the source."""
_WHOLE: Final = 0xFFFF


def program(hosts: Iterable[str]) -> bytes:
    """Return the filter that passes IPv4 packets of these hosts; of none for none."""
    wanted = [int(one) for one in map(ipaddress.ip_address, hosts) if one.version == 4]
    lines = [(_LOAD_WORD, 0, 0, _IP_SOURCE)]
    for number, address in enumerate(wanted):
        lines.append((_JUMP_IF_EQUAL, len(wanted) - number, 0, address))
    lines += [(_RETURN, 0, 0, 0), (_RETURN, 0, 0, _WHOLE)]
    return b"".join(_INSTRUCTION.pack(*line) for line in lines)


def let_in(receiver: socket.socket, hosts: Iterable[str]) -> None:
    """From now on let only these hosts' datagrams into the socket; IPv6 is not filtered here."""
    if receiver.family != socket.AF_INET:
        return
    code = program(hosts)
    held = ctypes.create_string_buffer(code, len(code))
    length = len(code) // _INSTRUCTION.size
    attached = _PROGRAM.pack(length, ctypes.addressof(held))
    receiver.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, attached)
