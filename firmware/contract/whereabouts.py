"""What would happen: where a call in would go at a given moment, and over which lines one out."""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field, NaiveDatetime
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from firmware.contract.message import LineId, Message
from firmware.contract.request import Request
from firmware.contract.texts import Text

YEARS: Final = range(2000, 2101)


def _of_our_time(at: datetime) -> datetime:
    """Far off there are no time zones to count with."""
    if at.year not in YEARS:
        raise PydanticCustomError("config.not-a-date-and-time", "out of reach")
    return at


_ON_THE_WIRE: Final[JsonDict] = {
    "format": "local-date-time",
    "formatMinimum": f"{YEARS.start}-01-01T00:00:00",
    "formatMaximum": f"{YEARS.stop - 1}-12-31T23:59:59",
}
"""Pydantic would say `date-time`, which has to have an offset."""
OfficeTime: TypeAlias = Annotated[
    NaiveDatetime, AfterValidator(_of_our_time), Field(json_schema_extra=_ON_THE_WIRE)
]
"""A moment on the office's clock."""


class TryArrival(Request):
    """Answer: Whereabouts. `calling` None hides the number; `at` is on the office's clock."""

    do: Literal["try-arrival"] = "try-arrival"
    line_id: LineId
    calling: Annotated[str | None, Field(max_length=40)] = None
    called: Annotated[str | None, Field(max_length=40)] = None
    at: OfficeTime


class Whereabouts(Message):
    """One sentence after another; the last says where the call ends up."""

    steps: tuple[Text, ...]


class TryDialling(Request):
    """Answer: WaysOut. `extension` None asks for call flows."""

    do: Literal["try-dialling"] = "try-dialling"
    number: Annotated[str, Field(min_length=1, max_length=40)]
    extension: Annotated[str | None, Field(max_length=6)] = None
    at: OfficeTime


class LineToTry(Message):
    line_id: LineId
    cost_per_minute: float


class WaysOut(Message):
    """The lines in the order they would be tried, or why the call may not go out."""

    number: str
    """As understood."""
    kind: str | None = None
    lines: tuple[LineToTry, ...] = ()
    refused: Text | None = None
