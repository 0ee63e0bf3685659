"""Whom the box may ask: the Internet and the office's network, never itself or its own link.

What answers on loopback or on a link-local address trusts that only the box asks (the
metadata of a cloud, a router's set-up page), so a typed address must not get there.
"""

import ipaddress
from collections.abc import Collection


def may_ask(address: str, host: str, port: int, allowed_here: Collection[str]) -> bool:
    """Whether `address`, to which the name `host` leads, may be connected to.

    `allowed_here` are HOST:PORT the owner has listed: those may be anywhere.
    """
    if f"{host}:{port}" in allowed_here:
        return True
    try:
        where = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(where, ipaddress.IPv6Address) and where.ipv4_mapped is not None:
        where = where.ipv4_mapped
    return not (
        where.is_loopback
        or where.is_link_local
        or where.is_unspecified
        or where.is_multicast
        or where.is_reserved
    )
