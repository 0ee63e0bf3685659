"""From what a person looks for to the one query that answers it, without reading all calls.

A page is found by walking one index newest first: the search's, when a text or
a number is wanted; else that of a person's legs; else one of the calls' own,
which SQLite chooses. docs/decisions/029-finding-calls.md has the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from ulid import ULID

from firmware.store.call_filter import CallFilter
from firmware.store.call_phrases import Phrases, phrases, short_of
from firmware.store.rows import stored_time

_EVERY_ID: Final = ("", "~")
_SLACK: Final = timedelta(minutes=1)
"""A call's id is made a moment before its beginning is written down."""
_RANDOM_BITS: Final = 80
_PLACE_BITS: Final = 15
"""Of the random bits of a ULID, the last ones are in its place beside the time."""
_COLUMNS: Final = """calls.*,
 EXISTS (SELECT 1 FROM voicemails WHERE voicemails.call_id = calls.call_id
  AND deleted_at IS NULL) AS voicemail,
 (SELECT COUNT(*) FROM call_notes WHERE call_notes.call_id = calls.call_id) AS notes,
 (SELECT name FROM contacts WHERE name <> '' AND contacts.number =
  CASE WHEN calls.incoming THEN calls.calling ELSE calls.called END) AS contact"""
_VOICEMAIL: Final = """EXISTS (SELECT 1 FROM voicemails WHERE voicemails.call_id = calls.call_id
 AND deleted_at IS NULL) = :voicemail"""
_TOOK_PART: Final = """EXISTS (SELECT 1 FROM call_legs AS theirs
 WHERE theirs.call_id = calls.call_id AND theirs.extension = :person{number})"""
_EQUAL: Final = ("line_id", "incoming", "disposition", "length", "recorded")


@dataclass(frozen=True)
class Stretch:
    """Which part of the list: older than the call `before`, and of one extension alone."""

    before: str | None = None
    only_of: str | None = None
    """Whoever asks may see the calls of this extension; None sees all."""


@dataclass(frozen=True)
class _Search:
    source: str
    order: str
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    grouped: bool = False

    def wish(self, condition: str, **values: Any) -> None:
        self.conditions.append(condition)
        self.values.update(values)

    def sql(self, columns: str) -> str:
        where = " AND ".join(("merged_into IS NULL", *self.conditions))
        group = f" GROUP BY {self.order}" if self.grouped else ""
        return f"SELECT {columns} FROM {self.source} WHERE {where}{group}"


def page_query(
    wanted: CallFilter, stretch: Stretch, named: tuple[str, ...], limit: int
) -> tuple[str, Mapping[str, Any]]:
    """Return SQL and values of one page, newest first.

    `named` are the numbers of contacts whose name has the wanted text in it.
    """
    search = _search(wanted, stretch, named)
    sql = f"{search.sql(_COLUMNS)} ORDER BY {search.order} DESC LIMIT :limit"
    return sql, {**search.values, "limit": limit}


def count_query(wanted: CallFilter, named: tuple[str, ...]) -> tuple[str, Mapping[str, Any]]:
    search = _search(wanted, Stretch(), named)
    return f"SELECT COUNT(*) FROM ({search.sql('1')})", search.values


def _search(wanted: CallFilter, stretch: Stretch, named: tuple[str, ...]) -> _Search:
    short = short_of(wanted.text)
    people = [one for one in (wanted.extension, short, stretch.only_of) if one is not None]
    sought = phrases(None if short else wanted.text, wanted.number, named)
    low, high = _ids(wanted, stretch.before)
    if sought is not None:
        search = _by_text(sought, low, high)
    elif people:
        search = _by_person(people[0], low, high)
    else:
        search = _Search("calls", "calls.call_id")
        search.wish("calls.call_id >= :low AND calls.call_id < :high", low=low, high=high)
    for number, person in enumerate(dict.fromkeys(people)):
        search.wish(_TOOK_PART.format(number=number), **{f"person{number}": person})
    _add_wishes(search, wanted)
    return search


def _by_text(sought: Phrases, low: str, high: str) -> _Search:
    source = "call_search CROSS JOIN calls ON calls.call_id = call_search.call_id"
    search = _Search(source, "call_search.rowid")
    search.wish("call_search.text MATCH :match", match=sought.match)
    for place, digits in enumerate(sought.numbers):
        search.wish(f"instr(call_search.text, :digits{place})", **{f"digits{place}": digits})
    search.wish("call_search.rowid BETWEEN :first AND :last", first=_place(low), last=_place(high))
    search.wish("calls.call_id >= :low AND calls.call_id < :high", low=low, high=high)
    return search


def _by_person(person: str, low: str, high: str) -> _Search:
    """A phone that rang twice has two legs; grouping by the walked index costs nothing."""
    source = "call_legs CROSS JOIN calls ON calls.call_id = call_legs.call_id"
    search = _Search(source, "call_legs.call_id", grouped=True)
    search.wish("call_legs.extension = :person", person=person)
    search.wish("call_legs.call_id >= :low AND call_legs.call_id < :high", low=low, high=high)
    return search


def _add_wishes(search: _Search, wanted: CallFilter) -> None:
    for name in _EQUAL:
        value = getattr(wanted, name)
        if value is not None:
            search.wish(f"calls.{name} = :{name}", **{name: value})
    if wanted.starred is not None:  # written out: the index of the few starred ones is asked so
        search.wish("starred" if wanted.starred else "NOT starred")
    if wanted.since is not None:
        search.wish("began_at >= :since", since=stored_time(wanted.since))
    if wanted.until is not None:
        search.wish("began_at < :until", until=stored_time(wanted.until))
    if wanted.voicemail is not None:
        search.wish(_VOICEMAIL, voicemail=wanted.voicemail)


def _ids(wanted: CallFilter, before: str | None) -> tuple[str, str]:
    """Return the least id of the stretch, and the one that all of it are below."""
    low, high = _EVERY_ID
    if wanted.since is not None:
        low = _moment(wanted.since - _SLACK) + "0" * 16
    if wanted.until is not None:
        high = _moment(wanted.until + _SLACK) + "Z" * 16
    return low, min(high, before or high)


def _moment(at: datetime) -> str:
    return str(ULID.from_datetime(at))[:10]


def _place(call_id: str) -> int:
    """Return the number by which the search walks; see migration 009."""
    if call_id in _EVERY_ID:
        return 0 if call_id == "" else (1 << 63) - 1
    number = int(ULID.from_str(call_id))
    return number >> _RANDOM_BITS << _PLACE_BITS | number & (1 << _PLACE_BITS) - 1
