"""Which phones are where: read from Kamailio's location, which it writes through at once."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

JULIAN_DAY_OF_EPOCH: Final = 2_440_587.5
SECONDS_A_DAY: Final = 86_400
"""Kamailio keeps times in SQLite as Julian days, UTC."""


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """One device that has registered."""

    address: str
    """`host:port` it registered from."""
    user_agent: str
    expires_at: float = field(compare=False)
    """Seconds since the epoch."""


Registrations: TypeAlias = Mapping[str, tuple[Contact, ...]]
"""User -> its devices, never empty."""


def read_registrations(path: Path, now: float) -> Registrations:
    """Return who is registered at `now` (seconds since the epoch).

    Raises sqlite3.Error while Kamailio writes for long or the file is not there.
    """
    found: dict[str, list[Contact]] = {}
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=1.0)) as database:
        rows = database.execute(
            "SELECT username, contact, received, user_agent, expires FROM location"
        ).fetchall()
    for user, contact, received, agent, expires in rows:
        expires_at = (expires - JULIAN_DAY_OF_EPOCH) * SECONDS_A_DAY
        if expires_at > now:
            found.setdefault(user, []).append(
                Contact(_host_and_port(received or contact), agent, expires_at)
            )
    return {user: tuple(sorted(contacts)) for user, contacts in sorted(found.items())}


def _host_and_port(uri: str) -> str:
    """Return `host:port` of a SIP URI as Kamailio keeps it."""
    rest = uri.partition(":")[2].partition(";")[0].partition(">")[0]
    return rest.rpartition("@")[2]
