"""The one writer of tipring.db: a thread with a queue, so that the exchange never waits for a card.

Writes are batched (durability.py says which may wait). A disk that is full or
gone keeps the rows in memory, bounded, and they are written when it is back; a
torn file is moved aside and a fresh one made. Nothing here raises into a call.
"""

import logging
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Final, TypeAlias

from sqlite_utils import Database

from firmware.contract.errors import StorageFault
from firmware.contract.texts import Text
from firmware.store.database import (
    TornDatabase,
    checkpoint,
    is_torn,
    move_aside,
    not_the_row,
    open_for_writing,
)
from firmware.store.durability import BATCH_ROWS, DELAY_S, Urgency
from firmware.store.sequence import Sequence

log = logging.getLogger(__name__)

MAX_PENDING: Final = 20_000
"""Rows kept in memory while the disk cannot take them, about 20 MB."""
RETRY_S: Final = 1.0

Change: TypeAlias = Callable[[Database, Callable[[], int]], None]
"""Writes to the database; the second argument gives the next sequence number. May run twice."""
Alarm: TypeAlias = Callable[[Text, bool], None]
"""Told of a fault, and (False) that it is over; called in the journal's thread."""


@dataclass(frozen=True)
class Write:
    change: Change
    urgency: Urgency
    done: "Future[None]" = field(default_factory=Future)


class Journal:
    def __init__(self, path: Path, alarm: Alarm) -> None:
        self.path = path
        self.opened = threading.Event()
        """Set once opening has been tried, with or without success."""
        self._alarm = alarm
        self._queue: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        self._pending: deque[Write] = deque()
        self._database: Database | None = None
        self._sequence = Sequence()
        self._fault: Text | None = None
        self._not_before = 0.0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def put(self, change: Change, urgency: Urgency) -> "Future[None]":
        """Queue a change; the future is done when it is as safe as its urgency says.

        It fails with StorageFault when the disk cannot take it now; the change
        is then kept and written later.
        """
        write = Write(change, urgency)
        write.done.set_running_or_notify_cancel()  # from here on nobody can cancel it
        self._queue.put(write)
        return write.done

    def flush(self, urgency: Urgency = Urgency.AT_ONCE) -> "Future[None]":
        """Return a future that is done when all queued before it is committed."""
        return self.put(_nothing, urgency)

    def close(self) -> None:
        """Write what is pending, close the file and end the thread."""
        self._queue.put(None)
        self._thread.join()

    # ---- in the thread

    def _run(self) -> None:
        self._open()
        self.opened.set()
        going = True
        while going:
            going = self._collect()
            if not self._pending:
                continue
            if going and time.monotonic() < self._not_before:
                self._refuse_waiting()
            else:
                self._write_pending()
        self._close()

    def _collect(self) -> bool:
        """Wait until something must be written; return False at the end."""
        due = self._not_before if self._pending else inf  # pending here: the disk refused
        fresh = 0
        while True:
            now = time.monotonic()
            if now >= due or fresh >= BATCH_ROWS:
                return True
            try:
                write = self._queue.get(timeout=None if due == inf else due - now)
            except queue.Empty:
                return True
            if write is None:
                return False
            self._keep(write)
            fresh += 1
            due = min(due, time.monotonic() + DELAY_S[write.urgency])

    def _keep(self, write: Write) -> None:
        if len(self._pending) >= MAX_PENDING:
            self._drop_one()
        self._pending.append(write)

    def _drop_one(self) -> None:
        """Forget the oldest row that may be lost, else the oldest."""
        lost = next((one for one in self._pending if one.urgency is Urgency.BATCHED), None)
        if lost is None:
            lost = self._pending[0]
        self._pending.remove(lost)
        _fail(lost, StorageFault("store.row-dropped"))

    def _write_pending(self) -> None:
        if self._database is None and not self._open():
            self._refuse_waiting()
            return
        try:
            written = self._commit()
        except sqlite3.Error as error:
            self._failed(error)
            return
        self._pending.clear()
        for write in written:
            if not write.done.done():
                write.done.set_result(None)
        self._all_is_well()

    def _commit(self) -> list[Write]:
        """Write all pending rows in one transaction. Raises sqlite3.Error of disk or file."""
        database = self._database
        assert database is not None  # its caller has opened it
        urgency = max(write.urgency for write in self._pending)
        level = "FULL" if urgency is Urgency.SYNCED else "NORMAL"
        database.execute(f"PRAGMA synchronous = {level}")
        # Immediate: only then does SQLite wait for another process that holds the lock.
        database.execute("BEGIN IMMEDIATE")
        try:
            written = list(self._changes(database))
            database.execute("COMMIT")
        finally:
            if database.conn.in_transaction:
                database.rollback()
        return written

    def _changes(self, database: Database) -> Iterator[Write]:
        for write in self._pending:
            try:
                with database.atomic():
                    write.change(database, lambda: self._sequence.next(database))
            except (sqlite3.Error, OverflowError, ValueError) as error:
                if isinstance(error, sqlite3.Error) and not_the_row(error):
                    raise
                log.exception("store: a row the database refuses is left out")
                _fail(write, StorageFault("store.row-refused", why=str(error)))
            yield write

    # ---- faults

    def _open(self) -> bool:
        try:
            self._database = open_for_writing(self.path)
        except TornDatabase:
            return self._replace_torn()
        except StorageFault as fault:
            self._raise_alarm(fault.text)
            return False
        self._sequence = Sequence()
        return True

    def _replace_torn(self) -> bool:
        try:
            aside = move_aside(self.path)
            self._database = open_for_writing(self.path)
        except (OSError, StorageFault) as error:
            self._raise_alarm(Text(code="store.cannot-open", args={"why": str(error)}))
            return False
        self._sequence = Sequence()
        log.error("store: %s was torn, moved to %s; a fresh one is in use", self.path.name, aside)
        self._alarm(Text(code="store.torn-database", args={"file": aside}), True)
        return True

    def _failed(self, error: sqlite3.Error) -> None:
        """The rows stay pending; they are tried again with the next write or after a pause."""
        if is_torn(error):
            self._forget_connection()
            if self._replace_torn():
                self._write_pending()
            return
        log.error("store: cannot write: %s", error)
        self._sequence = Sequence()
        self._raise_alarm(Text(code="store.cannot-write", args={"why": str(error)}))
        self._refuse_waiting()

    def _refuse_waiting(self) -> None:
        fault = self._fault or Text(code="store.cannot-write", args={"why": ""})
        for write in self._pending:
            _fail(write, StorageFault(fault.code, **fault.args))

    def _close(self) -> None:
        try:
            if self._database is not None:
                checkpoint(self._database)
        except sqlite3.Error as error:  # the WAL keeps the rows for the next start
            log.warning("store: %s stays beside its WAL: %s", self.path.name, error)

    def _forget_connection(self) -> None:
        if self._database is not None:
            self._database.conn.close()
        self._database = None

    def _raise_alarm(self, text: Text) -> None:
        self._not_before = time.monotonic() + RETRY_S
        if self._fault is None:
            self._fault = text
            self._alarm(text, True)

    def _all_is_well(self) -> None:
        if self._fault is not None:
            log.info("store: writing again")
            self._alarm(self._fault, False)
            self._fault = None


def _fail(write: Write, fault: StorageFault) -> None:
    if not write.done.done():
        write.done.set_exception(fault)


def _nothing(database: Database, next_seq: Callable[[], int]) -> None:
    """The change a flush waits for."""
