"""Backups: what there is, the plan, one now, the key for its sheet, and taking one away."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, status
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from firmware.backup.key import new_secret
from firmware.backup.shelf import file_of
from firmware.config.backup import Backup
from firmware.config.entries import put_table
from firmware.config.timetables import Weekday
from firmware.contract.backups import (
    BackupName,
    BackupsView,
    DeleteBackup,
    ListBackups,
    MakeBackup,
    SetBackupKey,
)
from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text
from webui.deps import OWNER_ONLY, PROVED, Desk, DeskDep, SessionDep
from webui.office_edit import change_office, live_office
from webui.qr_code import svg_path

router = APIRouter(prefix="/backups", tags=["backups"], dependencies=[OWNER_ONLY])


class Plan(BaseModel):
    every: Literal["never", "day", "week"]
    weekday: Weekday
    hour: Annotated[int, Field(ge=0, le=23)]
    """Of the office's clock."""
    keep: Annotated[int, Field(ge=1, le=60)]
    recordings: bool
    folder: Annotated[str, Field(max_length=200)]
    """A mounted disk that gets a copy; "" for none."""


class BackupsPage(BaseModel):
    now: BackupsView
    plan: Plan


class ToMake(BaseModel):
    recordings: bool


class EmergencySheet(BaseModel):
    """Shown this once: the box does not keep the key."""

    number: str
    key: tuple[str, ...]
    """Groups of five characters."""
    qr: str
    """The key as the dark modules of a QR code, an SVG path."""
    qr_size: int
    office: str
    made_at: datetime


@router.get("")
async def read_backups(desk: DeskDep) -> BackupsPage:
    plan = (await live_office(desk)).backup
    return BackupsPage(now=await _now(desk), plan=Plan(**plan.model_dump()))


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def make_backup(asked: ToMake, desk: DeskDep, session: SessionDep) -> None:
    """Begin one; the list tells how it goes on."""
    await desk.link.ask(MakeBackup(recordings=asked.recordings, who=session.user.name))


@router.put("/plan", status_code=204)
async def change_plan(plan: Plan, desk: DeskDep, session: SessionDep) -> None:
    """With a plan and no backup yet, the first one is made at once."""
    if plan.every != "never" and (await _now(desk)).sheet is None:
        raise RequestRefused("backup.no-key")
    usual = Backup().model_dump(mode="json")
    wanted = plan.model_dump(mode="json")
    values = {name: None if one == usual[name] else one for name, one in wanted.items()}
    note = Text(code="web.backup-plan-changed")
    await change_office(
        desk, session, note, lambda text, _config: put_table(text, "backup", values)
    )


@router.post("/key", status_code=201, dependencies=[PROVED])
async def make_key(desk: DeskDep, session: SessionDep) -> EmergencySheet:
    """From now on backups open with this one; those before need the sheet they were made for."""
    secret = new_secret()
    office = (await live_office(desk)).office.name
    await desk.link.ask(SetBackupKey(public=secret.public().hex(), who=session.user.name))
    size, path = svg_path(secret.shown().replace(" ", ""))
    return EmergencySheet(
        number=secret.sheet,
        key=tuple(secret.shown().split(" ")),
        qr=path,
        qr_size=size,
        office=office,
        made_at=datetime.now(UTC),
    )


@router.post("/{name}/download", status_code=204, dependencies=[PROVED])
async def may_download(name: BackupName, desk: DeskDep) -> None:
    """Whether a browser that is sent there now gets the file."""
    await asyncio.to_thread(file_of, desk.state, name)


@router.get("/{name}", response_class=FileResponse, dependencies=[PROVED])
async def download(name: BackupName, desk: DeskDep, session: SessionDep) -> FileResponse:
    path = await asyncio.to_thread(file_of, desk.state, name)
    await desk.note(
        session.user.name, Text(code="web.audit-downloaded-backup", args={"file": name})
    )
    return FileResponse(path, media_type="application/octet-stream", filename=name)


@router.delete("/{name}", status_code=204, dependencies=[PROVED])
async def delete_backup(name: BackupName, desk: DeskDep, session: SessionDep) -> None:
    await desk.link.ask(DeleteBackup(name=name, who=session.user.name))


async def _now(desk: Desk) -> BackupsView:
    return BackupsView.model_validate(await desk.link.ask(ListBackups()))
