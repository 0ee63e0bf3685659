"""What a form writes into a chapter: a default that the file does not state stays unstated."""

from collections.abc import Mapping
from typing import Any

from firmware.config.chapter import Chapter
from firmware.config.entries import Value


def to_write(wanted: Mapping[str, Any], before: Chapter) -> dict[str, Value]:
    """Return the keys to set, None for those to leave out; `wanted` has JSON's types."""
    fields = type(before).model_fields
    return {
        key: value
        if key in before.model_fields_set or value != _plain(fields[key].default)
        else None
        for key, value in wanted.items()
    }


def _plain(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default
