"""Chapter [prompts.NAME]: what callers hear, per language either typed text or an uploaded sound.

A prompt the file does not have may be a built-in one: `announcement` is the
sentence with the code `prompt.announcement`. The file's own goes before it.
"""

from typing import Annotated, Final, Self, TypeAlias, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.chapter import Chapter, Name
from firmware.config.office import Language
from firmware.contract.texts import sentences

BUILT_IN: Final = "prompt."


class Spoken(Chapter):
    """Exactly one of the two."""

    text: Annotated[str | None, Field(min_length=1, max_length=2000)] = None
    """Spoken by the box itself, offline."""
    sound: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    """SHA-256 of an uploaded sound in STATE/prompts/."""

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        if (self.text is None) == (self.sound is None):
            raise PydanticCustomError("config.text-or-sound", "exactly one of text and sound")
        return self


Prompt: TypeAlias = dict[Language, Spoken]
Prompts: TypeAlias = dict[Name, Prompt]


def built_in_text(prompt: str, language: str) -> str | None:
    """Return the sentence of a built-in prompt, None when there is no such prompt."""
    return sentences(language).get(BUILT_IN + prompt)


def languages_of(prompt: str, prompts: Prompts) -> frozenset[str]:
    """Return the languages a prompt can be heard in; empty when there is no such prompt."""
    own = prompts.get(prompt)
    if own is not None:
        return frozenset(own)
    return frozenset(one for one in get_args(Language) if built_in_text(prompt, one))


def spoken(prompt: str, language: str, prompts: Prompts) -> Spoken | None:
    """Return what is heard for a prompt in a language, None when it has nothing there."""
    own = prompts.get(prompt)
    if own is not None:
        return next((one for key, one in own.items() if key == language), None)
    text = built_in_text(prompt, language)
    return None if text is None else Spoken(text=text)


def built_in_prompts() -> tuple[str, ...]:
    """Return the names of all built-in prompts."""
    codes = sorted(code for code in sentences("en") if code.startswith(BUILT_IN))
    return tuple(code.removeprefix(BUILT_IN) for code in codes)
