"""Webhooks and what waits to be sent to them, in web.db: there after a power cut.

A message is kept until its receiver has it. What cannot be delivered is parked
with its reason, so that one bad message never holds up the others for ever.
"""

import json
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.texts import Text
from firmware.store.repositories import new_ulid
from webui.web_db import WebDatabase
from webui.webhooks.happenings import HookKind, HookMessage, Seen
from webui.webhooks.sending import Outcome
from webui.webhooks.signing import new_secret

BACKOFF_S: Final = (5.0, 15.0, 60.0, 300.0, 600.0)
"""After the first, second … failure in a row; the last goes for all further ones."""
REFUSED_TRIES: Final = 5
"""A receiver that says no will hardly say yes."""
TOO_OLD_S: Final = 24 * 3600.0
MOST_HOOKS: Final = 20
MOST_WAITING: Final = 1000
MOST_PARKED: Final = 100


@dataclass(frozen=True)
class Webhook:
    hook_id: str
    url: str
    kinds: frozenset[HookKind]
    enabled: bool
    secret: str
    made_by: str
    delivered_s: float | None
    """When a receiver last had one."""


@dataclass(frozen=True)
class Waiting:
    """A message on its way."""

    hook_id: str
    message_id: str
    kind: str
    body: str
    made_s: float
    attempts: int
    due_s: float
    why: Text | None
    """Why the last attempt failed."""


@dataclass(frozen=True)
class Place:
    """Up to where the exchange's events have become messages."""

    epoch: str
    seq: int
    seen: Seen


class Webhooks:
    def __init__(self, db: WebDatabase) -> None:
        self._db = db

    def all(self) -> tuple[Webhook, ...]:
        with self._db.transaction() as sql:
            rows = sql.execute("SELECT * FROM webhooks ORDER BY hook_id").fetchall()
        return tuple(_hook(row) for row in rows)

    def get(self, hook_id: str) -> Webhook:
        """Raises NotFound."""
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM webhooks WHERE hook_id = ?", (hook_id,)).fetchone()
        if row is None:
            raise NotFound("web.no-such-hook")
        return _hook(row)

    def add(self, url: str, kinds: frozenset[HookKind], made_by: str) -> Webhook:
        """Return the new one with its secret. Raises RequestRefused when there are enough."""
        hook_id = new_ulid()
        row = (hook_id, url, _listed(kinds), new_secret(), made_by)
        with self._db.transaction() as sql:
            (count,) = sql.execute("SELECT count(*) FROM webhooks").fetchone()
            if count >= MOST_HOOKS:
                raise RequestRefused("web.hook-enough", most=MOST_HOOKS)
            sql.execute(
                "INSERT INTO webhooks (hook_id, url, kinds, secret, made_by)"
                " VALUES (?, ?, ?, ?, ?)",
                row,
            )
        return self.get(hook_id)

    def change(self, hook_id: str, url: str, kinds: frozenset[HookKind], *, enabled: bool) -> None:
        """What waits goes to the new address, at once. Raises NotFound."""
        with self._db.transaction() as sql:
            changed = sql.execute(
                "UPDATE webhooks SET url = ?, kinds = ?, enabled = ?, failures = 0, due_s = 0"
                " WHERE hook_id = ?",
                (url, _listed(kinds), enabled, hook_id),
            )
            if changed.rowcount == 0:
                raise NotFound("web.no-such-hook")

    def remove(self, hook_id: str) -> None:
        """And all that waits for it. Raises NotFound."""
        with self._db.transaction() as sql:
            if sql.execute("DELETE FROM webhooks WHERE hook_id = ?", (hook_id,)).rowcount == 0:
                raise NotFound("web.no-such-hook")

    # ---- the stream

    def place(self) -> Place | None:
        with self._db.transaction() as sql:
            row = sql.execute("SELECT * FROM webhook_place").fetchone()
        if row is None:
            return None
        return Place(row["epoch"], row["seq"], Seen.model_validate_json(row["seen"]))

    def forget_place(self) -> None:
        """Nobody listens: what happens from now on is nobody's news."""
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM webhook_place")

    def keep(self, place: Place, news: Iterable[HookMessage]) -> None:
        """Queue the news for whoever wants it, and the place after it: both or neither."""
        with self._db.transaction() as sql:
            hooks = sql.execute("SELECT * FROM webhooks WHERE enabled").fetchall()
            for message in news:
                for hook in hooks:
                    if message.kind in hook["kinds"].split():
                        _queue(sql, hook["hook_id"], message)
            row = (place.epoch, place.seq, place.seen.model_dump_json())
            sql.execute(
                "INSERT OR REPLACE INTO webhook_place (id, epoch, seq, seen) VALUES (1, ?, ?, ?)",
                row,
            )

    # ---- delivery

    def next_for(self, hook_id: str) -> Waiting | None:
        """Return the oldest message that waits; nothing overtakes it."""
        with self._db.transaction() as sql:
            row = sql.execute(
                "SELECT m.*, h.due_s FROM webhook_messages m JOIN webhooks h USING (hook_id)"
                " WHERE hook_id = ? AND NOT parked ORDER BY number LIMIT 1",
                (hook_id,),
            ).fetchone()
        return None if row is None else _waiting(row)

    def settle(self, message: Waiting, outcome: Outcome) -> None:
        """Write down how an attempt went: gone, to be tried again later, or parked."""
        now, key = time.time(), (message.hook_id, message.message_id)
        with self._db.transaction() as sql:
            if outcome.why is None:
                sql.execute(
                    "DELETE FROM webhook_messages WHERE hook_id = ? AND message_id = ?", key
                )
                sql.execute(
                    "UPDATE webhooks SET failures = 0, due_s = 0, delivered_s = ?"
                    " WHERE hook_id = ?",
                    (now, message.hook_id),
                )
                return
            tries = message.attempts + (0 if outcome.later else 1)
            parked = tries >= REFUSED_TRIES or now - message.made_s > TOO_OLD_S
            sql.execute(
                "UPDATE webhook_messages SET attempts = ?, parked = ?, why = ?"
                " WHERE hook_id = ? AND message_id = ?",
                (tries, parked, outcome.why.model_dump_json(), *key),
            )
            _put_off(sql, message.hook_id, now)
            _drop_oldest_parked(sql, message.hook_id)

    def waiting(self, hook_id: str) -> int:
        return self._count(hook_id, parked=False)

    def parked(self, hook_id: str) -> tuple[Waiting, ...]:
        """Newest first."""
        with self._db.transaction() as sql:
            rows = sql.execute(
                "SELECT m.*, h.due_s FROM webhook_messages m JOIN webhooks h USING (hook_id)"
                " WHERE hook_id = ? AND parked ORDER BY number DESC",
                (hook_id,),
            ).fetchall()
        return tuple(_waiting(row) for row in rows)

    def send_parked_again(self, hook_id: str) -> None:
        """They wait like new ones, and keep their places in the row."""
        with self._db.transaction() as sql:
            sql.execute(
                "UPDATE webhook_messages SET parked = 0, attempts = 0, why = NULL, made_s = ?"
                " WHERE hook_id = ? AND parked",
                (time.time(), hook_id),
            )
            sql.execute("UPDATE webhooks SET failures = 0, due_s = 0 WHERE hook_id = ?", (hook_id,))

    def drop_parked(self, hook_id: str) -> None:
        with self._db.transaction() as sql:
            sql.execute("DELETE FROM webhook_messages WHERE hook_id = ? AND parked", (hook_id,))

    def _count(self, hook_id: str, *, parked: bool) -> int:
        with self._db.transaction() as sql:
            (count,) = sql.execute(
                "SELECT count(*) FROM webhook_messages WHERE hook_id = ? AND parked = ?",
                (hook_id, parked),
            ).fetchone()
        return int(count)


