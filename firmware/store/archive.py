"""Reading tipring.db: for the page and for the exchange's own questions; never writes.

Each question opens a read-only connection of its own, so any thread may ask,
and a database that was replaced meanwhile is seen. All methods block: ask them
in a thread. They raise StorageFault when the file cannot be read; a file that
is not there yet is empty.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from firmware.contract.errors import NotFound, StorageFault
from firmware.contract.texts import Text
from firmware.contract.views import StoryStep
from firmware.store.call_filter import CallFilter
from firmware.store.call_list import Stretch, count_query, page_query
from firmware.store.call_phrases import SHORTEST_SEARCH
from firmware.store.call_rows import ListedCall
from firmware.store.database import read_only
from firmware.store.flow_rows import CallBackRow, FormAnswerRow
from firmware.store.rows import (
    AuditRow,
    CallRow,
    CallStory,
    ContactRow,
    ExtensionRow,
    LearnedToneRow,
    LegRow,
    LetterRow,
    NoteRow,
    PinTriesRow,
    RecordingRow,
    Row,
    SpendingRow,
    SwitchedRow,
    VoicemailRow,
    stored_time,
)

MAX_PAGE: Final = 500
MOST_NAMED: Final = 20

NOT_STARRED: Final = "call_id NOT IN (SELECT call_id FROM calls WHERE starred)"

AnyRow = TypeVar("AnyRow", bound=Row)


class Archive:
    def __init__(self, path: Path) -> None:
        self._path = path

    def calls(
        self,
        wanted: CallFilter | None = None,
        before: str | None = None,
        limit: int = 50,
        only_of: str | None = None,
    ) -> tuple[ListedCall, ...]:
        """Return calls, newest first, older than the call `before`: the next page.

        With `only_of` those alone in which that extension took part. One that
        became part of another is no call of its own.
        """
        sought, stretch = wanted or CallFilter(), Stretch(before, only_of)
        named = self._numbers_named(sought.text)
        sql, values = page_query(sought, stretch, named, min(max(1, limit), MAX_PAGE))
        return tuple(_row(ListedCall, row) for row in self._rows(sql, values))

    def count_calls(self, wanted: CallFilter | None = None) -> int:
        """Reads all of them: not for a page."""
        sought = wanted or CallFilter()
        return self._number(*count_query(sought, self._numbers_named(sought.text)))

    def _numbers_named(self, text: str | None) -> tuple[str, ...]:
        """Return the numbers of contacts whose name has the text in it."""
        if not text or len(text.strip()) < SHORTEST_SEARCH:
            return ()
        sql = "SELECT number FROM contacts WHERE instr(lower(name), lower(:text)) LIMIT :most"
        rows = self._rows(sql, {"text": text.strip(), "most": MOST_NAMED})
        return tuple(row["number"] for row in rows)

    def story(self, call_id: str, only_of: str | None = None) -> CallStory:
        """Return one call with all that belongs to it. Raises NotFound.

        With `only_of` also when that extension took no part in it.
        """
        with self._reading() as db:
            found = _story(db, call_id) if db is not None else None
        if found is None or not _took_part(found, only_of):
            raise NotFound("store.no-such-call", call_id=call_id)
        return found

    def handling(self, call_id: str) -> tuple[AuditRow, ...]:
        """Return what people did to a call, oldest first: who listened, who deleted."""
        sql = "SELECT * FROM audit WHERE json_extract(args, '$.call') = :call ORDER BY audit_id"
        rows = self._rows(sql, {"call": call_id})
        return tuple(_row(AuditRow, _with_text(row)) for row in rows)

    def unfinished(self) -> tuple[CallStory, ...]:
        """Return the calls that have no end, oldest first: they were up when the exchange died."""
        with self._reading() as db:
            if db is None:
                return ()
            sql = "SELECT call_id FROM calls WHERE ended_at IS NULL ORDER BY call_id"
            ids = [row["call_id"] for row in db.execute(sql)]
            return tuple(story for call_id in ids if (story := _story(db, call_id)))

    def voicemails(
        self,
        mailbox: str | None = None,
        heard: bool | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> tuple[VoicemailRow, ...]:
        """Return messages that are not deleted, newest first."""
        sql = (
            "SELECT * FROM voicemails WHERE deleted_at IS NULL"
            " AND (:mailbox IS NULL OR mailbox = :mailbox)"
            " AND (:heard IS NULL OR (heard_at IS NOT NULL) = :heard)"
            " AND (:before IS NULL OR voicemail_id < :before)"
        )
        values = {"mailbox": mailbox, "heard": heard, "before": before}
        rows = self._page(sql, "voicemail_id", values, limit)
        return tuple(_row(VoicemailRow, row) for row in rows)

    def voicemail(self, voicemail_id: str) -> VoicemailRow:
        """Raises NotFound, also for a deleted one."""
        sql = "SELECT * FROM voicemails WHERE deleted_at IS NULL AND voicemail_id = :id"
        rows = self._rows(sql, {"id": voicemail_id})
        if not rows:
            raise NotFound("store.no-such-voicemail", voicemail_id=voicemail_id)
        return _row(VoicemailRow, rows[0])

    def new_voicemails(self) -> int:
        sql = "SELECT COUNT(*) FROM voicemails WHERE heard_at IS NULL AND deleted_at IS NULL"
        return self._number(sql, {})

    def audit(self, before: str | None = None, limit: int = 50) -> tuple[AuditRow, ...]:
        sql = "SELECT * FROM audit WHERE (:before IS NULL OR audit_id < :before)"
        rows = self._page(sql, "audit_id", {"before": before}, limit)
        return tuple(_row(AuditRow, _with_text(row)) for row in rows)

    def spent_since(self, day: date) -> tuple[SpendingRow, ...]:
        """Return what calls out cost on that day of the office's zone and all days after it."""
        sql = "SELECT * FROM spending WHERE day >= :day ORDER BY day, line_id, extension"
        rows = self._rows(sql, {"day": day.isoformat()})
        return tuple(_row(SpendingRow, row) for row in rows)

    def called_countries(self) -> frozenset[str]:
        """Return the countries that have ever been called."""
        return frozenset(row["country"] for row in self._rows("SELECT * FROM called_countries", {}))

    def learned_tones(self) -> tuple[LearnedToneRow, ...]:
        rows = self._rows("SELECT * FROM learned_tones ORDER BY line_id", {})
        return tuple(_row(LearnedToneRow, row) for row in rows)

    def extensions(self) -> tuple[ExtensionRow, ...]:
        """Return what was switched, of every extension for which anything ever was."""
        rows = self._rows("SELECT * FROM extensions ORDER BY extension", {})
        return tuple(_row(ExtensionRow, row) for row in rows)

    def switched(self) -> tuple[SwitchedRow, ...]:
        return tuple(_row(SwitchedRow, row) for row in self._rows("SELECT * FROM switched", {}))

    def contacts(self) -> tuple[ContactRow, ...]:
        """Return the numbers that have a name."""
        rows = self._rows("SELECT * FROM contacts WHERE name <> '' ORDER BY number", {})
        return tuple(_row(ContactRow, row) for row in rows)

    def pin_tries(self) -> tuple[PinTriesRow, ...]:
        return tuple(_row(PinTriesRow, row) for row in self._rows("SELECT * FROM pin_tries", {}))

    def letters(self) -> tuple[LetterRow, ...]:
        """Return the outbox, oldest first, those given up among it."""
        rows = self._rows("SELECT * FROM outbox ORDER BY letter_id", {})
        decoded = ("recipients", "fault")
        plain = ({**row, **{key: json.loads(row[key]) for key in decoded}} for row in rows)
        return tuple(_row(LetterRow, row) for row in plain)

    def flow_steps(self, since: datetime) -> tuple[tuple[str, Text], ...]:
        """Return call and step of what callers met in flows, in order, since an aware time."""
        sql = (
            "SELECT call_id, code, args FROM call_steps WHERE code LIKE 'ivr.%' AND call_id IN"
            " (SELECT call_id FROM calls WHERE began_at >= :since) ORDER BY call_id, at_ms, n"
        )
        rows = self._rows(sql, {"since": stored_time(since)})
        return tuple(
            (row["call_id"], Text(code=row["code"], args=json.loads(row["args"]))) for row in rows
        )

    def dialled_by(self, extension: str, limit: int = 20) -> tuple[str, ...]:
        """Return what an extension has dialled, the last first; codes are among it."""
        sql = (
            "SELECT call_id, called FROM calls"
            " WHERE NOT incoming AND calling = :extension AND called IS NOT NULL"
        )
        rows = self._page(sql, "call_id", {"extension": extension}, limit)
        return tuple(row["called"] for row in rows)

    def last_caller(self, extension: str) -> str | None:
        """Return who was the last whose call rang at an extension; None for nobody known."""
        sql = (
            "SELECT call_id, calling FROM calls WHERE calling IS NOT NULL"
            " AND calling <> :extension AND EXISTS (SELECT 1 FROM call_legs"
            " WHERE call_legs.call_id = calls.call_id AND extension = :extension)"
        )
        rows = self._page(sql, "call_id", {"extension": extension}, 1)
        return rows[0]["calling"] if rows else None

    def recordings_to_delete(self, today: date) -> tuple[RecordingRow, ...]:
        """Return the recordings whose retention is over; that of a starred call never is."""
        kept = f"state NOT IN ('deleted', 'lost') AND {NOT_STARRED}"
        sql = f"SELECT * FROM recordings WHERE keep_until < :today AND {kept}"
        rows = self._rows(sql, {"today": today.isoformat()})
        return tuple(_row(RecordingRow, row) for row in rows)

    def voicemails_to_delete(self, today: date) -> tuple[VoicemailRow, ...]:
        sql = "SELECT * FROM voicemails WHERE keep_until < :today AND deleted_at IS NULL"
        rows = self._rows(sql, {"today": today.isoformat()})
        return tuple(_row(VoicemailRow, row) for row in rows)

    def recordings_of(self, call_ids: tuple[str, ...]) -> dict[str, RecordingRow]:
        """Return the recordings of these calls that can be listened to, by call."""
        sql = (
            "SELECT * FROM recordings WHERE state = 'packed'"
            " AND call_id IN (SELECT value FROM json_each(:ids))"
        )
        rows = self._rows(sql, {"ids": json.dumps(call_ids)})
        return {row["call_id"]: _row(RecordingRow, row) for row in rows}

    def recordings_in(self, *states: str) -> tuple[RecordingRow, ...]:
        """Return the recordings in one of these states, e.g. those still to be packed."""
        marks = ", ".join(f":s{index}" for index in range(len(states)))
        values = {f"s{index}": state for index, state in enumerate(states)}
        rows = self._rows(f"SELECT * FROM recordings WHERE state IN ({marks})", values)
        return tuple(_row(RecordingRow, row) for row in rows)

    def form_answers(self, call_id: str) -> tuple[FormAnswerRow, ...]:
        """Return what a caller answered to forms and is not deleted, in order."""
        sql = (
            "SELECT * FROM form_answers WHERE call_id = :call_id AND deleted_at IS NULL"
            " ORDER BY answer_id"
        )
        return tuple(_row(FormAnswerRow, row) for row in self._rows(sql, {"call_id": call_id}))

    def form_answer(self, answer_id: str) -> FormAnswerRow:
        """Raises NotFound, also for a deleted one."""
        sql = "SELECT * FROM form_answers WHERE deleted_at IS NULL AND answer_id = :id"
        rows = self._rows(sql, {"id": answer_id})
        if not rows:
            raise NotFound("store.no-such-answer")
        return _row(FormAnswerRow, rows[0])

    def form_answers_to_pack(self) -> tuple[FormAnswerRow, ...]:
        sql = "SELECT * FROM form_answers WHERE deleted_at IS NULL AND file LIKE '%.part'"
        return tuple(_row(FormAnswerRow, row) for row in self._rows(sql, {}))

    def form_answers_to_delete(self, today: date) -> tuple[FormAnswerRow, ...]:
        sql = "SELECT * FROM form_answers WHERE keep_until < :today AND deleted_at IS NULL"
        rows = self._rows(sql, {"today": today.isoformat()})
        return tuple(_row(FormAnswerRow, row) for row in rows)

    def call_backs_owed(self) -> tuple[CallBackRow, ...]:
        """Return the promises that are not kept yet, the oldest first."""
        sql = "SELECT * FROM call_backs WHERE state = 'owed' ORDER BY call_back_id"
        return tuple(_row(CallBackRow, row) for row in self._rows(sql, {}))

    # ---- reading

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if not self._path.exists():
            yield None
            return
        try:
            with closing(read_only(self._path)) as db:
                db.row_factory = sqlite3.Row
                yield db if db.execute("PRAGMA user_version").fetchone()[0] else None
        except sqlite3.Error as error:
            raise StorageFault("store.cannot-read", why=str(error)) from error

    def _rows(self, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        with self._reading() as db:
            return [] if db is None else [dict(row) for row in db.execute(sql, values)]

    def _page(
        self, sql: str, key: str, values: Mapping[str, Any], limit: int
    ) -> list[dict[str, Any]]:
        limited = {**values, "limit": min(max(1, limit), MAX_PAGE)}
        return self._rows(f"{sql} ORDER BY {key} DESC LIMIT :limit", limited)

    def _number(self, sql: str, values: Mapping[str, Any]) -> int:
        with self._reading() as db:
            return 0 if db is None else int(db.execute(sql, values).fetchone()[0])


def _story(db: sqlite3.Connection, call_id: str) -> CallStory | None:
    def rows(table: str, order: str) -> list[dict[str, Any]]:
        sql = f"SELECT * FROM {table} WHERE call_id = ? ORDER BY {order}"
        return [dict(row) for row in db.execute(sql, [call_id])]

    calls = rows("calls", "call_id")
    if not calls:
        return None
    recordings = rows("recordings", "call_id")
    return CallStory(
        call=_row(CallRow, calls[0]),
        legs=tuple(_row(LegRow, row) for row in rows("call_legs", "began_ms")),
        steps=tuple(
            StoryStep(at_ms=row["at_ms"], what=_text(row), leg_id=row["leg_id"])
            for row in rows("call_steps", "at_ms, n")
        ),
        recording=_row(RecordingRow, recordings[0]) if recordings else None,
        voicemails=tuple(_row(VoicemailRow, row) for row in rows("voicemails", "voicemail_id")),
        starred=bool(calls[0]["starred"]),
        notes=tuple(_row(NoteRow, row) for row in rows("call_notes", "note_id")),
    )


def _took_part(story: CallStory, extension: str | None) -> bool:
    return extension is None or any(leg.extension == extension for leg in story.legs)


def _row(kind: type[AnyRow], row: Mapping[str, Any]) -> AnyRow:
    fields = kind.model_fields  # a descriptor that costs as much as the rest
    return kind.model_validate({key: row[key] for key in row if key in fields})


def _with_text(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "what": _text(row)}


def _text(row: Mapping[str, Any]) -> Text:
    return Text(code=row["code"], args=json.loads(row["args"]))
