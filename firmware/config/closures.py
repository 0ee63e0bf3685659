"""Chapter [[closures]]: once the office is closed at other than its usual times."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import NaiveDatetime, model_validator
from pydantic_core import PydanticCustomError

from firmware.config.chapter import Chapter, Label, Name
from firmware.config.routes_in import Destination


class Closure(Chapter):
    """From `begins` until `ends` on the office's clock; timetables that are switched are closed.

    Somebody who switches the office open ends it for as long.
    """

    id: Name
    name: Label = ""
    begins: NaiveDatetime
    ends: NaiveDatetime
    prompt: Name | None = None
    """Said to every caller first."""
    to: Destination | None = None
    """Where calls go meanwhile; None is where they go while the office is closed."""

    @model_validator(mode="after")
    def ends_later(self) -> Self:
        if self.ends <= self.begins:
            raise PydanticCustomError("config.ends-before-it-begins", "ends before it begins")
        return self


def closure_at(closures: Iterable[Closure], timezone: str, at: datetime) -> Closure | None:
    """Return the closure that is on at an aware time; the last that began, where several are."""
    local = at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    on = [one for one in closures if one.begins <= local < one.ends]
    return max(on, key=lambda one: one.begins, default=None)
