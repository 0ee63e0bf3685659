"""From rows to changes of the database: the only place that knows how a row is stored."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from sqlite_utils import Database

from firmware.contract.texts import Text
from firmware.store.flow_rows import CallBackRow, FormAnswerRow
from firmware.store.journal import Change
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
    SwitchedRow,
    VoicemailRow,
)

TABLES: Final[Mapping[type[Row], tuple[str, tuple[str, ...], bool]]] = {
    CallRow: ("calls", ("call_id",), True),
    LegRow: ("call_legs", ("call_id", "leg_id"), True),
    RecordingRow: ("recordings", ("call_id",), True),
    VoicemailRow: ("voicemails", ("voicemail_id",), True),
    FormAnswerRow: ("form_answers", ("answer_id",), True),
    CallBackRow: ("call_backs", ("call_back_id",), True),
    AuditRow: ("audit", ("audit_id",), True),
    LearnedToneRow: ("learned_tones", ("line_id",), False),
    ExtensionRow: ("extensions", ("extension",), False),
    CalledCountryRow: ("called_countries", ("country",), False),
    SwitchedRow: ("switched", ("what",), False),
    ContactRow: ("contacts", ("number",), True),
    PinTriesRow: ("pin_tries", ("mailbox",), False),
    LetterRow: ("outbox", ("letter_id",), False),
}
"""Kind of row -> its table, its key, and whether it could leave the box."""


def values(row: Row) -> dict[str, Any]:
    """Return column -> value; a Text becomes its code, and its args as JSON."""
    plain = row.model_dump(mode="json")
    if isinstance(row, AuditRow):
        del plain["what"]
        plain |= text_columns(row.what)
    if isinstance(row, LetterRow):
        for column in ("recipients", "fault"):
            plain[column] = json.dumps(plain[column], ensure_ascii=False)
    return plain


def text_columns(text: Text) -> dict[str, str]:
    return {"code": text.code, "args": json.dumps(text.args, ensure_ascii=False)}


def upsert(row: Row, box: str) -> Change:
    """Return the change that puts a row there, new or in the place of its former self."""
    table, key, leaves = TABLES[type(row)]
    plain = values(row) | ({"box": box} if leaves else {})
    sql = _upsert_sql(table, key, (*plain, "seq") if leaves else tuple(plain))
    return statement(sql, plain, box)


@cache
def _upsert_sql(table: str, key: tuple[str, ...], columns: tuple[str, ...]) -> str:
    """Written out, because sqlite-utils' own upsert loses rows without a word.

    Where it cannot make a table to try ON CONFLICT out (another process holds
    the lock), it falls back to INSERT OR IGNORE of the key alone, which NOT NULL
    columns ignore.
    """
    marks = ", ".join(f":{column}" for column in columns)
    new = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in key)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {new}"
    )


def statement(sql: str, parameters: Mapping[str, Any], box: str) -> Change:
    """Return the change that runs one statement; `:seq` and `:box` are filled in."""

    def change(database: Database, next_seq: Callable[[], int]) -> None:
        numbers = {"seq": next_seq(), "box": box} if ":seq" in sql else {}
        database.execute(sql, {**parameters, **numbers})

    return change


def together(*changes: Change) -> Change:
    """Return the change that makes all of them or none."""

    def change(database: Database, next_seq: Callable[[], int]) -> None:
        for one in changes:
            one(database, next_seq)

    return change
