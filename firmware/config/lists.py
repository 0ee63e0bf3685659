"""A whole list of tables, `[[routes_in]]`, put in another order: entries that stay keep their text.

What `entries.py` does for entries with an id this does for lists where only the order counts.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, TypeAlias

from firmware.config.entries import Block, blocks_of, joined, lines_of, pairs, put_table

ListPath: TypeAlias = tuple[str, ...]
_COMMENT: Final = "#"


@dataclass(frozen=True)
class _Piece:
    """One entry where it stands: its lines, from the comment right above its header."""

    first: int
    end: int
    value: Mapping[str, Any]


def put_list(text: str, path: ListPath, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return `text` with exactly these entries at `path`, `("routes_in",)` for instance.

    `text` must be valid TOML, the values as tomllib reads them. Lists written as one value
    inside their table are written so again.
    """
    lines, pieces = lines_of(text), _pieces(text, path)
    if not pieces and _value_at(text, path) and len(path) > 1:
        (table, key) = path
        return put_table(text, table, {key: list(entries)})
    at = pieces[0].first if pieces else _place_for(text, path)
    new = list[str]()
    left = list(pieces)
    for entry in entries:
        kept = next((one for one in left if one.value == entry), None)
        if kept is not None:
            left.remove(kept)
        own = lines[kept.first : kept.end] if kept else [_header(path), *pairs(entry)]
        new += [*own, ""]
    before = lines[:at]
    if new and before and before[-1].strip():
        new = ["", *new]
    gone = {number for one in pieces for number in range(one.first, one.end)}
    rest = [line for number, line in enumerate(lines) if number >= at and number not in gone]
    while rest and not rest[0].strip():
        rest = rest[1:]
    return joined([*before, *new, *rest])


def _pieces(text: str, path: ListPath) -> list[_Piece]:
    lines, blocks = lines_of(text), list(blocks_of(text))
    heads = [at for at, one in enumerate(blocks) if one.path == path and one.of_list]
    values = _value_at(text, path) if heads else []
    return [
        _Piece(_with_comment(lines, blocks[at].first), _end(blocks, at), value)
        for at, value in zip(heads, values, strict=True)
    ]


def _with_comment(lines: Sequence[str], first: int) -> int:
    while first and lines[first - 1].startswith(_COMMENT):
        first -= 1
    return first


def _end(blocks: Sequence[Block], at: int) -> int:
    """Return the line after the entry's last table."""
    path, end = blocks[at].path, blocks[at].end
    for other in blocks[at + 1 :]:
        if other.path[: len(path)] != path or other.path == path:
            break
        end = other.end
    return end


def _place_for(text: str, path: ListPath) -> int:
    """Return the line after the table above the list, or after everything."""
    alike = [one for one in blocks_of(text) if one.path[:1] == path[:1]]
    return alike[-1].end if alike else len(lines_of(text))


def _value_at(text: str, path: ListPath) -> Any:
    start: Any = tomllib.loads(text)
    return reduce(lambda found, key: (found or {}).get(key), path, start)


def _header(path: ListPath) -> str:
    return f"[[{'.'.join(path)}]]"
