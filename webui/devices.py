"""Phones and adapters the office has named: which accounts each gets, and when it may ask for them.

A device may fetch its configuration only inside a window of 15 minutes that a
person opened, by the token in its address. Before it knows that token (new, or
reset) it may ask without, but only from the network address the person saw.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from webui.web_db import WebDatabase

WINDOW_S: Final = 15 * 60.0
MOST_LINKS: Final = 64
FETCHES_OF_LINK: Final = 3


@dataclass(frozen=True)
class Device:
    """`ports` are line ids, None for a port without an account."""

    mac: str
    model: str
    name: str
    ports: tuple[str | None, ...]
    token: str
    open_until_s: float
    fresh_from: str | None
    """The address it may ask from without its token; None: it knows the token."""
    fetched_s: float | None
    fetched_from: str | None


class Devices:
    def __init__(self, db: WebDatabase, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._clock = clock

    def all(self) -> tuple[Device, ...]:
        with self._db.transaction() as sql:
            rows = sql.execute("SELECT * FROM devices ORDER BY name, mac").fetchall()
        return tuple(_device(row) for row in rows)

    def get(self, mac: str) -> Device | None:
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM devices WHERE mac = ?", (mac,)).fetchone()
        return None if row is None else _device(row)

    def put(self, mac: str, model: str, name: str, ports: tuple[str | None, ...]) -> None:
        """Name a device or change it; its token stays, its window is another matter."""
        with self._db.transaction() as sql:
            sql.execute(
                "INSERT INTO devices (mac, model, name, ports, token, open_until_s)"
                " VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (mac) DO UPDATE SET"
                " model = excluded.model, name = excluded.name, ports = excluded.ports",
                (mac, model, name, json.dumps(ports), secrets.token_urlsafe(18)),
            )

    def open_window(self, mac: str, fresh_from: str | None) -> None:
        """Let it fetch for 15 minutes; `fresh_from` is where it may ask from without its token."""
        with self._db.transaction() as sql:
            sql.execute(
                "UPDATE devices SET open_until_s = ?, fresh_from = ? WHERE mac = ?",
                (self._clock() + WINDOW_S, fresh_from, mac),
            )

    def remove(self, mac: str) -> None:
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM devices WHERE mac = ?", (mac,))

    def may_fetch(self, device: Device, token: str | None, address: str) -> bool:
        """Whether the window is open for whoever asks like that."""
        if self._clock() > device.open_until_s:
            return False
        if token is None:
            return device.fresh_from is not None and device.fresh_from == address
        return secrets.compare_digest(token, device.token)

    def fetched(self, mac: str, address: str, *, by_token: bool) -> None:
        """Remember it; a device that used its token needs no other way any more."""
        with self._db.transaction() as sql:
            sql.execute(
                "UPDATE devices SET fetched_s = ?, fetched_from = ?,"
                " fresh_from = CASE WHEN ? THEN NULL ELSE fresh_from END WHERE mac = ?",
                (self._clock(), address, by_token, mac),
            )


@dataclass(frozen=True)
class SoftphoneLink:
    """The address in a QR code: good for one account, a quarter of an hour, three fetches."""

    line_id: str
    until_s: float
    fetches_left: int


class SoftphoneLinks:
    """In memory alone: a restart of the page makes old codes worthless, and that is fine."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._links: dict[str, SoftphoneLink] = {}

    def make(self, line_id: str) -> str:
        """Return a new token for the line; those before it are void."""
        self._links = {
            token: link for token, link in self._links.items() if link.line_id != line_id
        }
        while len(self._links) >= MOST_LINKS:
            del self._links[next(iter(self._links))]
        token = secrets.token_urlsafe(18)
        self._links[token] = SoftphoneLink(line_id, self._clock() + WINDOW_S, FETCHES_OF_LINK)
        return token

    def use(self, token: str) -> str | None:
        """Return the line the token is for, and count the fetch; None when it is no good."""
        link = self._links.pop(token, None)
        if link is None or self._clock() > link.until_s:
            return None
        if link.fetches_left > 1:
            self._links[token] = SoftphoneLink(link.line_id, link.until_s, link.fetches_left - 1)
        return link.line_id


def _device(row: sqlite3.Row) -> Device:
    return Device(
        mac=row["mac"],
        model=row["model"],
        name=row["name"],
        ports=tuple(json.loads(row["ports"])),
        token=row["token"],
        open_until_s=row["open_until_s"],
        fresh_from=row["fresh_from"],
        fetched_s=row["fetched_s"],
        fetched_from=row["fetched_from"],
    )
