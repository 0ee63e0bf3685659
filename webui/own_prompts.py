"""What a form says to callers: a prompt of the office, named after what it belongs to."""

import tomllib
from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import Field

from firmware.config.flow_edit import with_flows
from firmware.config.model import Config
from firmware.config.office import Language
from firmware.config.prompts import Spoken, spoken

Said: TypeAlias = Annotated[dict[Language, Spoken], Field(max_length=6)]
"""Per language typed text or the hash of a sound."""


def own_prompt(owner: str) -> str:
    """Return the name of the prompt that belongs to a mailbox."""
    return f"greeting-{owner}"[:40].rstrip("-")


def said_of(config: Config, prompt: str) -> Said:
    """Return what the office itself says; empty while it is a built-in prompt."""
    return dict(config.prompts.get(prompt, {}))


def put_prompt(text: str, prompt: str, said: Said, usual: Mapping[str, str]) -> str:
    """Return the text with this prompt as given; with nothing said the office's own is gone.

    A language left empty says what is usual there, so that no caller hears silence.
    """
    there = tomllib.loads(text)
    prompts = {**there.get("prompts", {})}
    prompts.pop(prompt, None)
    if said:
        own = {language: one.model_dump(exclude_none=True) for language, one in said.items()}
        prompts[prompt] = {language: {"text": words} for language, words in usual.items()} | own
    return with_flows(text, there.get("flows", {}), prompts)


def built_in(config: Config, prompt: str) -> dict[str, str]:
    """Return what is said where the office says nothing of its own, per language in use."""
    found = {language: spoken(prompt, language, {}) for language in config.office.languages}
    return {language: one.text for language, one in found.items() if one is not None and one.text}
