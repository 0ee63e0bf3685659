"""What the page asks of the exchange about calls on record; what was answered survives a kill."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from firmware.contract.request import Request, Who

CallId: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
"""A ULID."""
Reason: TypeAlias = Annotated[str, Field(min_length=3, max_length=200, pattern=r"\S.*\S")]
"""Why something is deleted, in the words of whoever does it; stays in the audit for ever."""
NoteText: TypeAlias = Annotated[str, Field(min_length=1, max_length=2_000, pattern=r"\S")]


class Hearing(StrEnum):
    """How somebody got to hear a recording."""

    PLAYED = "played"
    DOWNLOADED = "downloaded"


class StarCall(Request):
    """A starred call's recording outlives its retention."""

    do: Literal["star-call"] = "star-call"
    call_id: CallId
    starred: bool
    who: Who


class AddCallNote(Request):
    do: Literal["add-call-note"] = "add-call-note"
    call_id: CallId
    text: NoteText
    who: Who


class RemoveCallNote(Request):
    do: Literal["remove-call-note"] = "remove-call-note"
    call_id: CallId
    note_id: CallId
    who: Who


class NoteHearing(Request):
    """Somebody is about to get these recordings; only when this is answered may a byte leave."""

    do: Literal["note-hearing"] = "note-hearing"
    call_ids: Annotated[tuple[CallId, ...], Field(min_length=1, max_length=1_000)]
    how: Hearing
    who: Who


class DeleteRecording(Request):
    """The sound goes, the record of the call stays."""

    do: Literal["delete-recording"] = "delete-recording"
    call_id: CallId
    reason: Reason
    who: Who


class DeleteCall(Request):
    """Everything goes: record, story, notes, recording and messages. The audit stays."""

    do: Literal["delete-call"] = "delete-call"
    call_id: CallId
    reason: Reason
    who: Who


CallRequest: TypeAlias = (
    StarCall | AddCallNote | RemoveCallNote | NoteHearing | DeleteRecording | DeleteCall
)
