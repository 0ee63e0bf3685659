"""Whether the office is open: by its hours, or as somebody switched it."""

from fastapi import APIRouter
from pydantic import BaseModel

from firmware.contract.control import SwitchOpening
from firmware.contract.views import Opening
from webui.deps import DESK_STAFF, DeskDep, SessionDep

router = APIRouter(prefix="/opening", tags=["opening"], dependencies=[DESK_STAFF])


class ToSwitch(BaseModel):
    to: Opening


@router.put("", status_code=204)
async def switch_opening(asked: ToSwitch, desk: DeskDep, session: SessionDep) -> None:
    """The same as the codes on a phone; what it is now stands in the snapshot."""
    await desk.link.ask(SwitchOpening(to=asked.to, who=session.user.name))
