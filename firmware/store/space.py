"""How much recordings take and how fast it grows; methods block, as those of the archive."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from firmware.contract.errors import StorageFault
from firmware.store.archive import NOT_STARRED
from firmware.store.database import read_only
from firmware.store.rows import RecordingRow, stored_time

LOOK_BACK: Final = timedelta(days=7)
NEVER_YOUNGER: Final = timedelta(days=1)
"""What was recorded today is not deleted to make room, however full the disk is."""
_OLDEST: Final = f"""
SELECT recordings.* FROM recordings JOIN calls USING (call_id)
WHERE state = 'packed' AND bytes > 0 AND began_at < :before AND {NOT_STARRED}
ORDER BY call_id LIMIT 1000
"""


@dataclass(frozen=True)
class Space:
    free_bytes: int
    recorded_bytes: int
    per_day_bytes: int
    """What was recorded a day in the last week."""

    @property
    def days_left(self) -> int | None:
        """For how many days like those there is room; None when nothing was recorded."""
        return self.free_bytes // self.per_day_bytes if self.per_day_bytes else None


def space_of(state: Path, database: Path, now: datetime) -> Space:
    """Raises StorageFault."""
    since = stored_time(now - LOOK_BACK)
    sql = (
        "SELECT COALESCE(SUM(bytes), 0) AS whole,"
        " COALESCE(SUM(CASE WHEN began_at >= :since THEN bytes END), 0) AS lately"
        " FROM recordings JOIN calls USING (call_id) WHERE state = 'packed'"
    )
    rows = _rows(database, sql, {"since": since})
    whole, lately = (rows[0]["whole"], rows[0]["lately"]) if rows else (0, 0)
    try:
        free = shutil.disk_usage(state).free
    except OSError as fault:
        raise StorageFault("store.cannot-read", why=fault.strerror or "") from fault
    return Space(free, whole, lately // LOOK_BACK.days)


def oldest(database: Path, now: datetime) -> tuple[RecordingRow, ...]:
    """Return recordings that may go to make room, oldest first, 1000 at most."""
    rows = _rows(database, _OLDEST, {"before": stored_time(now - NEVER_YOUNGER)})
    known = RecordingRow.model_fields
    return tuple(
        RecordingRow.model_validate({key: row[key] for key in row if key in known}) for row in rows
    )


def _rows(database: Path, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    if not database.exists():
        return []
    try:
        with closing(read_only(database)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]
    except sqlite3.Error as fault:
        raise StorageFault("store.cannot-read", why=str(fault)) from fault
