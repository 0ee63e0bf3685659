"""What becomes of messages that were left: heard, kept, deleted; from the page or by phone."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from firmware.calls.office import Office
from firmware.contract.errors import StorageFault
from firmware.contract.texts import Text


async def mark_message(office: Office, voicemail_id: str, who: str, *, heard: bool) -> None:
    """Raises NotFound, StorageFault."""
    await asyncio.to_thread(office.records.archive.voicemail, voicemail_id)
    await office.records.voicemails.mark(voicemail_id, heard, who, datetime.now(UTC))
    office.hooks.messages_changed()


async def delete_message(office: Office, voicemail_id: str, who: str) -> None:
    """Raises NotFound, StorageFault. First the row says that it is gone, then it is."""
    now, records = datetime.now(UTC), office.records
    row = await asyncio.to_thread(records.archive.voicemail, voicemail_id)
    await records.voicemails.delete(voicemail_id, now)
    await asyncio.to_thread(remove_sound, office.state / "voicemail" / row.file)
    note = Text(code="audit.deleted-voicemail", args={"voicemail": voicemail_id})
    records.write(records.audit.note(who, note, now))
    office.hooks.messages_changed()


def remove_sound(file: Path) -> None:
    """Raises StorageFault; gone already is fine."""
    try:
        file.unlink(missing_ok=True)
    except OSError as fault:
        raise StorageFault("control.cannot-delete", why=fault.strerror or "") from fault
