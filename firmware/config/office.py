"""Chapter [office]: who and where the office is."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from firmware.config.chapter import Chapter, Country, Name, OutsideNumber
from firmware.config.forms import zone_name

Language: TypeAlias = Literal["en", "pt-BR", "ro", "pl", "ru", "es"]
"""The languages Tipring speaks; the same as firmware.contract.texts.LANGUAGES."""


class Office(Chapter):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    country: Country
    """Decides tones, emergency numbers, holidays and how national numbers are read."""
    timezone: Annotated[str, zone_name]
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=6)]
    """In use for callers; the first is what a call begins with."""
    numbers: tuple[OutsideNumber, ...] = ()
    """The office's published numbers; the first is shown on calls out where the line can."""
    box: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")] = "box"
    """This box's name in records, so that several boxes' records can meet."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    """Of all money in this file."""
    hold_music: Name | None = None
    """Prompt for whoever is on hold, again and again; without one they hear a beep now and then.

    Who waited to music before they were answered hears the same again.
    """
    emergency_numbers: tuple[Annotated[str, Field(pattern=r"^[0-9]{2,6}$")], ...] = ()
    """In addition to the country's own, which always work."""
