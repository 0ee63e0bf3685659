"""Rows of tipring.db as frozen models: the same going in and coming out."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer

from firmware.contract.call_requests import CallId
from firmware.contract.causes import Cause
from firmware.contract.message import LegId, LineId
from firmware.contract.messages import AnswerSupervision
from firmware.contract.texts import Text
from firmware.contract.views import Side, StoryStep


def _as_stored(at: datetime) -> str:
    """All times in one form, so that text order is time order."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _in_utc(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def stored_time(at: datetime) -> str:
    """Return an aware time as the tables have it."""
    return _as_stored(_in_utc(at))


UtcTime: TypeAlias = Annotated[
    AwareDatetime, AfterValidator(_in_utc), PlainSerializer(_as_stored, when_used="json")
]
Ulid: TypeAlias = CallId
RelativePath: TypeAlias = Annotated[
    str, Field(pattern=r"^[\w-]+(\.[\w-]+)*(/[\w-]+(\.[\w-]+)*)*$", max_length=200)
]
"""Below STATE/recordings or STATE/voicemail; never absolute, so that a box can be moved."""


class Row(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class Disposition(StrEnum):
    """What became of a call."""

    ANSWERED = "answered"  # somebody of the office talked, or the far end of a call out
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    FAILED = "failed"
    ABANDONED = "abandoned"  # the caller left before anybody or a mailbox took the call
    BLOCKED = "blocked"
    MACHINE = "machine"
    INTERRUPTED = "interrupted"  # the box lost power or the exchange died while it was up


class CallRow(Row):
    call_id: CallId
    incoming: bool
    line_id: LineId | None = None
    """The outside line of its first leg; None for a call inside the office."""
    calling: str | None = None
    calling_name: str | None = None
    called: str | None = None
    extension: str | None = None
    """Who talked last."""
    language: str | None = None
    began_at: UtcTime
    answered_at: UtcTime | None = None
    ended_at: UtcTime | None = None
    zone: str
    """The office's time zone when the call began, e.g. Europe/London."""
    disposition: Disposition | None = None
    cause: Cause | None = None
    supervision: AnswerSupervision | None = None
    cost_micros: int = 0
    """Millionths of the office's currency."""
    merged_into: CallId | None = None
    """The older call this one became part of by a transfer; lists show that one only."""


class LegRow(Row):
    """Times are milliseconds since the call began."""

    call_id: CallId
    leg_id: LegId
    line_id: LineId
    side: Side
    number: str | None = None
    name: str | None = None
    extension: str | None = None
    began_ms: int
    answered_ms: int | None = None
    ended_ms: int | None = None
    cause: Cause | None = None
    lost_percent: float | None = None
    """How the sound of a packet line fared (contract/messages.py, MediaQuality); else None."""
    jitter_ms: float | None = None
    round_trip_ms: float | None = None
    mos: float | None = None


class RecordingState(StrEnum):
    WRITING = "writing"
    RECORDED = "recorded"  # whole, not yet packed
    PACKED = "packed"
    LOST = "lost"  # could not be written or read; the story says why
    DELETED = "deleted"


class RecordingRow(Row):
    call_id: CallId
    file: RelativePath
    state: RecordingState = RecordingState.WRITING
    began_ms: int
    """Since the call began."""
    duration_ms: int = 0
    bytes: int = 0
    announcement: str | None = None
    """Prompt that announced it, and the hash of the very sound that was played."""
    announcement_sound: str | None = None
    announcement_played_ms: int = 0
    announcement_complete: bool = False
    keep_until: date | None = None


class VoicemailRow(Row):
    voicemail_id: Ulid
    call_id: CallId
    mailbox: str
    calling: str | None = None
    calling_name: str | None = None
    file: RelativePath
    duration_ms: int
    left_at: UtcTime
    zone: str
    heard_at: UtcTime | None = None
    heard_by: str | None = None
    deleted_at: UtcTime | None = None
    keep_until: date | None = None


class AuditRow(Row):
    audit_id: Ulid
    at: UtcTime
    who: str
    what: Text


class SpendingRow(Row):
    """What an extension's calls out over a line cost on one day of the office's zone."""

    day: date
    line_id: LineId
    extension: str = ""
    """Empty for flows and callers from outside."""
    calls: int = 0
    seconds: int = 0
    cost_micros: int = 0


class CalledCountryRow(Row):
    """A country that has been called, and by which extension first; empty is a flow."""

    country: str
    extension: str = ""
    first_at: UtcTime


class LearnedToneRow(Row):
    line_id: LineId
    frequency_hz: float
    on_ms: int
    off_ms: int
    learned_at: UtcTime


class ExtensionRow(Row):
    """What people have switched for their extension, by code or page."""

    extension: str
    do_not_disturb: bool = False
    call_waiting: bool | None = None
    """None is as the configuration has it."""
    forward_always: str | None = None
    """Where to: a number inside, one outside in E.164 form, or `voicemail`."""
    forward_busy: str | None = None
    forward_no_answer: str | None = None
    changed_at: UtcTime


class SwitchedRow(Row):
    """What people have switched for the whole office."""

    what: str
    value: str
    changed_at: UtcTime


class PinTriesRow(Row):
    """Wrong PINs of a mailbox in a row, and until when none is taken any more."""

    mailbox: str
    wrong: int
    locked_until: UtcTime | None = None


class ContactRow(Row):
    """A number in E.164 form and whose it is; an empty name is one that was forgotten."""

    number: str
    name: str
    changed_at: UtcTime


class LetterRow(Row):
    """A letter in the outbox; what was sent has no row any more."""

    letter_id: Ulid
    recipients: tuple[str, ...]
    subject: str
    body: str
    sound: str | None = None
    sound_name: str
    queued_at: UtcTime
    tries: int = 0
    next_at: UtcTime | None = None
    """None: given up."""
    fault: Text | None = None


class NoteRow(Row):
    """What somebody of the office wrote down about a call."""

    note_id: Ulid
    call_id: CallId
    at: UtcTime
    who: str
    text: str


class CallStory(Row):
    """A call with all that belongs to it."""

    call: CallRow
    legs: tuple[LegRow, ...] = ()
    steps: tuple[StoryStep, ...] = ()
    recording: RecordingRow | None = None
    voicemails: tuple[VoicemailRow, ...] = ()
    starred: bool = False
    notes: tuple[NoteRow, ...] = ()
