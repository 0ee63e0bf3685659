"""What the exchange tells those who follow it, numbered, so that nothing is missed unnoticed."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, Field, TypeAdapter

from firmware.contract.bundles import BundlesEvent
from firmware.contract.message import LineId, Message
from firmware.contract.views import (
    AlarmView,
    CallView,
    ExtensionView,
    LineView,
    Opening,
    ProcessView,
)


class LineEvent(Message):
    what: Literal["line"] = "line"
    line: LineView


class LineGoneEvent(Message):
    what: Literal["line-gone"] = "line-gone"
    line_id: LineId


class CallEvent(Message):
    """The call as it is now; phase ENDED is its last."""

    what: Literal["call"] = "call"
    call: CallView


class AlarmEvent(Message):
    what: Literal["alarm"] = "alarm"
    alarm: AlarmView
    raised: bool = True


class ProcessEvent(Message):
    what: Literal["process"] = "process"
    process: ProcessView


class ConfigEvent(Message):
    what: Literal["config"] = "config"
    version: int
    office: str = ""
    """What the office is called now; "" from who does not know."""
    unconfirmed_until: AwareDatetime | None = None


class ExtensionEvent(Message):
    what: Literal["extension"] = "extension"
    extension: ExtensionView


class OpeningEvent(Message):
    what: Literal["opening"] = "opening"
    opening: Opening


class VoicemailEvent(Message):
    what: Literal["voicemail"] = "voicemail"
    new_voicemails: int


AnyEvent: TypeAlias = Annotated[
    LineEvent
    | LineGoneEvent
    | CallEvent
    | AlarmEvent
    | ProcessEvent
    | ConfigEvent
    | ExtensionEvent
    | OpeningEvent
    | VoicemailEvent
    | BundlesEvent,
    Field(discriminator="what"),
]


class NumberedEvent(Message):
    epoch: str
    seq: int
    event: AnyEvent


EVENTS: TypeAdapter[NumberedEvent] = TypeAdapter(NumberedEvent)
