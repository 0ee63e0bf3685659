"""Wording: what a person reads crosses every border as a code and its arguments.

The sentences stand in texts/<lang>.json, one file a language, and nowhere else.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

LANGUAGES: Final = ("en", "pt-BR", "ro", "pl", "ru", "es")
FOLDER: Final = Path(__file__).parent / "texts"


class Text(BaseModel):
    """A sentence not yet worded: its code and the values that fill its places."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]
    args: dict[str, str | int | float] = {}

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted(self.args.items()))))


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Return code -> sentence of one language. Raises KeyError for a language we do not have."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return MappingProxyType(json.loads((FOLDER / f"{language}.json").read_text("utf-8")))


def word(text: Text, language: str = "en") -> str:
    """Return the sentence for `text`; a code without a sentence shows itself and its values."""
    template = sentences(language).get(text.code) or sentences("en").get(text.code)
    values = {name: str(value) for name, value in text.args.items()}
    if template is None:
        return " ".join([text.code, *(f"{name}={value}" for name, value in values.items())])
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template
