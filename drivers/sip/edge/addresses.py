"""The addresses of providers and adapters, looked up here so that Kamailio never waits for them."""

import asyncio
import logging
import socket
from collections.abc import Iterable
from typing import Final

log = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0


async def resolve(hosts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return each host's IP addresses, first the one to use; without those that have none."""
    hosts = tuple(hosts)
    found = await asyncio.gather(*map(_addresses, hosts))
    return {host: addresses for host, addresses in zip(hosts, found, strict=True) if addresses}


async def _addresses(host: str) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(PATIENCE_S):
            answers = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError, UnicodeError) as error:
        log.warning("no address for %s: %s", host, error)
        return ()
    # A resolver turns its answers round: sorted, the same answer is the same book.
    return tuple(sorted({str(sockaddr[0]) for *_, sockaddr in answers}, key=_ipv4_first))


def _ipv4_first(address: str) -> tuple[bool, str]:
    return ":" in address, address
