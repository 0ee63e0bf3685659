"""Bundles: those that wait to be judged, what became of the last, and this box as a bundle."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel

from firmware.bundle.advice import advice
from firmware.bundle.incoming import leave_upload
from firmware.bundle.making import Wishes, bundle_of_box
from firmware.bundle.refusal import BundleRefused, shown
from firmware.bundle.taking import look_at
from firmware.contract.bundles import (
    AcceptBundle,
    BundleId,
    BundleResult,
    BundleSource,
    BundleView,
    DropBundle,
    ListBundles,
)
from firmware.contract.errors import ConfigurationRefused, RequestRefused
from firmware.contract.texts import Text
from webui.deps import OWNER_ONLY, PROVED, Desk, DeskDep, SessionDep

router = APIRouter(prefix="/bundles", tags=["bundles"], dependencies=[OWNER_ONLY])

BUNDLE_TYPE: Final = "application/zip"
TAKING_S: Final = 60.0
"""Sounds are written to a card, and a whole configuration is checked."""


class WaitingBundle(BaseModel):
    """`brings` is what a receptionist asks first, `changes` every setting in one sentence."""

    bundle_id: BundleId
    source: BundleSource
    signed_by: str | None
    serial: int
    made_at: AwareDatetime
    names_owner: bool
    """Of no account here: this box has an owner."""
    sounds: int
    contacts: int
    brings: list[Text]
    changes: list[Text]


class Result(BaseModel):
    at: AwareDatetime
    taken: bool
    text: Text
    faults: list[Text]
    """All that was found, where that is more than `text`."""
    advice: Text | None
    """What to do about it."""


class Bundles(BaseModel):
    """`last` is what became of the last bundle or stick."""

    waiting: list[WaitingBundle]
    last: Result | None


class TakenBundle(BaseModel):
    version: int


class UploadRefused(ConfigurationRefused):
    """`text` says why; the faults end with what to do."""

    def __init__(self, why: tuple[Text, ...]) -> None:
        super().__init__((*why[1:], advice(why[0])))
        self.text = why[0]


@router.get("")
async def list_bundles(desk: DeskDep) -> Bundles:
    return await _listed(desk)


@router.post("", status_code=201)
async def upload_bundle(
    file: Annotated[UploadFile, File()], desk: DeskDep, session: SessionDep
) -> WaitingBundle:
    """Lay a bundle before the box: nothing changes until it is accepted. 422 says what is wrong."""
    content = await file.read()
    await asyncio.to_thread(_refuse_unusable, desk, content)
    bundle_id = await asyncio.to_thread(leave_upload, desk.state, content)
    name = shown(file.filename or "?")
    await desk.note(session.user.name, Text(code="web.audit-uploaded-bundle", args={"name": name}))
    listed = await _listed(desk)
    found = next((one for one in listed.waiting if one.bundle_id == bundle_id), None)
    if found is None:  # nothing in it is new, so there is nothing to ask
        raise RequestRefused("bundle.same")
    return found


@router.post("/{bundle_id}/accept", dependencies=[PROVED])
async def accept_bundle(bundle_id: BundleId, desk: DeskDep, session: SessionDep) -> TakenBundle:
    """Make it live at once, as a version that can be taken back."""
    answer = await desk.link.ask(AcceptBundle(bundle_id=bundle_id, who=session.user.name), TAKING_S)
    return TakenBundle.model_validate(answer)


@router.delete("/{bundle_id}", status_code=204)
async def drop_bundle(bundle_id: BundleId, desk: DeskDep, session: SessionDep) -> None:
    """Refuse it: the file is gone, nothing else changes."""
    await desk.link.ask(DropBundle(bundle_id=bundle_id, who=session.user.name))


@router.get("/export", response_class=Response, responses={200: {"content": {BUNDLE_TYPE: {}}}})
async def export_bundle(desk: DeskDep, session: SessionDep) -> Response:
    """This box's configuration and sounds as a bundle nobody signed; secrets stay here."""
    now = datetime.now(UTC)
    made = await asyncio.to_thread(bundle_of_box, desk.state, now, Wishes())
    await desk.note(session.user.name, Text(code="web.audit-exported"))
    name = f"tipring-{now:%Y-%m-%d}.tipring"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.data, media_type=BUNDLE_TYPE, headers=headers)


def _refuse_unusable(desk: Desk, content: bytes) -> None:
    """Say at once what is wrong, before the exchange is asked. Raises UploadRefused."""
    try:
        look_at(desk.state, content)
    except BundleRefused as refused:
        raise UploadRefused((refused.text,)) from None
    except ConfigurationRefused as refused:
        raise UploadRefused(refused.faults) from None


async def _listed(desk: Desk) -> Bundles:
    answer = _Listed.model_validate(await desk.link.ask(ListBundles(), TAKING_S))
    return Bundles(
        waiting=[_waiting(one) for one in answer.bundles],
        last=_result(answer.last) if answer.last else None,
    )


class _Listed(BaseModel):
    bundles: tuple[BundleView, ...]
    last: BundleResult | None


def _waiting(view: BundleView) -> WaitingBundle:
    """The hash of an owner's password stays behind."""
    plain = view.model_dump(exclude={"owner"})
    return WaitingBundle(names_owner=view.owner is not None, **plain)


def _result(last: BundleResult) -> Result:
    return Result(
        at=last.at,
        taken=last.taken,
        text=last.text,
        faults=list(last.faults[1:]),
        advice=None if last.taken else advice(last.text),
    )
