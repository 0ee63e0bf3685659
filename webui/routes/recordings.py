"""Recordings and lists of calls, to hear and to take away. Goes before `calls`: same prefix."""

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query
from fastapi.responses import FileResponse, Response, StreamingResponse
from pydantic import Field

from firmware.config.office_names import OfficeNames
from firmware.contract.call_requests import CallId
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.texts import Text
from firmware.store.call_filter import CallFilter
from firmware.store.call_rows import ListedCall
from firmware.store.rows import CallRow, RecordingRow, RecordingState
from webui import sound
from webui.call_rights import CallsDep, CallsInSight
from webui.call_table import TableForm, table_of, zone_named
from webui.deps import DESK_STAFF, EVERYBODY, Desk, DeskDep, LanguageDep, SessionDep
from webui.office_names_now import names_now
from webui.recording_files import TakenFile, as_wav, file_name, zipped

router = APIRouter(prefix="/calls", tags=["calls"], dependencies=[EVERYBODY])

MOST_IN_ZIP: Final = 500
MOST_BYTES_IN_ZIP: Final = 4 << 30
"""About 300 hours of talking."""


class SoundForm(StrEnum):
    FLAC = "flac"
    WAV = "wav"


class TableQuery(CallFilter):
    zone: Annotated[str, Field(min_length=1, max_length=60)] = "UTC"
    """In whose clock the times are, e.g. Europe/London."""


@router.get("/names")
async def read_names(desk: DeskDep) -> OfficeNames:
    """What lines, people, groups and mailboxes are called, by the ids that calls have."""
    return await names_now(desk)


@router.get(
    "/table.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_table(
    asked: Annotated[TableQuery, Query()],
    calls: CallsDep,
    desk: DeskDep,
    session: SessionDep,
    language: LanguageDep,
) -> StreamingResponse:
    """Every call that is wanted, newest first, for a spreadsheet."""
    form = TableForm(
        session.user.language or language, zone_named(asked.zone), await names_now(desk)
    )
    await desk.note(session.user.name, Text(code="web.audit-exported-calls"))
    return StreamingResponse(
        table_of(calls.all(asked), form),
        media_type="text/csv; charset=utf-8",
        headers=_as_file(f"calls-{datetime.now(form.zone):%Y-%m-%d}.csv"),
    )


@router.get(
    "/recordings.zip",
    response_class=StreamingResponse,
    dependencies=[DESK_STAFF],
    responses={200: {"content": {"application/zip": {}}}},
)
async def export_recordings(
    asked: Annotated[CallFilter, Query()], calls: CallsDep, desk: DeskDep, session: SessionDep
) -> StreamingResponse:
    """The recordings of the calls that are wanted; too many at once are refused."""
    found = await asyncio.to_thread(_recordings, calls, asked)
    if not found:
        raise NotFound("web.no-such-sound")
    if len(found) > MOST_IN_ZIP or sum(row.bytes for _, row in found) > MOST_BYTES_IN_ZIP:
        raise RequestRefused("web.too-many-recordings", most=MOST_IN_ZIP)
    ids = tuple(call.call_id for call, _ in found)
    await desk.hearings.note_taken(session.user.name, ids)
    files = (TakenFile(desk.state / "recordings" / row.file, _name_of(call)) for call, row in found)
    name = f"recordings-{datetime.now(UTC):%Y-%m-%d}.zip"
    return StreamingResponse(zipped(files), media_type="application/zip", headers=_as_file(name))


def _recordings(calls: CallsInSight, asked: CallFilter) -> list[tuple[ListedCall, RecordingRow]]:
    """Return the packed recordings, at most one more than fits into a ZIP."""
    wanted = asked.model_copy(update={"recorded": True})
    found = calls.page(wanted, limit=MOST_IN_ZIP)
    more = calls.page(wanted, found[-1].call_id, 1) if len(found) == MOST_IN_ZIP else ()
    rows = calls.archive.recordings_of(tuple(call.call_id for call in (*found, *more)))
    return [(call, rows[call.call_id]) for call in (*found, *more) if call.call_id in rows]


@router.get("/{call_id}/recording", response_class=FileResponse, dependencies=[DESK_STAFF])
async def listen(
    call_id: CallId,
    calls: CallsDep,
    desk: DeskDep,
    session: SessionDep,
    stretch: Annotated[str | None, Header(alias="range")] = None,
) -> FileResponse:
    """The sound, left the outside and right the office; honours Range, so players can seek."""
    path = await _file_of(call_id, calls, desk)
    await desk.hearings.note(session.id_hash, session.user.name, call_id, stretch)
    return sound.serve(path)


@router.get(
    "/{call_id}/recording/file",
    response_class=StreamingResponse,
    dependencies=[DESK_STAFF],
    responses={200: {"content": {"audio/flac": {}, "audio/wav": {}}}},
)
async def take_recording(
    call_id: CallId,
    calls: CallsDep,
    desk: DeskDep,
    session: SessionDep,
    form: SoundForm = SoundForm.FLAC,
) -> Response:
    """The sound as a file to keep; WAV for what does not know FLAC."""
    path = await _file_of(call_id, calls, desk)
    story = await asyncio.to_thread(calls.story, call_id)
    headers = _as_file(f"{_name_of(story.call)}.{form}")
    parts = await asyncio.to_thread(as_wav, path) if form is SoundForm.WAV else None
    await desk.hearings.note_taken(session.user.name, (call_id,))
    if parts is None:
        return FileResponse(path, media_type="audio/flac", headers=headers)
    return StreamingResponse(parts, media_type="audio/wav", headers=headers)


@router.get("/{call_id}/recording/peaks", dependencies=[DESK_STAFF])
async def read_peaks(call_id: CallId, calls: CallsDep, desk: DeskDep) -> sound.Peaks:
    return await sound.peaks(await _file_of(call_id, calls, desk))


async def _file_of(call_id: str, calls: CallsInSight, desk: Desk) -> Path:
    """Return the file of a packed recording. Raises NotFound for any other: no player knows it."""
    story = await asyncio.to_thread(calls.story, call_id)
    if story.recording is None or story.recording.state is not RecordingState.PACKED:
        raise NotFound("web.no-such-sound")
    path = desk.state / "recordings" / story.recording.file
    if not await asyncio.to_thread(path.is_file):
        raise NotFound("web.no-such-sound")
    return path


def _name_of(call: CallRow) -> str:
    began = call.began_at.strftime("%Y-%m-%d %H.%M.%S")
    return file_name(began, call.calling if call.incoming else call.called)


def _as_file(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
