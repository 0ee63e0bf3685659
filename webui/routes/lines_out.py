"""Over which lines calls go out: their order, what they carry, what they cost, how much of it."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.lists import put_list
from firmware.config.model import Config
from firmware.config.number_kind import NumberKind
from firmware.config.plain import plain
from firmware.config.routes_out import LineOut
from firmware.contract.control import TakeSnapshot
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from firmware.contract.whereabouts import OfficeTime, TryDialling, WaysOut
from webui.chapter_edit import Based, unchanged
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.office_edit import change_office, live_office

router = APIRouter(prefix="/lines-out", tags=["dialling"], dependencies=[DESK_STAFF])


class Outside(BaseModel):
    id: str
    name: str


class LinesOut(BaseModel):
    """With no `chosen` line every one that can is used, in the order of the configuration."""

    version: int
    currency: str
    chosen: tuple[LineOut, ...]
    lines: list[Outside]
    kinds: list[NumberKind]
    extensions: list[Outside]


class LinesOutForm(Based):
    chosen: Annotated[tuple[LineOut, ...], Field(max_length=100)]


class DialTrial(BaseModel):
    """A call that might go out; `extension` None is a call flow's."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    extension: Annotated[str | None, Field(max_length=6)] = None
    at: OfficeTime


@router.get("")
async def read_lines_out(desk: DeskDep) -> LinesOut:
    config = await live_office(desk)
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    able = [line for line in config.lines if config.extension_of_device(line.id) is None]
    return LinesOut(
        version=snapshot.config_version,
        currency=config.office.currency,
        chosen=config.routes_out.lines,
        lines=[Outside(id=one.id, name=one.label or one.id) for one in able],
        kinds=list(NumberKind),
        extensions=[Outside(id=one.id, name=one.name) for one in config.extensions],
    )


@router.put("", status_code=204, dependencies=[OWNER_ONLY])
async def change_lines_out(asked: LinesOutForm, desk: DeskDep, session: SessionDep) -> None:
    """All of them in their order. 409 when somebody else changed them since `based_on`."""

    def work(text: str, _live: Config) -> str:
        return put_list(text, ("routes_out", "lines"), [plain(one) for one in asked.chosen])

    edit = unchanged(desk, asked.based_on, lambda config: config.routes_out, work)
    await change_office(desk, session, Text(code="web.note-lines-out-changed"), edit)


@router.post("/preview")
async def preview(asked: DialTrial, desk: DeskDep) -> WaysOut:
    """The lines such a call would try, or why it may not go out; nothing is dialled."""
    request = TryDialling(number=asked.number, extension=asked.extension, at=asked.at)
    return WaysOut.model_validate(await desk.link.ask(request))
