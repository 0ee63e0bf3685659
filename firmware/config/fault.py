"""A fault of a configuration: one sentence that names the key, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from firmware.config.toml_places import Path, Place
from firmware.contract.texts import Text

Value: TypeAlias = str | int | float
MAX_SHOWN: Final = 60


@dataclass(frozen=True)
class Fault:
    """`path` is the way through the parsed data, without the tags of pydantic's unions."""

    code: str
    path: Path
    args: Mapping[str, Value] = field(default_factory=dict)


def as_text(fault: Fault, data: object, places: dict[Path, Place]) -> Text:
    """Return the sentence's Text with `key`, and `line` and `column` of the key or its parent."""
    place: dict[str, Value] = {}
    for end in range(len(fault.path), 0, -1):
        if fault.path[:end] in places:
            line, column = places[fault.path[:end]]
            place = {"line": line, "column": column}
            break
    return Text(code=fault.code, args={"key": dotted(fault.path, data), **fault.args, **place})


def dotted(path: Path, data: object) -> str:
    """Return the path as people write it; elements of lists go by their id where they have one."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
            own = data.get("id") if isinstance(data, dict) else None
            words.append(own if isinstance(own, str) else str(part + 1))
        else:
            data = data.get(part) if isinstance(data, dict) else None
            words.append(part)
    return ".".join(words)


def shown(value: object) -> str:
    """Return a value as a sentence shows it: short, and on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
