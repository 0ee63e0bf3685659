"""Deletes what has been kept long enough, and the oldest recordings when room is short."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.config.recording import Recording
from firmware.contract.errors import StorageFault
from firmware.contract.texts import Text
from firmware.store.database import FILE
from firmware.store.records import Records
from firmware.store.rows import RecordingRow, RecordingState
from firmware.store.space import oldest, space_of

log = logging.getLogger(__name__)

FIRST_AFTER_S: Final = 60.0
EVERY_S: Final = 3_600.0


async def keep_retention(state: Path, records: Records, rules: Callable[[], Recording]) -> None:
    """Look every hour, until cancelled; a disk at fault is tried again the next hour."""
    await asyncio.sleep(FIRST_AFTER_S)
    while True:
        try:
            await delete_expired(state, records)
            await make_room(state, records, rules().min_days_left)
        except (OSError, StorageFault) as fault:
            log.warning("retention: %s", fault)
        await asyncio.sleep(EVERY_S)


async def delete_expired(state: Path, records: Records) -> None:
    """First the row says that it is gone, then it is. Raises OSError, StorageFault."""
    now = datetime.now(UTC)
    expired = await asyncio.to_thread(records.archive.recordings_to_delete, now.date())
    await _delete(state, records, expired)
    for message in await asyncio.to_thread(records.archive.voicemails_to_delete, now.date()):
        await records.voicemails.delete(message.voicemail_id, now)
        await asyncio.to_thread(_remove, state / "voicemail" / message.file)

    for answer in await asyncio.to_thread(records.archive.form_answers_to_delete, now.date()):
        await records.form_answers.delete(answer, now)
        if answer.file is not None:
            await asyncio.to_thread(_remove, state / "voicemail" / answer.file)


async def make_room(state: Path, records: Records, min_days_left: int | None) -> None:
    """Delete the oldest recordings until there is room for so many days more of them.

    Starred calls and the last day keep theirs. Raises OSError, StorageFault.
    """
    if min_days_left is None:
        return
    now = datetime.now(UTC)
    space = await asyncio.to_thread(space_of, state, state / FILE, now)
    wanted = min_days_left * space.per_day_bytes - space.free_bytes
    going = list[RecordingRow]()
    for row in await asyncio.to_thread(oldest, state / FILE, now) if wanted > 0 else ():
        if wanted <= 0:
            break
        going.append(row)
        wanted -= row.bytes
    if going:
        note = Text(code="audit.made-room", args={"count": len(going), "days": min_days_left})
        records.write(records.audit.note("tipring", note, now))
        await _delete(state, records, going)


async def _delete(state: Path, records: Records, rows: Iterable[RecordingRow]) -> None:
    for row in rows:
        deleted = {"state": RecordingState.DELETED}
        records.recordings.change(row.model_copy(update=deleted))
        await asyncio.to_thread(_remove, state / "recordings" / row.file)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
