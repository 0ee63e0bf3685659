"""What the page and the command line may ask of the exchange, and what it tells them.

Same framing as the cards': one JSON object a line. A request carries `id` and
one verb of a closed list in `do`; the answer carries the same number in `re`
and either `ok` (a JSON value) or `problem` (a Text, and Texts for single
faults). After `follow` the connection also carries events, numbered by `seq`
within an `epoch`; a new epoch means: start again from a snapshot.
Reading of calls, recordings and voicemail is not here: the web process reads
tipring.db itself.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue, TypeAdapter

from firmware.contract.backups import DeleteBackup, ListBackups, MakeBackup, SetBackupKey
from firmware.contract.bundles import (
    AcceptBundle,
    ClaimByBundle,
    DropBundle,
    KeepContacts,
    ListBundles,
)
from firmware.contract.call_requests import (
    AddCallNote,
    CallId,
    DeleteCall,
    DeleteRecording,
    NoteHearing,
    RemoveCallNote,
    StarCall,
)
from firmware.contract.claim import TellClaimCode
from firmware.contract.flow_requests import CancelCallBack, ReadPromptRecording, RecordPrompt
from firmware.contract.line_care import ForgetLearnedTone, ReadLevels
from firmware.contract.mail import ReadMail, TryMail
from firmware.contract.message import LineId, Message
from firmware.contract.request import Request, Who
from firmware.contract.texts import Text
from firmware.contract.views import Opening
from firmware.contract.whereabouts import TryArrival, TryDialling


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
    only_of: str | None = None
    """The extension whose phones alone may be used; None allows all."""


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


REQUESTS: TypeAdapter[AnyRequest] = TypeAdapter(AnyRequest)
