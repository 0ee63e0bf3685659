"""One entry of tipring.toml changed in its text; every other line stays as the owner wrote it.

An entry is a `[[chapter]]` with an id, or a `[table]`. A TOML library that writes
whole documents will not do: it moves comments that stand between two entries,
and entries of one chapter that stand apart.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

import tomlkit

from firmware.contract.errors import NotFound, RequestRefused

Value: TypeAlias = str | int | float | bool | date | Sequence[Any] | Mapping[str, Any] | None
"""None takes the key out."""
_HEADER: Final = "["


@dataclass(frozen=True)
class Block:
    """A header and the pairs below it; line numbers from 0, `end` is after its last line."""

    path: tuple[str, ...]
    of_list: bool
    first: int
    end: int
    pairs: Mapping[str, tuple[int, int]]
    entry_id: object


def put_entry(text: str, chapter: str, entry_id: str, values: Mapping[str, Value]) -> str:
    """Return `text` with these keys of `[[chapter]]` `entry_id` set; made if it is not there.

    `text` must be valid TOML. Raises RequestRefused for a chapter written as one value.
    """
    lines, blocks = lines_of(text), list(blocks_of(text))
    block = _entry(blocks, chapter, entry_id)
    if block is not None:
        return joined(with_values(lines, block, values))
    _refuse_one_value(text, blocks, chapter)
    before = [one for one in blocks if one.path[0] == chapter]
    at = before[-1].end if before else len(lines)
    new = ["", f"[[{chapter}]]", *pairs({"id": entry_id, **values})]
    return joined([*lines[:at], *new, *_apart(lines[at:])])


def remove_entry(text: str, chapter: str, entry_id: str) -> str:
    """Return `text` without the entry and its tables. Raises NotFound."""
    lines, blocks = lines_of(text), list(blocks_of(text))
    block = _entry(blocks, chapter, entry_id)
    if block is None:
        _refuse_one_value(text, blocks, chapter)
        raise NotFound("config.no-such-entry", chapter=chapter, value=entry_id)
    end = _end_of_entry(blocks, block)
    rest = lines[end:]
    while rest and not rest[0].strip() and (block.first == 0 or not lines[block.first - 1].strip()):
        rest = rest[1:]
    return joined([*lines[: block.first], *rest])


def put_table(text: str, table: str, values: Mapping[str, Value]) -> str:
    """Return `text` with these keys of `[table]` set; the table is made if it is not there."""
    lines, blocks = lines_of(text), list(blocks_of(text))
    block = next((one for one in blocks if one.path == (table,) and not one.of_list), None)
    if block is not None:
        return joined(with_values(lines, block, values))
    _refuse_one_value(text, blocks, table)
    first = next((one.first for one in blocks if one.path[0] == table), len(lines))
    new = [*([] if first else [""]), f"[{table}]", *pairs(values), ""]
    if first == len(lines):
        new = ["", *new[:-1]]
    return joined([*lines[:first], *new, *lines[first:]])


def blocks_of(text: str) -> Iterator[Block]:
    """Yield the tables of a valid TOML text in their order."""
    lines = lines_of(text)
    header, pairs, end, at = -1, dict[str, tuple[int, int]](), 0, 0
    while at < len(lines):
        line = lines[at].strip()
        if line.startswith(_HEADER):
            if header >= 0:
                yield _block(lines, header, end, pairs)
            header, pairs, end = at, {}, at + 1
        elif line and not line.startswith("#"):
            last = _last_line_of_pair(lines, at)
            pairs.setdefault(_first_key("\n".join(lines[at : last + 1])), (at, last + 1))
            at, end = last, last + 1
        at += 1
    if header >= 0:
        yield _block(lines, header, end, pairs)


def _block(lines: list[str], header: int, end: int, pairs: Mapping[str, tuple[int, int]]) -> Block:
    inside: Any = tomllib.loads(lines[header])
    path, of_list = [], lines[header].strip().startswith("[[")
    while isinstance(inside, dict) and inside:
        (key,) = inside
        path.append(key)
        inside = inside[key]
    entry_id = None
    if "id" in pairs:
        first, last = pairs["id"]
        entry_id = tomllib.loads("\n".join(lines[first:last])).get("id")
    return Block(tuple(path), of_list, header, end, pairs, entry_id)


def _last_line_of_pair(lines: list[str], at: int) -> int:
    """A value may go over several lines; the pair ends where it can first be read."""
    for last in range(at, len(lines)):
        try:
            tomllib.loads("\n".join(lines[at : last + 1]))
        except tomllib.TOMLDecodeError:
            continue
        return last
    return len(lines) - 1


def _first_key(pair: str) -> str:
    (key,) = tomllib.loads(pair)
    return key


def _entry(blocks: Sequence[Block], chapter: str, entry_id: str) -> Block | None:
    return next(
        (
            one
            for one in blocks
            if one.path == (chapter,) and one.of_list and one.entry_id == entry_id
        ),
        None,
    )


def _end_of_entry(blocks: Sequence[Block], block: Block) -> int:
    """Return the line after the entry's last table."""
    end = block.end
    for other in blocks[blocks.index(block) + 1 :]:
        if other.path[: len(block.path)] != block.path or other.path == block.path:
            break
        end = other.end
    return end


def with_values(lines: list[str], block: Block, values: Mapping[str, Value]) -> list[str]:
    changed, new = dict[int, tuple[int, list[str]]](), dict[str, Value]()
    for key, value in values.items():
        if key not in block.pairs:
            new[key] = value
            continue
        first, end = block.pairs[key]
        changed[first] = (end, _changed_pair(lines[first:end], key, value))
    after = max((end for _, end in block.pairs.values()), default=block.first + 1)
    result, at = list[str](), 0
    while at < len(lines):
        if at == after:
            result += pairs(new)
        end, put = changed.get(at, (at + 1, [lines[at]]))
        result += put
        at = end
    return result if after < len(lines) else [*result, *pairs(new)]


def header_of(path: Sequence[str]) -> str:
    return "[" + ".".join(tomlkit.key(part).as_string() for part in path) + "]"


def _changed_pair(lines: list[str], key: str, value: Value) -> list[str]:
    if value is None:
        return []
    pair = tomlkit.parse("\n".join(lines))
    if pair[key] == value:
        return lines
    # Parsed, because the library would make tables of a list of mappings.
    pair[key] = tomlkit.parse(f"value = {_written(value)}")["value"]
    return lines_of(tomlkit.dumps(pair))


def pairs(values: Mapping[str, Value]) -> list[str]:
    return [
        f"{tomlkit.key(key).as_string()} = {_written(value)}"
        for key, value in values.items()
        if value is not None
    ]


def _written(value: Value) -> str:
    """Return the value on one line."""
    if isinstance(value, Mapping):
        inside = ", ".join(pairs(value))
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_written(one) for one in value) + "]"
    return tomlkit.item(value).as_string()


def _refuse_one_value(text: str, blocks: Sequence[Block], chapter: str) -> None:
    """A chapter written as one value, `lines = [ … ]`, has no lines of its own to change."""
    if chapter in tomllib.loads(text) and not any(one.path[0] == chapter for one in blocks):
        raise RequestRefused("config.chapter-in-one-value", chapter=chapter)


def _apart(lines: list[str]) -> list[str]:
    return lines if not lines or not lines[0].strip() else ["", *lines]


def lines_of(text: str) -> list[str]:
    """Return the lines as TOML counts them: what else str.splitlines breaks at is a letter."""
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []


def joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n") + "\n"
