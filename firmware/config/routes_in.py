"""Chapter [[routes_in]]: where a call goes that comes in; the first rule that fits decides."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.callers import CallerClass
from firmware.config.chapter import Chapter, ExtensionId, Name
from firmware.contract.message import LineId


class Destination(Chapter):
    """Exactly one of these, e.g. `to = { flow = "main" }`."""

    flow: Name | None = None
    extension: ExtensionId | None = None
    group: Name | None = None
    voicemail: Name | None = None
    hang_up: bool = False

    @model_validator(mode="after")
    def exactly_one(self) -> Self:
        named = [self.flow, self.extension, self.group, self.voicemail, self.hang_up or None]
        if sum(one is not None for one in named) != 1:
            raise PydanticCustomError("config.one-destination", "exactly one destination")
        return self


class RouteIn(Chapter):
    """A rule fits when everything it names fits; what it leaves out does not matter."""

    lines: tuple[LineId, ...] = ()
    called: tuple[Annotated[str, Field(pattern=r"^\+?[0-9]{2,20}$")], ...] = ()
    callers: tuple[CallerClass, ...] = ()
    timetable: Name | None = None
    """Fits only while this timetable is open."""
    to: Destination
