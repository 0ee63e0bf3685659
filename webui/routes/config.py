"""The configuration as text: check while typing, apply, confirm, go back, compare."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from firmware.config.history import Version
from firmware.config.load import refuse_too_long
from firmware.contract.control import (
    ApplyConfig,
    CheckConfig,
    ConfirmConfig,
    RestoreConfig,
    TakeSnapshot,
)
from firmware.contract.errors import ConfigurationRefused
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from webui.dear_dialling import want_proof
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, LanguageDep, SessionDep
from webui.office_edit import trial_of
from webui.problems import Fault

router = APIRouter(prefix="/config", tags=["config"], dependencies=[DESK_STAFF])

LAST_VERSION: Final = 10**9
VersionNumber = Annotated[int, Field(ge=0, le=LAST_VERSION)]
OtherVersion = Annotated[int | None, Query(ge=1, le=LAST_VERSION)]


class ConfigView(BaseModel):
    toml: str
    version: int
    unconfirmed_until: AwareDatetime | None = None


class ToCheck(BaseModel):
    toml: str


class CheckResult(BaseModel):
    """No faults: it may go live. Each fault names `key`, and `line` where it has one."""

    faults: list[Fault]


class ToApply(BaseModel):
    toml: str
    comment: Annotated[str, Field(max_length=200)] = ""
    based_on: int | None = None
    confirm_within_s: Annotated[int | None, Field(ge=10, le=3600)] = None


class Applied(BaseModel):
    version: int
    unconfirmed_until: AwareDatetime | None = None


class ToConfirm(BaseModel):
    version: int


class VersionText(BaseModel):
    version: int
    toml: str


class Difference(BaseModel):
    """A unified diff, empty when the two are the same; and the same in sentences."""

    text: str
    changes: tuple[Text, ...] = ()


@router.get("")
async def read_config(desk: DeskDep) -> ConfigView:
    snapshot = await _snapshot(desk)
    return ConfigView(
        toml=await asyncio.to_thread(desk.history.live_text),
        version=snapshot.config_version,
        unconfirmed_until=snapshot.config_unconfirmed_until,
    )


@router.post("/check")
async def check_config(asked: ToCheck, desk: DeskDep, language: LanguageDep) -> CheckResult:
    """Nothing changes; the faults are worded in the reader's language."""
    try:
        refuse_too_long(asked.toml)
    except ConfigurationRefused as refused:
        return CheckResult(faults=[Fault.of(fault, language) for fault in refused.faults])
    answer = await desk.link.ask(CheckConfig(toml=asked.toml))
    faults = answer.get("faults") if isinstance(answer, dict) else None
    texts = [Text.model_validate(fault) for fault in faults] if isinstance(faults, list) else []
    return CheckResult(faults=[Fault.of(text, language) for text in texts])


@router.post("/apply", dependencies=[OWNER_ONLY])
async def apply_config(asked: ToApply, desk: DeskDep, session: SessionDep) -> Applied:
    """Live at once; goes back by itself unless confirmed in time, where that was asked for."""
    refuse_too_long(asked.toml)
    await want_proof(desk, session, asked.toml)
    await desk.link.ask(ApplyConfig(who=session.user.name, **asked.model_dump()))
    return await _applied(desk)


@router.post("/confirm", dependencies=[OWNER_ONLY])
async def confirm_config(asked: ToConfirm, desk: DeskDep, session: SessionDep) -> Applied:
    await desk.link.ask(ConfirmConfig(version=asked.version, who=session.user.name))
    return await _applied(desk)


@router.get("/versions")
async def list_versions(desk: DeskDep) -> tuple[Version, ...]:
    """Newest first."""
    return await asyncio.to_thread(desk.history.versions)


@router.get("/versions/{version}")
async def read_version(version: VersionNumber, desk: DeskDep) -> VersionText:
    return VersionText(version=version, toml=await asyncio.to_thread(desk.history.text_of, version))


@router.get("/versions/{version}/difference")
async def read_difference(
    version: VersionNumber,
    desk: DeskDep,
    to: OtherVersion = None,
) -> Difference:
    """What changed from `to`, else from the version before, to this one."""
    return await asyncio.to_thread(
        lambda: Difference(
            text=desk.history.difference(version, to), changes=desk.history.changes(version, to)
        )
    )


@router.post("/versions/{version}/restore", dependencies=[OWNER_ONLY])
async def restore_version(version: VersionNumber, desk: DeskDep, session: SessionDep) -> Applied:
    """Make an earlier version live again, as a new one; on trial where it could lock one out."""
    text = await asyncio.to_thread(desk.history.text_of, version)
    await want_proof(desk, session, text)
    within_s = await asyncio.to_thread(trial_of, desk, text)
    request = RestoreConfig(version=version, who=session.user.name, confirm_within_s=within_s)
    await desk.link.ask(request)
    return await _applied(desk)


async def _snapshot(desk: DeskDep) -> Snapshot:
    return Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))


async def _applied(desk: DeskDep) -> Applied:
    snapshot = await _snapshot(desk)
    return Applied(
        version=snapshot.config_version, unconfirmed_until=snapshot.config_unconfirmed_until
    )
