"""Calls as a table for a spreadsheet: in the reader's language and zone, and never a formula.

A spreadsheet calculates with whatever begins like a formula, also with what a
caller sent as their name: such a cell gets a ' in front, which makes it text.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from firmware.config.office_names import OfficeNames
from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text, word
from firmware.store.call_rows import ListedCall

BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it a spreadsheet takes UTF-8 for something older."""
FORMULA_BEGINS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
COLUMNS: Final = (
    "web.table-began",
    "web.table-direction",
    "web.table-from",
    "web.table-name",
    "web.table-to",
    "web.table-person",
    "web.table-line",
    "web.table-became",
    "web.table-waited",
    "web.table-talked",
    "web.table-recorded",
    "web.table-starred",
    "web.table-notes",
)


@dataclass(frozen=True)
class TableForm:
    language: str
    zone: ZoneInfo
    names: OfficeNames

    @property
    def separator(self) -> str:
        """Where numbers have a decimal comma, spreadsheets part columns by a semicolon."""
        return "," if self.language == "en" else ";"


def zone_named(name: str) -> ZoneInfo:
    """Raises RequestRefused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RequestRefused("web.no-such-zone", zone=name) from None


def table_of(calls: Iterable[ListedCall], form: TableForm) -> Iterator[str]:
    """Yield the table line by line, its heading first."""
    heading = [
        word(Text(code=code, args={"zone": form.zone.key}), form.language) for code in COLUMNS
    ]
    yield BYTE_ORDER_MARK + _line(heading, form.separator)
    for call in calls:
        yield _line(_cells(call, form), form.separator)


def _cells(call: ListedCall, form: TableForm) -> tuple[str, ...]:
    def said(code: str) -> str:
        return word(Text(code=code), form.language)

    def yes(true: bool) -> str:
        return said("web.table-yes") if true else ""

    names = form.names
    picked_up = call.answered_at or call.ended_at
    return (
        call.began_at.astimezone(form.zone).strftime("%Y-%m-%d %H:%M:%S"),
        said("web.table-in" if call.incoming else "web.table-out"),
        names.extensions.get(call.calling or "", call.calling or ""),
        call.contact or call.calling_name or "",
        names.extensions.get(call.called or "", call.called or ""),
        names.extensions.get(call.extension or "", call.extension or ""),
        names.lines.get(call.line_id or "", call.line_id or ""),
        said(f"became.{call.disposition.value}") if call.disposition else "",
        _seconds(call.began_at, picked_up),
        _seconds(call.answered_at, call.ended_at),
        yes(call.recorded),
        yes(call.starred),
        str(call.notes or ""),
    )


def _seconds(since: datetime | None, until: datetime | None) -> str:
    return str(round((until - since).total_seconds())) if since and until else ""


def _line(cells: Iterable[str], separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerow(_harmless(cell) for cell in cells)
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_BEGINS) else cell
