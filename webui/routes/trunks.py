"""SIP trunks: the office's accounts with providers, and gateways that carry outside calls."""

import asyncio
from typing import Annotated, Any, Final, Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.entries import put_entry, remove_entry
from firmware.config.model import Config
from firmware.contract.errors import NotFound
from firmware.contract.message import LineId
from firmware.contract.settings import SipTrunkSettings
from firmware.contract.texts import Text
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.extension_edit import in_e164
from webui.office_edit import change_office, live_office
from webui.sip_account import free_name, line_ids

router = APIRouter(prefix="/trunks", tags=["trunks"], dependencies=[DESK_STAFF])

DEFAULTS: Final[dict[str, Any]] = {
    name: field.default for name, field in SipTrunkSettings.model_fields.items()
}


class TrunkFields(BaseModel):
    """What the provider's letter says; the configuration's own rules judge it."""

    label: Annotated[str, Field(max_length=60)] = ""
    server: Annotated[str, Field(max_length=260)]
    backup_server: Annotated[str | None, Field(max_length=260)] = None
    user: Annotated[str | None, Field(max_length=64)] = None
    number: Annotated[str | None, Field(max_length=40)] = None
    number_format: Literal["e164", "e164-no-plus", "national", "as-dialled"] = "e164"
    transport: Literal["udp", "tcp", "tls"] = "udp"
    registers: bool = True
    calls_at_once: int = 2


class TrunkView(TrunkFields):
    id: str
    secret_set: bool

    @classmethod
    def of(cls, line: SipTrunkSettings) -> Self:
        fields = line.model_dump(include=set(TrunkFields.model_fields))
        return cls(id=line.id, secret_set=line.secret is not None, **fields)


class TrunkForm(TrunkFields):
    secret: Annotated[str | None, Field(max_length=64)] = None
    """The provider's password; None leaves the one that is kept."""


class TrunkMade(BaseModel):
    id: str


@router.get("")
async def list_trunks(desk: DeskDep) -> list[TrunkView]:
    config = await live_office(desk)
    return [TrunkView.of(line) for line in config.lines if isinstance(line, SipTrunkSettings)]


@router.post("", status_code=201, dependencies=[OWNER_ONLY])
async def add_trunk(asked: TrunkForm, desk: DeskDep, session: SessionDep) -> TrunkMade:
    config = await live_office(desk)
    trunk_id = free_name("trunk-1", await asyncio.to_thread(line_ids, desk, config))
    note = Text(code="web.note-trunk-added", args={"trunk": asked.label or asked.server})
    await change_office(desk, session, note, lambda text, live: _put(text, live, trunk_id, asked))
    return TrunkMade(id=trunk_id)


@router.put("/{trunk_id}", status_code=204, dependencies=[OWNER_ONLY])
async def change_trunk(
    trunk_id: LineId, asked: TrunkForm, desk: DeskDep, session: SessionDep
) -> None:
    def work(text: str, live: Config) -> str:
        _trunk(live, trunk_id)
        return _put(text, live, trunk_id, asked)

    note = Text(code="web.note-trunk-changed", args={"trunk": asked.label or trunk_id})
    await change_office(desk, session, note, work)


@router.delete("/{trunk_id}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_trunk(trunk_id: LineId, desk: DeskDep, session: SessionDep) -> None:
    def work(text: str, live: Config) -> str:
        _trunk(live, trunk_id)
        return remove_entry(text, "lines", trunk_id)

    note = Text(code="web.note-trunk-removed", args={"trunk": trunk_id})
    await change_office(desk, session, note, work)


def _trunk(config: Config, trunk_id: str) -> SipTrunkSettings:
    line = config.line(trunk_id)
    if not isinstance(line, SipTrunkSettings):
        raise NotFound("web.no-such-trunk", trunk=trunk_id)
    return line


def _put(text: str, live: Config, trunk_id: str, asked: TrunkForm) -> str:
    """A default that the file does not state stays unstated."""
    before = live.line(trunk_id)
    stated = frozenset() if before is None else before.model_fields_set
    wanted = asked.model_dump(exclude={"secret"}) | {
        "number": in_e164(asked.number, live.office.country),
        "user": asked.user or None,
        "backup_server": asked.backup_server or None,
    }
    values = {
        key: value if key in stated or value != DEFAULTS.get(key) else None
        for key, value in wanted.items()
    }
    new = {} if before else {"driver": "sip", "account": "trunk"}
    secret = {"secret": asked.secret} if asked.secret else {}
    return put_entry(text, "lines", trunk_id, {**new, **values, **secret})
