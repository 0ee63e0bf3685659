"""What callers answered to the forms of call flows: read with their call, and listened to."""

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import FileResponse

from firmware.contract.call_requests import CallId
from firmware.contract.errors import NotFound
from firmware.contract.texts import Text
from firmware.store.flow_rows import FormAnswerRow
from webui import sound
from webui.deps import DESK_STAFF, DeskDep, SessionDep

router = APIRouter(prefix="/form-answers", tags=["calls"], dependencies=[DESK_STAFF])

AnswerId = CallId  # both are ULIDs


@router.get("")
async def read_answers(call_id: CallId, desk: DeskDep) -> tuple[FormAnswerRow, ...]:
    """All answers of one call, in the order they were given."""
    return await asyncio.to_thread(desk.archive.form_answers, call_id)


@router.get("/{answer_id}/audio", response_class=FileResponse)
async def listen(
    answer_id: AnswerId,
    desk: DeskDep,
    session: SessionDep,
    stretch: Annotated[str | None, Header(alias="range")] = None,
) -> FileResponse:
    path = await _file_of(answer_id, desk)
    if sound.is_beginning(stretch):
        heard = Text(code="web.audit-listened-answer", args={"answer": answer_id})
        await desk.note(session.user.name, heard)
    return sound.serve(path)


@router.get("/{answer_id}/peaks")
async def read_peaks(answer_id: AnswerId, desk: DeskDep) -> sound.Peaks:
    return await sound.peaks(await _file_of(answer_id, desk))


async def _file_of(answer_id: str, desk: DeskDep) -> Path:
    """Raises NotFound, also for digits and in the moment before the answer is packed."""
    row = await asyncio.to_thread(desk.archive.form_answer, answer_id)
    if row.file is None or Path(row.file).suffix not in sound.MEDIA_TYPES:
        raise NotFound("web.no-such-sound")
    return desk.state / "voicemail" / row.file
