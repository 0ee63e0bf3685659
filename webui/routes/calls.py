"""Calls: those on record, one call's story and sound, and what can be done with a live one."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query, status
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from firmware.contract.control import (
    CallId,
    ClearCallRequest,
    DeleteRecording,
    DialRequest,
)
from firmware.contract.errors import NotFound
from firmware.contract.message import DialString, LineId
from firmware.contract.texts import Text
from firmware.store.archive import Archive
from firmware.store.call_filter import CallFilter
from firmware.store.rows import CallRow, CallStory, RecordingState
from webui import sound
from webui.deps import DESK_STAFF, EVERYBODY, OWNER_ONLY, DeskDep, SessionDep

router = APIRouter(prefix="/calls", tags=["calls"], dependencies=[EVERYBODY])


class CallPage(BaseModel):
    calls: tuple[CallRow, ...]
    recorded: frozenset[str]
    """Which of them can be listened to."""
    with_voicemail: frozenset[str]
    next_before: str | None
    """Pass as `before` for the page of older calls; None at the end."""


class ToDial(BaseModel):
    phone: LineId
    called: DialString


class CallQuery(CallFilter):
    """Which calls, and which page of them."""

    before: CallId | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("")
async def list_calls(asked: Annotated[CallQuery, Query()], desk: DeskDep) -> CallPage:
    """Newest first."""
    return await asyncio.to_thread(_page, desk.archive, asked)


def _page(archive: Archive, asked: CallQuery) -> CallPage:
    def find(**more: bool) -> tuple[CallRow, ...]:
        return archive.calls(asked.model_copy(update=more), asked.before, asked.limit)

    calls = find()
    ids = {call.call_id for call in calls}
    return CallPage(
        calls=calls,
        recorded=ids & {call.call_id for call in find(recorded=True)},
        with_voicemail=ids & {call.call_id for call in find(voicemail=True)},
        next_before=calls[-1].call_id if len(calls) == asked.limit else None,
    )


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def dial(asked: ToDial, desk: DeskDep, session: SessionDep) -> None:
    """Ring one of our phones, then connect it to the number."""
    who = session.user.name
    await desk.link.ask(DialRequest(phone=asked.phone, called=asked.called, who=who))


@router.get("/{call_id}")
async def read_call(call_id: CallId, desk: DeskDep) -> CallStory:
    """The call, its legs, what happened on it step by step, and what was kept of it."""
    return await asyncio.to_thread(desk.archive.story, call_id)


@router.post("/{call_id}/clear", status_code=status.HTTP_202_ACCEPTED, dependencies=[DESK_STAFF])
async def clear_call(call_id: CallId, desk: DeskDep, session: SessionDep) -> None:
    """Hang up every leg of the call."""
    await desk.link.ask(ClearCallRequest(call_id=call_id, who=session.user.name))


@router.get("/{call_id}/recording", response_class=FileResponse, dependencies=[DESK_STAFF])
async def listen(
    call_id: CallId,
    desk: DeskDep,
    session: SessionDep,
    stretch: Annotated[str | None, Header(alias="range")] = None,
) -> FileResponse:
    """The sound, left the outside and right the office; honours Range, so players can seek."""
    path = await _file_of(call_id, desk)
    if sound.is_beginning(stretch):
        heard = Text(code="web.audit-listened-call", args={"call": call_id})
        await desk.note(session.user.name, heard)
    return sound.serve(path)


@router.get("/{call_id}/recording/peaks", dependencies=[DESK_STAFF])
async def read_peaks(call_id: CallId, desk: DeskDep) -> sound.Peaks:
    return await sound.peaks(await _file_of(call_id, desk))


@router.delete("/{call_id}/recording", status_code=204, dependencies=[OWNER_ONLY])
async def delete_recording(call_id: CallId, desk: DeskDep, session: SessionDep) -> None:
    await desk.link.ask(DeleteRecording(call_id=call_id, who=session.user.name))


async def _file_of(call_id: str, desk: DeskDep) -> Path:
    """Return the file of a packed recording. Raises NotFound for any other: no player knows it."""
    story = await asyncio.to_thread(desk.archive.story, call_id)
    if story.recording is None or story.recording.state is not RecordingState.PACKED:
        raise NotFound("web.no-such-sound")
    return desk.state / "recordings" / story.recording.file
