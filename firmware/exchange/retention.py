"""Deletes what has been kept long enough: recordings and messages past their date."""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.contract.errors import StorageFault
from firmware.store.records import Records
from firmware.store.rows import RecordingState

log = logging.getLogger(__name__)

FIRST_AFTER_S: Final = 60.0
EVERY_S: Final = 3_600.0


async def keep_retention(state: Path, records: Records) -> None:
    """Look every hour, until cancelled; a disk at fault is tried again the next hour."""
    await asyncio.sleep(FIRST_AFTER_S)
    while True:
        try:
            await delete_expired(state, records)
        except (OSError, StorageFault) as fault:
            log.warning("retention: %s", fault)
        await asyncio.sleep(EVERY_S)


async def delete_expired(state: Path, records: Records) -> None:
    """First the row says that it is gone, then it is. Raises OSError, StorageFault."""
    now = datetime.now(UTC)
    for row in await asyncio.to_thread(records.archive.recordings_to_delete, now.date()):
        deleted = {"state": RecordingState.DELETED}
        records.recordings.change(row.model_copy(update=deleted))
        await asyncio.to_thread(_remove, state / "recordings" / row.file)
    for message in await asyncio.to_thread(records.archive.voicemails_to_delete, now.date()):
        await records.voicemails.delete(message.voicemail_id, now)
        await asyncio.to_thread(_remove, state / "voicemail" / message.file)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
