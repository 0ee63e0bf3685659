"""What is done to calls on record: star, notes, who heard them, and deleting for good.

Before anything is answered, it is on the card with who did it. What is deleted
is first said to be gone and then removed: a power cut between the two leaves a
file to delete, not a record of what never was.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final

from pydantic import JsonValue

from firmware.apps.voicemail.keeping import delete_message, remove_sound
from firmware.calls.office import Office
from firmware.contract import call_requests as c
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.texts import Text
from firmware.store.call_marks import audit_row
from firmware.store.repositories import new_ulid
from firmware.store.rows import AuditRow, CallStory, NoteRow, RecordingRow, RecordingState

_HEARD: Final = {
    c.Hearing.PLAYED: "audit.listened-call",
    c.Hearing.DOWNLOADED: "audit.took-recording",
}
_BEING_WRITTEN: Final = (RecordingState.WRITING, RecordingState.RECORDED)
_GONE: Final = (RecordingState.DELETED, RecordingState.LOST)


class CallKeeping:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._archive, self._marks = office.records.archive, office.records.marks
        self._folder = office.state / "recordings"

    async def carry_out(self, request: c.CallRequest) -> JsonValue:
        """Raises NotFound, RequestRefused or StorageFault; then nothing was answered for."""
        match request:
            case c.StarCall():
                await self._story(request.call_id)
                await self._marks.star(request.call_id, request.starred)
            case c.AddCallNote():
                return {"note_id": await self._add_note(request)}
            case c.RemoveCallNote():
                await self._remove_note(request)
            case c.NoteHearing():
                code = _HEARD[request.how]
                await self._marks.put_down(
                    _audit(request.who, code, call_id) for call_id in request.call_ids
                )
            case c.DeleteRecording():
                await self._delete_recording(request)
            case c.DeleteCall():
                await self._delete_call(request)
        return None

    async def _add_note(self, request: c.AddCallNote) -> str:
        await self._story(request.call_id)
        now = datetime.now(UTC)
        note = NoteRow(
            note_id=new_ulid(now),
            call_id=request.call_id,
            at=now,
            who=request.who,
            text=request.text.strip(),
        )
        await self._marks.add_note(note)
        return note.note_id

    async def _remove_note(self, request: c.RemoveCallNote) -> None:
        story = await self._story(request.call_id)
        note = next((one for one in story.notes if one.note_id == request.note_id), None)
        if note is None:
            raise NotFound("control.no-such-note")
        if note.who != request.who:
            raise RequestRefused("control.not-your-note", who=note.who)
        removed = _audit(request.who, "audit.removed-note", request.call_id)
        await self._marks.remove_note(note.note_id, removed)

    async def _delete_recording(self, request: c.DeleteRecording) -> None:
        recording = (await self._ended(request.call_id)).recording
        if recording is None or not await self._is_there(recording):
            raise NotFound("control.no-recording")
        await self._remove(recording, request)

    async def _delete_call(self, request: c.DeleteCall) -> None:
        """The rows go last: as long as a file could not be removed, something still names it."""
        story = await self._ended(request.call_id)
        if story.recording is not None and await self._is_there(story.recording):
            await self._remove(story.recording, request)
        for message in story.voicemails:
            if message.deleted_at is None:
                await delete_message(self._office, message.voicemail_id, request.who)
        deleted = _audit(request.who, "audit.deleted-call", request.call_id, reason=request.reason)
        await self._marks.delete_call(request.call_id, deleted)

    async def _remove(
        self, recording: RecordingRow, request: c.DeleteRecording | c.DeleteCall
    ) -> None:
        audit = _audit(
            request.who, "audit.deleted-recording", recording.call_id, reason=request.reason
        )
        gone = recording.model_copy(update={"state": RecordingState.DELETED})
        await self._marks.delete_recording(gone, audit)
        await asyncio.to_thread(remove_sound, self._folder / recording.file)

    async def _story(self, call_id: str) -> CallStory:
        return await asyncio.to_thread(self._archive.story, call_id)

    async def _ended(self, call_id: str) -> CallStory:
        """Return a call whose record and recording nobody writes to any more."""
        if call_id in self._office.calls:
            raise RequestRefused("control.call-still-up")
        story = await self._story(call_id)
        if story.recording is not None and story.recording.state in _BEING_WRITTEN:
            raise RequestRefused("control.recording-being-written")
        return story

    async def _is_there(self, recording: RecordingRow) -> bool:
        """Whether there is a sound to delete; one that could not be removed before still is."""
        if recording.state not in _GONE:
            return True
        return await asyncio.to_thread((self._folder / recording.file).exists)


def _audit(who: str, code: str, call_id: str, **more: str) -> AuditRow:
    return audit_row(who, Text(code=code, args={"call": call_id, **more}), datetime.now(UTC))
