"""Sounds for prompts: uploaded once, named in the configuration by their content."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Annotated

import soundfile
from fastapi import APIRouter, File, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from firmware.config.office import Language
from firmware.contract.errors import StorageFault
from firmware.contract.flow_requests import (
    FlowUlid,
    PromptRecordingView,
    ReadPromptRecording,
    RecordPrompt,
)
from firmware.contract.message import LineId
from firmware.contract.texts import Text
from firmware.prompts.library import FOLDER, PromptLibrary
from webui.deps import DESK_STAFF, DeskDep, SessionDep
from webui.sound import serve

router = APIRouter(prefix="/prompts", tags=["prompts"], dependencies=[DESK_STAFF])

SoundHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SoundView(BaseModel):
    sound: str
    """What `sound =` of a prompt is to be."""
    duration_ms: int


class ToSpeak(BaseModel):
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    language: Language


class ToRecord(BaseModel):
    phone: LineId


@router.post("/spoken", status_code=201)
async def speak(asked: ToSpeak, desk: DeskDep) -> SoundView:
    """Speak typed text as callers will hear it; nothing is changed but the sound is kept."""
    sound = await PromptLibrary(desk.state).speak(asked.text, asked.language)
    return await asyncio.to_thread(_view, sound, desk.state / FOLDER)


@router.post("/recordings", status_code=201)
async def record_by_phone(
    asked: ToRecord, desk: DeskDep, session: SessionDep
) -> PromptRecordingView:
    """Ring a phone of the office; what is said into it after the tone becomes a sound."""
    request = RecordPrompt(phone=asked.phone, who=session.user.name)
    return PromptRecordingView.model_validate(await desk.link.ask(request))


@router.get("/recordings/{recording_id}")
async def read_recording(recording_id: FlowUlid, desk: DeskDep) -> PromptRecordingView:
    """How far it is; ask again until it is ready or failed."""
    request = ReadPromptRecording(recording_id=recording_id)
    return PromptRecordingView.model_validate(await desk.link.ask(request))


@router.get("/sounds/{sound_hash}", response_class=FileResponse)
async def hear(sound_hash: SoundHash, desk: DeskDep) -> FileResponse:
    return serve(desk.state / FOLDER / f"{sound_hash}.wav")


@router.post("", status_code=201)
async def upload(
    file: Annotated[UploadFile, File()], desk: DeskDep, session: SessionDep
) -> SoundView:
    """Bring a sound into the box's own form, whatever it came in."""
    name = (file.filename or "?")[:80]
    content = await file.read()
    part = await asyncio.to_thread(_set_down, content, desk.state / FOLDER)
    try:
        sound = await PromptLibrary(desk.state).take_upload(part, name)
    finally:
        await asyncio.to_thread(part.unlink)
    await desk.note(session.user.name, Text(code="web.audit-uploaded", args={"name": name}))
    return await asyncio.to_thread(_view, sound, desk.state / FOLDER)


def _set_down(content: bytes, folder: Path) -> Path:
    """Put the upload where the worker that converts it can read it. Raises StorageFault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, path = tempfile.mkstemp(prefix=".upload-", dir=folder.absolute())
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise StorageFault("web.sound-not-kept", why=error.strerror or "") from None
    return Path(path)


def _view(sound: str, folder: Path) -> SoundView:
    facts = soundfile.info(str(folder / f"{sound}.wav"))
    return SoundView(sound=sound, duration_ms=1000 * facts.frames // facts.samplerate)
