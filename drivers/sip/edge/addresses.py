"""The addresses of providers and adapters, looked up here so that Kamailio never waits for them."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

log = logging.getLogger(__name__)

PATIENCE_S: Final = 5.0
LOOK_UP_EVERY_S: Final = 60.0
MISSING_EVERY_S: Final = 10.0
"""While a name has no address yet."""


class AddressBook:
    """Host -> its IP addresses, first the one to use; what a name had it keeps until it has others.

    `changed` is called when any of them has: with the Internet unplugged a change
    of the configuration must not wait for the name service.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._found: dict[str, tuple[str, ...]] = {}
        self._names: frozenset[str] = frozenset()
        self._told: set[str] = set()
        """Names without an address that the log has been told of."""
        self._new_names = asyncio.Event()

    def of(self, hosts: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return what is known now, and look up the rest; without hosts that have none."""
        hosts = frozenset(hosts)
        literal = {host: (host,) for host in hosts if _is_address(host)}
        names = hosts - literal.keys()
        if names - self._names:
            self._new_names.set()
        self._names = names
        return literal | {name: self._found[name] for name in names if name in self._found}

    async def keep(self) -> None:
        """Look names up again and again, until cancelled."""
        while True:
            self._new_names.clear()
            await self._look_up()
            missing = self._names - self._found.keys()
            with suppress(TimeoutError):
                async with asyncio.timeout(MISSING_EVERY_S if missing else LOOK_UP_EVERY_S):
                    await self._new_names.wait()

    async def _look_up(self) -> None:
        names = tuple(self._names)
        answers = await asyncio.gather(*map(_addresses, names))
        found = {name: answer for name, answer in zip(names, answers, strict=True) if answer}
        self._tell(set(names) - found.keys())
        if any(self._found.get(name) != answer for name, answer in found.items()):
            self._found |= found
            self._changed()

    def _tell(self, missing: set[str]) -> None:
        for name in missing - self._told:
            log.warning("the name service has no address for %s", name)
        self._told = missing


async def _addresses(host: str) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(PATIENCE_S):
            answers = await loop.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, TimeoutError, UnicodeError) as error:
        log.debug("%s: %s", host, error)
        return ()
    # A resolver turns its answers round: sorted, the same answer is the same book.
    return tuple(sorted({str(sockaddr[0]) for *_, sockaddr in answers}, key=_ipv4_first))


def _ipv4_first(address: str) -> tuple[bool, str]:
    return ":" in address, address


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