def _queue(sql: sqlite3.Connection, hook_id: str, message: HookMessage) -> None:
    body = message.model_dump_json(exclude_none=True)
    sql.execute(
        "INSERT INTO webhook_messages (hook_id, message_id, kind, body, made_s)"
        " VALUES (?, ?, ?, ?, ?)",
        (hook_id, new_ulid(), message.kind, body, time.time()),
    )
    # Bounded: a receiver that is away for days loses the oldest, and the page says so.
    full = Text(code="web.hook-too-many", args={"most": MOST_WAITING})
    sql.execute(
        "UPDATE webhook_messages SET parked = 1, why = ? WHERE number IN (SELECT number"
        " FROM webhook_messages WHERE hook_id = ? AND NOT parked ORDER BY number DESC"
        " LIMIT -1 OFFSET ?)",
        (full.model_dump_json(), hook_id, MOST_WAITING),
    )
    _drop_oldest_parked(sql, hook_id)


def _put_off(sql: sqlite3.Connection, hook_id: str, now: float) -> None:
    (failures,) = sql.execute(
        "UPDATE webhooks SET failures = failures + 1 WHERE hook_id = ? RETURNING failures",
        (hook_id,),
    ).fetchone() or (1,)
    due_s = now + BACKOFF_S[min(failures, len(BACKOFF_S)) - 1]
    sql.execute("UPDATE webhooks SET due_s = ? WHERE hook_id = ?", (due_s, hook_id))


def _drop_oldest_parked(sql: sqlite3.Connection, hook_id: str) -> None:
    sql.execute(
        "DELETE FROM webhook_messages WHERE number IN (SELECT number FROM webhook_messages"
        " WHERE hook_id = ? AND parked ORDER BY number DESC LIMIT -1 OFFSET ?)",
        (hook_id, MOST_PARKED),
    )


def _listed(kinds: frozenset[HookKind]) -> str:
    return " ".join(sorted(kinds))


def _hook(row: sqlite3.Row) -> Webhook:
    return Webhook(
        hook_id=row["hook_id"],
        url=row["url"],
        kinds=frozenset(HookKind(one) for one in row["kinds"].split()),
        enabled=bool(row["enabled"]),
        secret=row["secret"],
        made_by=row["made_by"],
        delivered_s=row["delivered_s"],
    )


def _waiting(row: sqlite3.Row) -> Waiting:
    return Waiting(
        hook_id=row["hook_id"],
        message_id=row["message_id"],
        kind=row["kind"],
        body=row["body"],
        made_s=row["made_s"],
        attempts=row["attempts"],
        due_s=row["due_s"],
        why=None if row["why"] is None else Text(**json.loads(row["why"])),
    )
