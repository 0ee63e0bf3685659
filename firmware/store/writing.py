"""From rows to changes of the database: the only place that knows how a row is stored."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlite_utils import Database

from firmware.store.journal import Change
from firmware.store.rows import (
    AuditRow,
    CallRow,
    LearnedToneRow,
    LegRow,
    RecordingRow,
    Row,
    VoicemailRow,
)

TABLES: Final[Mapping[type[Row], tuple[str, tuple[str, ...], bool]]] = {
    CallRow: ("calls", ("call_id",), True),
    LegRow: ("call_legs", ("call_id", "leg_id"), True),
    RecordingRow: ("recordings", ("call_id",), True),
    VoicemailRow: ("voicemails", ("voicemail_id",), True),
    AuditRow: ("audit", ("audit_id",), True),
    LearnedToneRow: ("learned_tones", ("line_id",), False),
}
"""Kind of row -> its table, its key, and whether it could leave the box."""


def values(row: Row) -> dict[str, Any]:
    """Return column -> value; a Text becomes its code and args."""
    plain = row.model_dump(mode="json")
    what = plain.pop("what", None)
    return plain | what if what is not None else plain


def upsert(row: Row, box: str) -> Change:
    """Return the change that puts a row there, new or in the place of its former self."""
    table, key, leaves = TABLES[type(row)]
    plain = values(row)

    def change(database: Database, next_seq: Callable[[], int]) -> None:
        numbered = plain | {"box": box, "seq": next_seq()} if leaves else plain
        database.table(table).upsert(numbered, pk=key)

    return change


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
