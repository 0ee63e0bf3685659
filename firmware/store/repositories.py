"""What the exchange writes, one repository per noun; durability.py says how soon it is safe.

Methods without `async` only queue and return at once. The `async` ones return
when the row is as safe as its table of durability promises, and raise
StorageFault when the disk cannot take it now; the row is then written later.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from ulid import ULID

from firmware.contract.texts import Text
from firmware.contract.views import StoryStep
from firmware.store.durability import URGENCY
from firmware.store.journal import Change, Journal
from firmware.store.rows import (
    AuditRow,
    CalledCountryRow,
    CallRow,
    ContactRow,
    ExtensionRow,
    LearnedToneRow,
    LegRow,
    LetterRow,
    PinTriesRow,
    RecordingRow,
    Row,
    SpendingRow,
    SwitchedRow,
    VoicemailRow,
    stored_time,
)
from firmware.store.writing import statement, text_columns, together, upsert

_ADD_STEP = """
INSERT INTO call_steps (call_id, n, at_ms, code, args, leg_id)
SELECT :call_id, COALESCE(MAX(n), 0) + 1, :at_ms, :code, :args, :leg_id
FROM call_steps WHERE call_id = :call_id
"""
_SPEND = """
INSERT INTO spending (day, line_id, extension, box, seq, calls, seconds, cost_micros)
VALUES (:day, :line_id, :extension, :box, :seq, :calls, :seconds, :cost_micros)
ON CONFLICT (day, line_id, extension) DO UPDATE SET
    seq = excluded.seq, calls = calls + excluded.calls,
    seconds = seconds + excluded.seconds, cost_micros = cost_micros + excluded.cost_micros
"""
_MARK = """
UPDATE voicemails SET heard_at = :heard_at, heard_by = :heard_by, seq = :seq
WHERE voicemail_id = :voicemail_id
"""
_KEEP_FOR = """
UPDATE recordings SET seq = :seq, keep_until =
    (SELECT date(began_at, :days) FROM calls WHERE calls.call_id = recordings.call_id)
"""
_DELETE = "UPDATE voicemails SET deleted_at = :at, seq = :seq WHERE voicemail_id = :voicemail_id"


class Repository:
    def __init__(self, journal: Journal, box: str) -> None:
        self._journal = journal
        self._box = box

    def _queue(self, change: Change, kind: str) -> None:
        self._journal.put(change, URGENCY[kind])

    async def _settle(self, change: Change, kind: str) -> None:
        await asyncio.wrap_future(self._journal.put(change, URGENCY[kind]))

    def _row(self, row: Row) -> Change:
        return upsert(row, self._box)


class Calls(Repository):
    """The call, its legs and its story. The exchange keeps the row and hands in each new state."""

    def begin(self, call: CallRow) -> None:
        self._queue(self._row(call), "call-begun")

    def change(self, call: CallRow) -> None:
        self._queue(self._row(call), "call-changed")

    def put_leg(self, leg: LegRow) -> None:
        """A leg that is up is committed at once, so that it can be taken up again."""
        up = leg.answered_ms is not None and leg.ended_ms is None
        self._queue(self._row(leg), "leg-up" if up else "leg-changed")

    def add_step(self, call_id: str, step: StoryStep) -> None:
        values = {
            "call_id": call_id,
            "at_ms": step.at_ms,
            "leg_id": step.leg_id,
            **text_columns(step.what),
        }
        self._queue(statement(_ADD_STEP, values, self._box), "step")

    async def finish(self, call: CallRow, spent: SpendingRow | None = None) -> None:
        """Write the call's last state, and what it cost, in one transaction."""
        if call.ended_at is None:
            raise ValueError("a finished call has an end")
        changes = [self._row(call)]
        if spent is not None:
            changes.append(_spend(spent, self._box))
        await self._settle(together(*changes), "call-finished")


class Recordings(Repository):
    def begin(self, recording: RecordingRow) -> None:
        self._queue(self._row(recording), "recording-begun")

    def change(self, recording: RecordingRow) -> None:
        self._queue(self._row(recording), "recording-changed")

    def keep_for(self, days: int) -> None:
        """From now on recordings are kept so long, those too that were made before."""
        self._queue(statement(_KEEP_FOR, {"days": f"+{days} days"}, self._box), "recording-changed")


class Voicemails(Repository):
    async def add(self, voicemail: VoicemailRow) -> None:
        await self._settle(self._row(voicemail), "voicemail")

    async def mark(self, voicemail_id: str, heard: bool, who: str, at: datetime) -> None:
        values = {
            "voicemail_id": voicemail_id,
            "heard_at": stored_time(at) if heard else None,
            "heard_by": who if heard else None,
        }
        await self._settle(statement(_MARK, values, self._box), "voicemail")

    async def delete(self, voicemail_id: str, at: datetime) -> None:
        values = {"voicemail_id": voicemail_id, "at": stored_time(at)}
        await self._settle(statement(_DELETE, values, self._box), "voicemail")


class Audit(Repository):
    async def note(self, who: str, what: Text, at: datetime) -> None:
        row = AuditRow(audit_id=str(ULID.from_datetime(at)), at=at, who=who, what=what)
        await self._settle(self._row(row), "audit")


class Spending(Repository):
    async def add(self, spent: SpendingRow) -> None:
        """Add to what the line and the extension have spent on that day."""
        await self._settle(_spend(spent, self._box), "money")

    async def call_country(self, row: CalledCountryRow) -> None:
        """Note that a country has been called for the first time."""
        await self._settle(self._row(row), "money")


class LearnedTones(Repository):
    def put(self, tone: LearnedToneRow) -> None:
        self._queue(self._row(tone), "learned-tone")

    def forget(self, line_id: str) -> None:
        sql = "DELETE FROM learned_tones WHERE line_id = :line_id"
        self._queue(statement(sql, {"line_id": line_id}, self._box), "learned-tone")


class Switched(Repository):
    """What people switch by code or page; safe before it is done."""

    async def put(self, row: ExtensionRow | SwitchedRow | PinTriesRow) -> None:
        await self._settle(self._row(row), "switched")


class Contacts(Repository):
    async def put(self, rows: Iterable[ContactRow]) -> None:
        """Write them in one transaction."""
        changes = [self._row(row) for row in rows]
        if changes:
            await self._settle(together(*changes), "contacts")


class Outbox(Repository):
    """Letters on their way; safe before anybody tries to send them."""

    async def put(self, row: LetterRow) -> None:
        await self._settle(self._row(row), "letter")

    async def remove(self, letter_id: str) -> None:
        sql = "DELETE FROM outbox WHERE letter_id = :letter_id"
        await self._settle(statement(sql, {"letter_id": letter_id}, self._box), "letter")


def _spend(spent: SpendingRow, box: str) -> Change:
    return statement(_SPEND, spent.model_dump(mode="json"), box)


def new_ulid(at: datetime | None = None) -> str:
    """Return a fresh ULID: for a call, a voicemail or another row that could leave the box."""
    return str(ULID() if at is None else ULID.from_datetime(at))
