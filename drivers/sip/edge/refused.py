"""Who of the office comes with a wrong password: read from Kamailio's count of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from drivers.sip.edge import rpc

Refused: TypeAlias = Mapping[str, tuple[str, ...]]
"""User -> the addresses a wrong password came from and no right one since, never empty."""


async def read_refused(path: Path) -> Refused:
    """Return the refused of the last 15 minutes. Raises LineError when Kamailio is not there.

    Outside the office the count is by address alone, so that nobody is named there.
    """
    found: dict[str, list[str]] = {}
    for key in await rpc.table(path, "wrong"):
        address, _, user = key.partition("/")
        if user:
            found.setdefault(user, []).append(address)
    return {user: tuple(sorted(addresses)) for user, addresses in sorted(found.items())}
