"""Sequence numbers of rows that could leave the box: they only grow, gaps are allowed.

Kept in steps of a thousand, so that counting costs no page per commit. A fresh
file begins at the clock's milliseconds, so that it goes on above a file that was
lost, as long as the box writes fewer than a thousand rows a second on average.
"""

import time
from typing import Final

from sqlite_utils import Database

STEP: Final = 1_000


class Sequence:
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
        self._last = max(self._last, row[0] if row else int(time.time() * 1000))
        self._reserved = self._last + STEP
        database.execute("DELETE FROM sequence")
        database.execute("INSERT INTO sequence (last) VALUES (?)", [self._reserved])
