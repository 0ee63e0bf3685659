"""A phone of ours hears its own mailbox: the new messages first, 7 deletes, 9 keeps."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.apps.voicemail.keeping import delete_message, mark_message
from firmware.calls.call import Call
from firmware.calls.leg import Leg
from firmware.calls.office import Office
from firmware.config.recording import Mailbox
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase
from firmware.store.rows import Disposition, VoicemailRow

DELETE: Final = "7"
KEY_S: Final = 4.0
"""No key for so long keeps the message, like 9."""


async def hear_mailbox(office: Office, call: Call, phone: Leg, mailbox: Mailbox, who: str) -> None:
    """Play all messages, new ones first, each kind in the order it came; then clear the phone.

    Raises LegEnded; what was heard until then is marked heard.
    """
    name = mailbox.name or mailbox.id
    call.disposition = Disposition.ANSWERED
    call.enter(CallPhase.VOICEMAIL, Text(code="where.mailbox", args={"mailbox": name}))
    call.step("voicemail.listens", phone, mailbox=name)
    archive = office.records.archive
    new = await asyncio.to_thread(archive.voicemails, mailbox.id, heard=False)
    kept = await asyncio.to_thread(archive.voicemails, mailbox.id, heard=True)
    ears = _Ears(office, call, phone, who)
    await ears.say(*await ears.count("messages-new", new), *await ears.count("messages-kept", kept))
    for row in (*reversed(new), *reversed(kept)):
        await ears.hear(row)
    await ears.say(*await office.voices.files("goodbye", call.language))
    phone.clear()


class _Ears:
    def __init__(self, office: Office, call: Call, phone: Leg, who: str) -> None:
        self._office, self._call, self._phone, self._who = office, call, phone, who

    async def say(self, *files: Path) -> None:
        await self._phone.play(files, until_key=True)

    async def count(self, prompt: str, rows: Sequence[VoicemailRow]) -> list[Path]:
        voices, language = self._office.voices, self._call.language
        return [*await voices.files(prompt, language), *voices.number(len(rows), language)]

    async def hear(self, row: VoicemailRow) -> None:
        """Play one message and do with it what the next key says."""
        self._phone.keys.clear()
        sound = await self._office.voices.message(row)
        if sound is None:
            return
        try:
            await self.say(sound)
        finally:
            await asyncio.to_thread(sound.unlink, missing_ok=True)
        await self._heard(row)
        await self.say(*await self._office.voices.files("message-keys", self._call.language))
        if await self._phone.next_key(KEY_S) == DELETE:
            await delete_message(self._office, row.voicemail_id, self._who)
            await self.say(*await self._office.voices.files("message-deleted", self._call.language))

    async def _heard(self, row: VoicemailRow) -> None:
        note = Text(code="web.audit-listened-voicemail", args={"voicemail": row.voicemail_id})
        audit = self._office.records.audit
        self._office.records.write(audit.note(self._who, note, datetime.now(UTC)))
        if row.heard_at is None:
            await mark_message(self._office, row.voicemail_id, self._who, heard=True)
