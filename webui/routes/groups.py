"""Groups: extensions that ring together or in order."""

from fastapi import APIRouter
from pydantic import BaseModel

from firmware.config.chapter import Name
from firmware.config.entries import put_entry, remove_entry
from firmware.config.extensions import RingGroup
from firmware.config.model import Config
from firmware.config.plain import plain
from firmware.contract.control import TakeSnapshot
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from webui.chapter_edit import Based, unchanged
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.office_edit import change_office, live_office

router = APIRouter(prefix="/groups", tags=["extensions"], dependencies=[DESK_STAFF])


class Groups(BaseModel):
    version: int
    groups: tuple[RingGroup, ...]


class GroupForm(Based):
    group: RingGroup


@router.get("")
async def list_groups(desk: DeskDep) -> Groups:
    config = await live_office(desk)
    snapshot = Snapshot.model_validate(await desk.link.ask(TakeSnapshot()))
    return Groups(version=snapshot.config_version, groups=config.groups)


@router.put("/{group_id}", status_code=204, dependencies=[OWNER_ONLY])
async def put_group(group_id: Name, asked: GroupForm, desk: DeskDep, session: SessionDep) -> None:
    """Make or change a group. 409 when somebody else changed it since `based_on`."""
    if asked.group.id != group_id:
        raise RequestRefused("web.group-has-another-name", group=group_id)

    def work(text: str, _live: Config) -> str:
        values = dict.fromkeys(RingGroup.model_fields) | plain(asked.group)
        del values["id"]
        return put_entry(text, "groups", group_id, values)

    edit = unchanged(desk, asked.based_on, lambda config: config.group(group_id), work)
    note = Text(code="web.note-group-changed", args={"group": asked.group.name or group_id})
    await change_office(desk, session, note, edit)


@router.delete("/{group_id}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_group(group_id: Name, desk: DeskDep, session: SessionDep) -> None:
    """Refused while a rule or a flow rings it."""

    def work(text: str, live: Config) -> str:
        if live.group(group_id) is None:
            raise NotFound("web.no-such-group", group=group_id)
        return remove_entry(text, "groups", group_id)

    note = Text(code="web.note-group-removed", args={"group": group_id})
    await change_office(desk, session, note, work)
