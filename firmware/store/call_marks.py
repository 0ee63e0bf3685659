"""What people do to calls on record: stars, notes, deleting; on the card when it returns."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ulid import ULID

from firmware.contract.texts import Text
from firmware.store.repositories import Repository
from firmware.store.rows import AuditRow, NoteRow, RecordingRow
from firmware.store.writing import statement, together

_STAR: Final = "UPDATE calls SET starred = :starred, seq = :seq WHERE call_id = :call_id"
_ADD_NOTE: Final = """
INSERT INTO call_notes (note_id, box, seq, call_id, at, who, text)
VALUES (:note_id, :box, :seq, :call_id, :at, :who, :text)
"""
_REMOVE_NOTE: Final = "DELETE FROM call_notes WHERE note_id = :note_id"
_OF_A_CALL: Final = ("call_notes", "recordings", "call_steps", "call_legs", "calls")


class CallMarks(Repository):
    async def star(self, call_id: str, starred: bool) -> None:
        values = {"call_id": call_id, "starred": starred}
        await self._settle(statement(_STAR, values, self._box), "marked")

    async def add_note(self, note: NoteRow) -> None:
        values = note.model_dump(mode="json")
        await self._settle(statement(_ADD_NOTE, values, self._box), "marked")

    async def remove_note(self, note_id: str, audit: AuditRow) -> None:
        gone = statement(_REMOVE_NOTE, {"note_id": note_id}, self._box)
        await self._settle(together(self._row(audit), gone), "marked")

    async def put_down(self, audits: Iterable[AuditRow]) -> None:
        """Write them into the audit, all or none."""
        await self._settle(together(*(self._row(row) for row in audits)), "audit")

    async def delete_recording(self, deleted: RecordingRow, audit: AuditRow) -> None:
        """Say that it is gone, and who wanted that, before it is."""
        await self._settle(together(self._row(audit), self._row(deleted)), "marked")

    async def delete_call(self, call_id: str, audit: AuditRow) -> None:
        """Delete all rows of the call; messages it left and what it cost have rows of their own."""
        gone = (
            statement(f"DELETE FROM {table} WHERE call_id = :call_id", {"call_id": call_id}, "")
            for table in _OF_A_CALL
        )
        await self._settle(together(self._row(audit), *gone), "marked")


def audit_row(who: str, what: Text, at: datetime) -> AuditRow:
    return AuditRow(audit_id=str(ULID.from_datetime(at)), at=at, who=who, what=what)
