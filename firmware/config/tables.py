"""One table of tipring.toml changed in its text, however deep: `[flows.main.nodes.welcome]`.

What `entries.py` does for `[[chapter]]` entries this does for tables in tables. A table may
be written under a header of its own or in braces inside its parent; either stays as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from firmware.config.entries import (
    Block,
    Value,
    blocks_of,
    header_of,
    joined,
    lines_of,
    pairs,
    with_values,
)

TablePath: TypeAlias = tuple[str, ...]


def put_deep(
    text: str, path: TablePath, values: Mapping[str, Any], leave: frozenset[str] = frozenset()
) -> str:
    """Return `text` with the table at `path` holding exactly `values`; made if it is not there.

    Keys in `leave` stay as they are. Tables inside `values` that have headers of their own
    are changed there. `text` must be valid TOML, and the table, if there, under a header.
    """
    blocks = list(blocks_of(text))
    below = {one.path[len(path)] for one in blocks if _is_under(one, path)}
    here = next((one for one in blocks if one.path == path and not one.of_list), None)
    own: dict[str, Value] = {key: value for key, value in values.items() if key not in below}
    gone: dict[str, Value] = dict.fromkeys(here.pairs.keys() - leave if here else ())
    text = _put_flat(text, blocks, path, {**gone, **own})
    for key in sorted(below - leave):
        deeper = values.get(key)
        inside = (*path, key)
        text = (
            put_deep(text, inside, deeper)
            if isinstance(deeper, Mapping)
            else remove_deep(text, inside)
        )
    return text


def remove_deep(text: str, path: TablePath) -> str:
    """Return `text` without the table at `path` and those inside it; comments before it stay."""
    lines, blocks = lines_of(text), list(blocks_of(text))
    for block in reversed([one for one in blocks if one.path[: len(path)] == path]):
        end = block.end
        while end < len(lines) and block.first and not lines[block.first - 1].strip():
            if lines[end].strip():
                break
            end += 1
        del lines[block.first : end]
    return joined(lines)


def _put_flat(
    text: str, blocks: Sequence[Block], path: TablePath, values: Mapping[str, Value]
) -> str:
    lines = lines_of(text)
    here = next((one for one in blocks if one.path == path and not one.of_list), None)
    if here is not None:
        return joined(with_values(lines, here, values))
    at = _place_for(blocks, path, len(lines))
    after = lines[at:] if not lines[at:] or not lines[at].strip() else ["", *lines[at:]]
    return joined([*lines[:at], "", header_of(path), *pairs(values), *after])


def _place_for(blocks: Sequence[Block], path: TablePath, end: int) -> int:
    """Return the line after the last table that shares the most with `path`."""
    for depth in range(len(path) - 1, 0, -1):
        alike = [one for one in blocks if one.path[:depth] == path[:depth]]
        if alike:
            return alike[-1].end
    return end


def _is_under(block: Block, path: TablePath) -> bool:
    return len(block.path) > len(path) and block.path[: len(path)] == path
