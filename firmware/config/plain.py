"""A chapter as tomllib would read it back: what is usual left out, so that files stay short."""

from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel


def plain(chapter: BaseModel) -> dict[str, Any]:
    """Return the values that differ from their defaults, in their order."""
    values = chapter.model_dump(exclude_defaults=True, exclude_none=True)
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return float(value) if isinstance(value, Decimal) else value
