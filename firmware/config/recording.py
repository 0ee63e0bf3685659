"""Chapters [recording] and [[mailboxes]]: what is kept of what was said.

Nothing is recorded until `record = true` stands at a line or an extension.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.chapter import Chapter, ExtensionId, Label, Name
from firmware.config.mail import Addresses


class Recording(Chapter):
    announcement: Name = "announcement"
    """Prompt played to the outside party before a call is recorded."""
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Recordings of starred calls are kept for ever."""
    min_days_left: Annotated[int | None, Field(ge=1, le=60)] = None
    """The oldest go sooner when there is space for fewer days of recording than that."""


class Mailbox(Chapter):
    id: Name
    name: Label = ""
    greeting: Name = "leave-message"
    """Prompt before the beep."""
    notify: tuple[ExtensionId, ...] = ()
    """Whose page shows that a message waits; empty is everybody's."""
    pin: Annotated[str | None, Field(pattern=r"^[0-9]{4,12}$")] = None
    """Asked of whoever hears it from another phone; kept in secrets.toml. None: nobody may."""
    pin_on_own_phone: bool = False
    """Asked on the phones of its own extension, too."""
    email: Addresses = ()
    """Where each message is sent, with its sound."""
    email_missed: bool = False
    """They are also written to about calls to it that left no message."""
    max_s: Annotated[int, Field(ge=5, le=900)] = 120
    retention_days: Annotated[int, Field(ge=1, le=3650)] = 90

    @model_validator(mode="after")
    def pin_to_ask_for(self) -> Self:
        if self.pin_on_own_phone and self.pin is None:
            raise PydanticCustomError("config.pin-missing", "pin_on_own_phone without a pin")
        return self
