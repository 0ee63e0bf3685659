"""The form every chapter of tipring.toml has: frozen, and a key nobody knows is refused."""

from typing import Annotated, ClassVar, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from firmware.config.forms import outside_number


class Chapter(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True
    )


NAME: Final = r"^[a-z][a-z0-9-]{0,39}$"
EXTENSION: Final = r"^[0-9]{2,6}$"
KEY: Final = r"^[0-9*#]$"
COUNTRY: Final = r"^[A-Z]{2}$"
BEGINNING: Final = r"^\+[1-9][0-9]{0,14}$"

Name: TypeAlias = Annotated[str, Field(pattern=NAME, examples=["main"])]
"""How flows, nodes, prompts, groups, mailboxes and timetables are called."""
ExtensionId: TypeAlias = Annotated[str, Field(pattern=EXTENSION, examples=["101"])]
Country: TypeAlias = Annotated[str, Field(pattern=COUNTRY, examples=["GB"])]
"""ISO 3166-1."""
Beginning: TypeAlias = Annotated[str, Field(pattern=BEGINNING, examples=["+34"])]
"""How a number in E.164 form begins."""
OutsideNumber: TypeAlias = Annotated[str, outside_number]
"""A number of the public network in E.164 form, such as +441632960011."""
Label: TypeAlias = Annotated[str, Field(max_length=60)]
