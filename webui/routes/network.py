"""What the box is called in the office's network, where it is now, and who tells it the time."""

import asyncio
import socket
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.entries import put_table
from firmware.config.model import Config
from firmware.contract.texts import Text
from webui.certificates import is_private
from webui.deps import DESK_STAFF, OWNER_ONLY, Desk, DeskDep, SessionDep
from webui.https import now_utc
from webui.office_edit import change_office, live_office
from webui.own_addresses import own_addresses
from webui.table_edit import to_write

router = APIRouter(prefix="/network", tags=["network"], dependencies=[DESK_STAFF])

Name = Annotated[str, Field(max_length=253)]


class NetworkFields(BaseModel):
    """The configuration's own rules judge it."""

    name: Annotated[str, Field(max_length=63)] = "tipring"
    names: Annotated[list[Name], Field(max_length=10)] = []
    time_servers: Annotated[list[Name], Field(max_length=4)] = []


class NetworkView(NetworkFields):
    machine_name: str
    """What the machine is called now; `name` is taken at the box's next start."""
    addresses: list[str]
    covered: list[str]
    """Names and addresses in the certificate that is shown; empty without HTTPS."""


@router.get("")
async def read_network(desk: DeskDep) -> NetworkView:
    config = await live_office(desk)
    shown = await asyncio.to_thread(desk.https.shown, now_utc())
    here = await asyncio.to_thread(own_addresses)
    return NetworkView(
        **config.network.model_dump(mode="json"),
        machine_name=socket.gethostname(),
        addresses=sorted(str(one) for one in here if is_private(one) and not one.is_loopback),
        covered=list(shown.names) if shown is not None else [],
    )


@router.put("", status_code=204, dependencies=[OWNER_ONLY])
async def change_network(asked: NetworkFields, desk: DeskDep, session: SessionDep) -> None:
    """A name that goes is on trial: it comes back by itself unless the change is confirmed."""

    def work(text: str, live: Config) -> str:
        fields = asked.model_dump(mode="json")
        plain = {
            "name": fields["name"].strip().lower(),
            "names": [name.strip().lower() for name in fields["names"]],
            "time_servers": [name.strip() for name in fields["time_servers"]],
        }
        return put_table(text, "network", to_write(plain, live.network))

    await change_office(desk, session, Text(code="web.note-network-changed"), work)
    await asyncio.to_thread(_show, desk)


def _show(desk: Desk) -> None:
    """Make the certificate fit the names at once, where there is one."""
    if desk.https.shown(now_utc()) is not None:
        desk.https.refresh(now_utc())
