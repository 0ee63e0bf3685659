"""Messages callers left: list, listen, mark, delete."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel

from firmware.contract.call_requests import CallId
from firmware.contract.control import DeleteVoicemail, MarkVoicemail
from firmware.contract.errors import NotFound
from firmware.contract.texts import Text
from firmware.store.rows import VoicemailRow
from webui import sound
from webui.deps import DESK_STAFF, DeskDep, SessionDep
from webui.mailbox_names import mailbox_names

router = APIRouter(prefix="/voicemail", tags=["voicemail"], dependencies=[DESK_STAFF])

VoicemailId = CallId  # both are ULIDs


class Mark(BaseModel):
    heard: bool


class VoicemailView(VoicemailRow):
    """A message; `mailbox_name` is the mailbox as the office calls it today, else its id."""

    mailbox_name: str


@router.get("")
async def list_voicemail(
    desk: DeskDep,
    mailbox: Annotated[str | None, Query(max_length=40)] = None,
    heard: bool | None = None,
    before: CallId | None = None,
) -> tuple[VoicemailView, ...]:
    """Newest first, 100 at a time."""
    rows = await asyncio.to_thread(desk.archive.voicemails, mailbox, heard, before, 100)
    names = mailbox_names(await asyncio.to_thread(desk.history.live_text))
    return tuple(
        VoicemailView(**dict(row), mailbox_name=names.get(row.mailbox, row.mailbox)) for row in rows
    )


@router.get("/{voicemail_id}/audio", response_class=FileResponse)
async def listen(
    voicemail_id: VoicemailId,
    desk: DeskDep,
    session: SessionDep,
    stretch: Annotated[str | None, Header(alias="range")] = None,
) -> FileResponse:
    path = await _file_of(voicemail_id, desk)
    if sound.is_beginning(stretch):
        heard = Text(code="web.audit-listened-voicemail", args={"voicemail": voicemail_id})
        await desk.note(session.user.name, heard)
    return sound.serve(path)


@router.get("/{voicemail_id}/peaks")
async def read_peaks(voicemail_id: VoicemailId, desk: DeskDep) -> sound.Peaks:
    return await sound.peaks(await _file_of(voicemail_id, desk))


@router.put("/{voicemail_id}/heard", status_code=204)
async def mark(voicemail_id: VoicemailId, asked: Mark, desk: DeskDep, session: SessionDep) -> None:
    who = session.user.name
    await desk.link.ask(MarkVoicemail(voicemail_id=voicemail_id, heard=asked.heard, who=who))


@router.delete("/{voicemail_id}", status_code=204)
async def delete(voicemail_id: VoicemailId, desk: DeskDep, session: SessionDep) -> None:
    await desk.link.ask(DeleteVoicemail(voicemail_id=voicemail_id, who=session.user.name))


async def _file_of(voicemail_id: str, desk: DeskDep) -> Path:
    """Raises NotFound, also in the moment before the message is packed."""
    row = await asyncio.to_thread(desk.archive.voicemail, voicemail_id)
    if Path(row.file).suffix not in sound.MEDIA_TYPES:
        raise NotFound("web.no-such-sound")
    return desk.state / "voicemail" / row.file
