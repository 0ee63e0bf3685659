"""contacts.csv: names of numbers and the lists of callers, as a spreadsheet writes them."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import tomlkit
from tomlkit.items import Array, Table

from firmware.bundle.names import CONTACTS
from firmware.bundle.refusal import BundleRefused

HEADER: Final = ("number", "list", "name")
LISTS: Final = ("blocked", "vip")
NO_LIST: Final = ""
MAX_ROWS: Final = 10_000
MAX_BYTES: Final = 1 << 20
LONGEST_NAME: Final = 80
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{2,14}\*?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Contact:
    """`name` is shown when the number calls; `list` is one of LISTS, or empty: only the name."""

    number: str
    list: str
    name: str


def read_contacts(raw: bytes) -> tuple[Contact, ...]:
    """Raises BundleRefused with the line that is not as it must be."""
    if len(raw) > MAX_BYTES:
        raise BundleRefused("bundle.too-big", name=CONTACTS, allowed=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BundleRefused("bundle.bad-contacts", line=1) from None
    return tuple(_rows(csv.reader(io.StringIO(text, newline=""), strict=True)))


def names_of(contacts: Iterable[Contact]) -> dict[str, str]:
    """Return number -> name of those for the phone book; the beginning of numbers has no name.

    Of a number on a list without a name nothing is said, so that the name it has stays.
    """
    return {
        one.number: one.name
        for one in contacts
        if not one.number.endswith("*") and (one.name or one.list == NO_LIST)
    }


def with_contacts(configuration: str, contacts: Iterable[Contact]) -> str:
    """Return the configuration with the contacts in [callers]; comments stay.

    `configuration` must be valid TOML whose [callers] has lists.
    """
    wanted = tuple(contacts)
    if not wanted:
        return configuration
    document = tomlkit.parse(configuration)
    callers = document.setdefault("callers", tomlkit.table())
    if not isinstance(callers, Table):
        raise BundleRefused("bundle.damaged", name="tipring.toml")
    for name in LISTS:
        there = callers.get(name, [])
        new = [one.number for one in wanted if one.list == name and one.number not in there]
        if new:
            _extend(callers, name, dict.fromkeys(new))
    return tomlkit.dumps(document)


def _extend(callers: Table, name: str, numbers: Iterable[str]) -> None:
    entries = callers.setdefault(name, tomlkit.array())
    if not isinstance(entries, Array):
        raise BundleRefused("bundle.damaged", name="tipring.toml")
    entries.extend(numbers)


def _rows(rows: Iterable[list[str]]) -> Iterable[Contact]:
    line = 0
    try:
        for line, row in enumerate(rows, start=1):
            if line == 1:
                if tuple(row) != HEADER:
                    raise BundleRefused("bundle.bad-contacts", line=1)
            elif row:
                yield _contact(row, line)
    except csv.Error:
        raise BundleRefused("bundle.bad-contacts", line=line + 1) from None
    if line == 0:
        raise BundleRefused("bundle.bad-contacts", line=1)


def _contact(row: list[str], line: int) -> Contact:
    fits = len(row) == len(HEADER) and line <= MAX_ROWS + 1
    if (
        not fits
        or row[1] not in (*LISTS, NO_LIST)
        or not _NUMBER.fullmatch(row[0])
        or not _plain(row[2])
    ):
        raise BundleRefused("bundle.bad-contacts", line=line)
    return Contact(*row)


def _plain(name: str) -> bool:
    return len(name) <= LONGEST_NAME and (name.isprintable() or not name)
