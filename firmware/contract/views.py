"""The state of the box as the page shows it: lines, calls, alarms, and all of it in a snapshot."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from firmware.contract.call_requests import CallId
from firmware.contract.leg_state import LegState
from firmware.contract.line_state import LineState
from firmware.contract.message import LegId, LineId, Message
from firmware.contract.switching import SwitchReport
from firmware.contract.texts import Text


class LineView(Message):
    line: LineState
    label: str = ""
    number: str | None = None
    enabled: bool = True
    """Off: the owner has taken it out of use."""
    calls: int = 0


class Side(StrEnum):
    OUTSIDE = "outside"
    OFFICE = "office"


class SoundQuality(Message):
    """How the sound of a packet line fared, as told when the leg ended (MediaQuality)."""

    lost_percent: float
    jitter_ms: float
    round_trip_ms: float | None = None
    mos: float


class LegView(Message):
    leg_id: LegId
    line_id: LineId
    side: Side
    state: LegState
    number: str | None = None
    name: str | None = None
    holds: bool = False
    """The phone has its party on hold."""
    quality: SoundQuality | None = None


class CallPhase(StrEnum):
    RINGING = "ringing"
    MENU = "menu"
    CONNECTING = "connecting"
    TALKING = "talking"
    VOICEMAIL = "voicemail"
    ENDED = "ended"


class StoryStep(Message):
    """One thing that happened on a call, worded by the reader."""

    at_ms: int
    """Since the call began."""
    what: Text
    leg_id: LegId | None = None


class CallView(Message):
    call_id: CallId
    began_at: AwareDatetime
    incoming: bool
    line_id: LineId | None
    calling: str | None
    called: str | None
    phase: CallPhase
    where: Text | None = None
    """Where in the office's flow the call is, e.g. which menu."""
    legs: tuple[LegView, ...] = ()
    recording: bool = False
    story: tuple[StoryStep, ...] = ()


class AlarmView(Message):
    text: Text
    line_id: LineId | None = None
    since: AwareDatetime


class ProcessView(Message):
    """One process of the box, as the exchange sees its connection."""

    name: str
    connected: bool


class ExtensionView(Message):
    """An extension with what people have switched for it, by code or page."""

    extension: str
    name: str
    do_not_disturb: bool = False
    call_waiting: bool = True
    forward_always: str | None = None
    """Where to: a number inside, one outside in E.164 form, or `voicemail`."""
    forward_busy: str | None = None
    forward_no_answer: str | None = None


class CapView(Message):
    """A limit of minutes or money for calls out, and what is used of it."""

    scope: Literal["box", "line", "extension", "flows"]
    id: str = ""
    """Of the line or the extension."""
    per: Literal["day", "month"]
    unit: str
    """`min`, or the office's currency."""
    used: float
    limit: float


class Opening(StrEnum):
    """Whether the office goes by its hours, or was switched open or closed."""

    BY_HOURS = "by-hours"
    OPEN = "open"
    CLOSED = "closed"


class CodeView(Message):
    """A code of this office and the sentence that says what it does."""

    name: str
    """Its key in [codes]."""
    keys: str
    """Empty: switched off."""
    does: Text


class Snapshot(Message):
    epoch: str
    seq: int
    office: str
    country: str
    lines: tuple[LineView, ...] = ()
    calls: tuple[CallView, ...] = ()
    extensions: tuple[ExtensionView, ...] = ()
    opening: Opening = Opening.BY_HOURS
    caps: tuple[CapView, ...] = ()
    alarms: tuple[AlarmView, ...] = ()
    processes: tuple[ProcessView, ...] = ()
    new_voicemails: int = 0
    config_version: int = 0
    config_unconfirmed_until: AwareDatetime | None = None
    switch: SwitchReport | None = None
    """What the switch last said of its ticks and slips; None before it has."""
