"""What the page and the command line may ask of the exchange, and what it tells them.

Same framing as the cards': one JSON object a line. A request carries `id` and
one verb of a closed list in `do`; the answer carries the same number in `re`
and either `ok` (a JSON value) or `problem` (a Text, and Texts for single
faults). After `follow` the connection also carries events, numbered by `seq`
within an `epoch`; a new epoch means: start again from a snapshot.
Reading of calls, recordings and voicemail is not here: the web process reads
tipring.db itself.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime, Field, JsonValue, TypeAdapter

from firmware.contract.backups import DeleteBackup, ListBackups, MakeBackup, SetBackupKey
from firmware.contract.bundles import (
    AcceptBundle,
    BundlesEvent,
    ClaimByBundle,
    DropBundle,
    KeepContacts,
    ListBundles,
)
from firmware.contract.call_requests import AddCallNote as AddCallNote
from firmware.contract.call_requests import CallId as CallId
from firmware.contract.call_requests import DeleteCall as DeleteCall
from firmware.contract.call_requests import DeleteRecording as DeleteRecording
from firmware.contract.call_requests import NoteHearing as NoteHearing
from firmware.contract.call_requests import RemoveCallNote as RemoveCallNote
from firmware.contract.call_requests import StarCall as StarCall
from firmware.contract.claim import TellClaimCode
from firmware.contract.flow_requests import CancelCallBack, ReadPromptRecording, RecordPrompt
from firmware.contract.leg_state import LegState
from firmware.contract.line_care import ForgetLearnedTone, ReadLevels
from firmware.contract.line_state import LineState
from firmware.contract.mail import ReadMail, TryMail
from firmware.contract.message import LegId, LineId, Message
from firmware.contract.request import Request, Who
from firmware.contract.switching import SwitchReport
from firmware.contract.texts import Text
from firmware.contract.whereabouts import TryArrival, TryDialling


# ---- views: the state as the page shows it


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


# ---- requests: page, CLI -> exchange


class TakeSnapshot(Request):
    do: Literal["snapshot"] = "snapshot"


class Follow(Request):
    """Events after `after` of `epoch`; refused with `start-again` when they are gone."""

    do: Literal["follow"] = "follow"
    epoch: str
    after: int


class ClearCallRequest(Request):
    do: Literal["clear-call"] = "clear-call"
    call_id: CallId
    who: Who


class DialRequest(Request):
    """Ring one of our phones, then connect it to `called`."""

    do: Literal["dial"] = "dial"
    phone: LineId
    called: str
    who: Who


class SwitchExtension(Request):
    """Switch what its codes switch; what is left out stays. "" takes a forward back.

    A forward goes to a number as the extension would dial it, or to `voicemail`.
    """

    do: Literal["switch-extension"] = "switch-extension"
    extension: str
    do_not_disturb: bool | None = None
    call_waiting: bool | None = None
    forward_always: Annotated[str | None, Field(max_length=40)] = None
    forward_busy: Annotated[str | None, Field(max_length=40)] = None
    forward_no_answer: Annotated[str | None, Field(max_length=40)] = None
    who: Who


class SwitchOpening(Request):
    do: Literal["switch-opening"] = "switch-opening"
    to: Opening
    who: Who


class ListCodes(Request):
    """Answer: {"codes": [CodeView…]}, those switched off among them."""

    do: Literal["list-codes"] = "list-codes"


class SelfTestRequest(Request):
    do: Literal["self-test"] = "self-test"
    line_id: LineId
    who: Who


class CheckConfig(Request):
    """Answer: {"faults": [Text…]}, each with `key`, `line` and `column` among its args."""

    do: Literal["check-config"] = "check-config"
    toml: Annotated[str, Field(max_length=500_000)]


class ApplyConfig(Request):
    """Make it live at once. With `confirm_within_s` it goes back by itself unless confirmed."""

    do: Literal["apply-config"] = "apply-config"
    toml: Annotated[str, Field(max_length=500_000)]
    who: Who
    comment: Annotated[str, Field(max_length=200)] = ""
    based_on: int | None = None
    """The version the editor started from; refused when another came between."""
    confirm_within_s: Annotated[int | None, Field(ge=10, le=3600)] = None


class ConfirmConfig(Request):
    do: Literal["confirm-config"] = "confirm-config"
    version: int
    who: Who


class RestoreConfig(Request):
    do: Literal["restore-config"] = "restore-config"
    version: int
    who: Who
    confirm_within_s: Annotated[int | None, Field(ge=10, le=3600)] = None


class MarkVoicemail(Request):
    do: Literal["mark-voicemail"] = "mark-voicemail"
    voicemail_id: str
    heard: bool
    who: Who


class DeleteVoicemail(Request):
    do: Literal["delete-voicemail"] = "delete-voicemail"
    voicemail_id: str
    who: Who


class NoteAudit(Request):
    """Something the page did that people may ask about later (listened, logged in, exported)."""

    do: Literal["note-audit"] = "note-audit"
    who: Who
    what: Text


AnyRequest: TypeAlias = Annotated[
    TakeSnapshot
    | Follow
    | ClearCallRequest
    | DialRequest
    | SwitchExtension
    | SwitchOpening
    | ListCodes
    | SelfTestRequest
    | ReadLevels
    | ForgetLearnedTone
    | TryArrival
    | TryDialling
    | CheckConfig
    | ApplyConfig
    | ConfirmConfig
    | RestoreConfig
    | ListBundles
    | AcceptBundle
    | ClaimByBundle
    | DropBundle
    | KeepContacts
    | ListBackups
    | MakeBackup
    | DeleteBackup
    | SetBackupKey
    | MarkVoicemail
    | StarCall
    | AddCallNote
    | RemoveCallNote
    | NoteHearing
    | DeleteRecording
    | DeleteCall
    | DeleteVoicemail
    | RecordPrompt
    | ReadPromptRecording
    | CancelCallBack
    | TellClaimCode
    | NoteAudit
    | ReadMail
    | TryMail,
    Field(discriminator="do"),
]


class Answer(Message):
    re: int
    ok: JsonValue = None
    problem: Text | None = None
    faults: tuple[Text, ...] = ()


# ---- events: exchange -> followers


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


REQUESTS: TypeAdapter[AnyRequest] = TypeAdapter(AnyRequest)
EVENTS: TypeAdapter[NumberedEvent] = TypeAdapter(NumberedEvent)
