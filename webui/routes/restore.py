"""Restoring a backup on a box that has no owner yet: a plain form, like the claim beside it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from anyio import to_thread
from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response

from firmware.backup.key import as_typed
from firmware.backup.refusal import BackupRefused, disk_fault
from firmware.contract.errors import RequestRefused, TipringError
from firmware.contract.texts import Text
from webui import auth
from webui.accounts import AlreadyClaimed
from webui.deps import Desk, DeskDep, LanguageDep, address_of, language_of
from webui.entry_pages import EntryForm, Field, notice
from webui.problems import status_of
from webui.restoring import UPLOAD, has_room, restore_with_owner
from webui.routes.entry import CLAIM, SEE_OTHER
from webui.sent_form import FormRefused, receive_form

router = APIRouter(include_in_schema=False)

RESTORE: Final = EntryForm(
    "restore",
    (
        *CLAIM.fields,
        Field("key", "web.field-backup-key", hint=Text(code="web.backup-key-hint")),
        Field("backup", "web.field-backup", "file", hint=Text(code="web.backup-file-hint")),
    ),
    ("/claim", "web.restore-not"),
    uploads=True,
)
ONWARD_AFTER_S: Final = 20
_ONE_AT_A_TIME: Final = asyncio.Lock()


@router.get("/claim/restore")
def restore_form(desk: DeskDep, language: LanguageDep) -> Response:
    if desk.accounts.claimed():
        return RedirectResponse("/login", SEE_OTHER)
    return RESTORE.page(language)


@router.post("/claim/restore")
async def restore(desk: DeskDep, request: Request, after: BackgroundTasks) -> Response:
    """Show what was wrong above the form, or that the box starts anew."""
    language = language_of(request)
    try:
        async with _turn():
            await _restore(desk, request)
    except TipringError as error:
        return RESTORE.page(language, error.text, status_of(error))
    after.add_task(desk.restart)
    page = notice("restored", language, "/login", ONWARD_AFTER_S)
    page.background = after
    return page


@asynccontextmanager
async def _turn() -> AsyncIterator[None]:
    """One restore at a time; a second is told so and does not wait."""
    if _ONE_AT_A_TIME.locked():
        raise RequestRefused("backup.being-restored")
    async with _ONE_AT_A_TIME:
        yield


async def _restore(desk: Desk, request: Request) -> None:
    target = desk.state / UPLOAD

    async def check(fields: Mapping[str, str]) -> None:
        await to_thread.run_sync(_check, desk, address_of(request), fields)
        size = int(request.headers.get("content-length", "0"))
        if not await to_thread.run_sync(has_room, desk.state, size):
            raise BackupRefused("backup.disk-full", file=UPLOAD)

    try:
        kind = request.headers.get("content-type", "")
        fields = await receive_form(kind, request.stream(), target, check)
        if await to_thread.run_sync(desk.accounts.claimed):  # by somebody quicker, meanwhile
            raise AlreadyClaimed("web.already-claimed")
        secret, owner = as_typed(fields["key"]), (fields["name"].strip(), fields["password"])
        await to_thread.run_sync(restore_with_owner, desk.state, target, secret, owner)
    except OSError as fault:
        raise disk_fault(fault, UPLOAD) from fault
    finally:
        target.unlink(missing_ok=True)


def _check(desk: Desk, address: str, fields: Mapping[str, str]) -> None:
    """Before anything is kept: the console's code, the key's form and the new password."""
    wanted = {"code", "key", "name", "password", "again"}
    if not wanted <= fields.keys():
        raise FormRefused("web.bad-request")
    auth.may_restore(desk, address, fields["code"])
    as_typed(fields["key"])
    auth.check_new_password(fields["name"].strip(), (fields["password"], fields["again"]))
