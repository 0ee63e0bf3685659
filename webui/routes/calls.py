"""Calls: those on record, one call's story, what people add to it, and deleting it for good."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, Field

from firmware.contract.call_requests import (
    AddCallNote,
    CallId,
    DeleteCall,
    DeleteRecording,
    NoteText,
    Reason,
    RemoveCallNote,
    StarCall,
)
from firmware.contract.control import ClearCallRequest, DialRequest
from firmware.contract.message import DialString, LineId
from firmware.store.call_filter import CallFilter
from firmware.store.call_rows import ListedCall
from firmware.store.rows import AuditRow, CallStory
from webui.call_rights import CallsDep, only_of
from webui.deps import DESK_STAFF, EVERYBODY, OWNER_ONLY, DeskDep, SessionDep

router = APIRouter(prefix="/calls", tags=["calls"], dependencies=[EVERYBODY])


class CallPage(BaseModel):
    calls: tuple[ListedCall, ...]
    next_before: str | None
    """Pass as `before` for the page of older calls; None at the end."""


class ToDial(BaseModel):
    phone: LineId
    called: DialString


class CallQuery(CallFilter):
    """Which calls, and which page of them."""

    before: CallId | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Star(BaseModel):
    starred: bool


class NewNote(BaseModel):
    text: NoteText


class NoteMade(BaseModel):
    note_id: CallId


class WhyDelete(BaseModel):
    reason: Reason
    """Stays in the log for ever."""


@router.get("")
async def list_calls(asked: Annotated[CallQuery, Query()], calls: CallsDep) -> CallPage:
    """Newest first. An agent sees the calls of their own extension."""
    found = await asyncio.to_thread(calls.page, asked, asked.before, asked.limit)
    more = len(found) == asked.limit
    return CallPage(calls=found, next_before=found[-1].call_id if more else None)


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def dial(asked: ToDial, desk: DeskDep, session: SessionDep) -> None:
    """Ring one of our phones, an agent's own, then connect it to the number."""
    user = session.user
    order = DialRequest(
        phone=asked.phone, called=asked.called, who=user.name, only_of=only_of(user)
    )
    await desk.link.ask(order)


@router.get("/{call_id}")
async def read_call(call_id: CallId, calls: CallsDep) -> CallStory:
    """The call, its legs, what happened on it step by step, and what was kept of it."""
    return await asyncio.to_thread(calls.story, call_id)


@router.delete("/{call_id}", status_code=204, dependencies=[OWNER_ONLY])
async def delete_call(
    call_id: CallId, why: WhyDelete, calls: CallsDep, desk: DeskDep, session: SessionDep
) -> None:
    """Record, story, notes, recording and messages; the log keeps that it was done and why."""
    await asyncio.to_thread(calls.story, call_id)
    who = session.user.name
    await desk.link.ask(DeleteCall(call_id=call_id, reason=why.reason, who=who))


@router.delete("/{call_id}/recording", status_code=204, dependencies=[OWNER_ONLY])
async def delete_recording(
    call_id: CallId, why: WhyDelete, calls: CallsDep, desk: DeskDep, session: SessionDep
) -> None:
    """The sound alone; the record of the call stays."""
    await asyncio.to_thread(calls.story, call_id)
    who = session.user.name
    await desk.link.ask(DeleteRecording(call_id=call_id, reason=why.reason, who=who))


@router.post("/{call_id}/clear", status_code=status.HTTP_202_ACCEPTED, dependencies=[DESK_STAFF])
async def clear_call(call_id: CallId, desk: DeskDep, session: SessionDep) -> None:
    """Hang up every leg of the call."""
    await desk.link.ask(ClearCallRequest(call_id=call_id, who=session.user.name))


@router.put("/{call_id}/star", status_code=204, dependencies=[DESK_STAFF])
async def star_call(
    call_id: CallId, star: Star, calls: CallsDep, desk: DeskDep, session: SessionDep
) -> None:
    """The recording of a starred call is kept however old it gets."""
    await asyncio.to_thread(calls.story, call_id)
    who = session.user.name
    await desk.link.ask(StarCall(call_id=call_id, starred=star.starred, who=who))


@router.post("/{call_id}/notes", status_code=201)
async def add_note(
    call_id: CallId, note: NewNote, calls: CallsDep, desk: DeskDep, session: SessionDep
) -> NoteMade:
    await asyncio.to_thread(calls.story, call_id)
    who = session.user.name
    made = await desk.link.ask(AddCallNote(call_id=call_id, text=note.text, who=who))
    return NoteMade.model_validate(made)


@router.delete("/{call_id}/notes/{note_id}", status_code=204)
async def remove_note(
    call_id: CallId, note_id: CallId, calls: CallsDep, desk: DeskDep, session: SessionDep
) -> None:
    """One's own, and nobody else's."""
    await asyncio.to_thread(calls.story, call_id)
    who = session.user.name
    await desk.link.ask(RemoveCallNote(call_id=call_id, note_id=note_id, who=who))


@router.get("/{call_id}/log", dependencies=[DESK_STAFF])
async def read_log(call_id: CallId, calls: CallsDep, desk: DeskDep) -> tuple[AuditRow, ...]:
    """Who listened to it, took it away or changed it, the first first."""
    await asyncio.to_thread(calls.story, call_id)
    return await asyncio.to_thread(desk.archive.handling, call_id)
