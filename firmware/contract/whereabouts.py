"""What would happen: where a call in would go at a given moment, and over which lines one out."""

from typing import Annotated, Literal

from pydantic import Field, NaiveDatetime

from firmware.contract.message import LineId, Message
from firmware.contract.request import Request
from firmware.contract.texts import Text


class TryArrival(Request):
    """Answer: Whereabouts. `calling` None hides the number; `at` is on the office's clock."""

    do: Literal["try-arrival"] = "try-arrival"
    line_id: LineId
    calling: Annotated[str | None, Field(max_length=40)] = None
    called: Annotated[str | None, Field(max_length=40)] = None
    at: NaiveDatetime


class Whereabouts(Message):
    """One sentence after another; the last says where the call ends up."""

    steps: tuple[Text, ...]


class TryDialling(Request):
    """Answer: WaysOut. `extension` None asks for call flows."""

    do: Literal["try-dialling"] = "try-dialling"
    number: Annotated[str, Field(min_length=1, max_length=40)]
    extension: Annotated[str | None, Field(max_length=6)] = None
    at: NaiveDatetime


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
