"""What all nodes of a flow have in common: exits, prompts, and values of the call."""

import re
from collections.abc import Callable
from typing import Annotated, ClassVar, Final, TypeAlias

from pydantic import Field

from firmware.config.chapter import KEY, Chapter, Name

VARIABLE: Final = r"^[a-z][a-z0-9_]{0,29}$"
FILLED: Final = r"^[^{}]*(\{[a-z][a-z0-9_]{0,29}\}[^{}]*)*$"

Exit: TypeAlias = Annotated[Name, Field(json_schema_extra={"names": "node"})]
"""The schema says that it names a node: forms are made from it."""
Key: TypeAlias = Annotated[str, Field(pattern=KEY)]
Variable: TypeAlias = Annotated[str, Field(pattern=VARIABLE)]
Seconds: TypeAlias = Annotated[float, Field(ge=1, le=60)]
Retries: TypeAlias = Annotated[int, Field(ge=0, le=10)]
Filled: TypeAlias = Annotated[
    str,
    Field(
        max_length=300,
        pattern=FILLED,
        examples=["{caller}"],
    ),
]
"""A text in which `{name}` stands for that value of the call."""
GIVEN: Final = ("caller", "called", "line", "language")
"""Values every call has: who calls, what they dialled, on which line, in which language."""
_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_PROMPT_FIELDS: Final = ("prompt", "invalid_prompt", "greeting", "music")


class NodeBase(Chapter):
    exit_fields: ClassVar[tuple[str, ...]] = ()

    def exits(self) -> dict[str, str]:
        """Return exit -> name of the node it leads to; exits that end the call are left out."""
        named = {field: getattr(self, field) for field in self.exit_fields}
        return {field: node for field, node in named.items() if node is not None}

    def prompts(self) -> dict[str, str]:
        """Return key -> prompt the node plays."""
        named = {
            key: getattr(self, key) for key in _PROMPT_FIELDS if key in type(self).model_fields
        }
        return {key: prompt for key, prompt in named.items() if prompt is not None}

    def keeps(self) -> tuple[str, ...]:
        """Return the values of the call this node gives."""
        return ()

    def uses(self) -> dict[str, tuple[str, ...]]:
        """Return key -> values of the call this node needs."""
        return {}


def places(text: str) -> tuple[str, ...]:
    """Return the names of the values that fill a text."""
    return tuple(_PLACE.findall(text))


def filled(text: str, value_of: Callable[[str], str]) -> str:
    """Return the text with each `{name}` replaced by that value."""
    return _PLACE.sub(lambda place: value_of(place.group(1)), text)
