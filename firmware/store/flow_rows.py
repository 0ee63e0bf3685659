"""Rows of what flows leave behind: answers to forms, and promises to call back."""

from datetime import date
from enum import StrEnum

from firmware.contract.call_requests import CallId
from firmware.store.rows import RelativePath, Row, Ulid, UtcTime


class FormAnswerRow(Row):
    """Digits or a file in STATE/voicemail, never both."""

    answer_id: Ulid
    call_id: CallId
    question: str
    digits: str | None = None
    file: RelativePath | None = None
    """Ends in .part until it is packed."""
    duration_ms: int = 0
    answered_at: UtcTime
    keep_until: date
    deleted_at: UtcTime | None = None


class CallBackState(StrEnum):
    OWED = "owed"
    DONE = "done"
    GIVEN_UP = "given-up"  # after the last try, or too old
    CANCELLED = "cancelled"  # by somebody of the office


class CallBackRow(Row):
    call_back_id: Ulid
    call_id: CallId
    """The call in which it was promised."""
    number: str
    name: str | None = None
    extensions: str = ""
    """Who calls back, with commas between them; or else a group."""
    ring_group: str | None = None
    timetable: str
    language: str
    tries: int = 0
    most_tries: int
    every_min: int
    asked_at: UtcTime
    due_at: UtcTime
    state: CallBackState = CallBackState.OWED
