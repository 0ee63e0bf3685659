"""Sequence numbers of rows that could leave the box: they only grow, gaps are allowed.

Kept in steps of a thousand, so that counting costs no page per commit. A fresh
file begins at the clock, in microseconds, so that it goes on above a file that
was lost: no box writes that many rows. They stay below 2**53, for readers in
JavaScript.
"""

import time
from typing import Final

from sqlite_utils import Database

STEP: Final = 1_000


class Sequence:
    """Make a fresh one after a transaction was rolled back: its reservation is gone with it."""

    def __init__(self) -> None:
        self._last = 0
        self._reserved = 0

    def next(self, database: Database) -> int:
        """Return the next number; inside the transaction that uses it."""
        if self._last >= self._reserved:
            self._reserve(database)
        self._last += 1
        return self._last

    def _reserve(self, database: Database) -> None:
        row = database.execute("SELECT last FROM sequence").fetchone()
        self._last = max(self._last, row[0] if row else int(time.time() * 1_000_000))
        self._reserved = self._last + STEP
        database.execute("DELETE FROM sequence")
        database.execute("INSERT INTO sequence (last) VALUES (?)", [self._reserved])
