"""Phones and adapters that configure themselves: those that asked, and those with a name."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated, Final, Self

from fastapi import APIRouter, Request
from pydantic import AwareDatetime, BaseModel, Field

from firmware.config.entries import put_entry
from firmware.config.model import Config
from firmware.contract.errors import NotFound, RequestRefused
from firmware.contract.settings import SipPhoneSettings
from firmware.contract.texts import Text
from webui import extension_edit as edit
from webui.deps import DESK_STAFF, OWNER_ONLY, Desk, DeskDep, SessionDep, plain_port
from webui.device_models import device_models
from webui.devices import Device
from webui.extension_edit import NewPhone
from webui.office_edit import change_office, live_office
from webui.provisioner import SOFTPHONE, folder_url, written_mac
from webui.seen_devices import SeenDevice
from webui.sessions import Session
from webui.sip_account import line_ids

router = APIRouter(prefix="/devices", tags=["devices"], dependencies=[DESK_STAFF])

Mac = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
NEW_ACCOUNT: Final = "new:"
"""Before the number of an extension: make it one more SIP account for this port."""


class ModelView(BaseModel):
    id: str
    name: str
    ports: int


class AccountChoice(BaseModel):
    """What a port can be given: a SIP account that is there, or a new one of an extension."""

    value: str
    extension: str
    label: str


class SeenView(BaseModel):
    mac: str
    written: str
    model: str
    address: str
    agent: str
    at: AwareDatetime

    @classmethod
    def of(cls, one: SeenDevice) -> Self:
        return cls(
            mac=one.mac,
            written=written_mac(one.mac),
            model=one.model,
            address=one.address,
            agent=one.agent,
            at=datetime.fromtimestamp(one.at_s, UTC),
        )


class DeviceView(BaseModel):
    mac: str
    written: str
    model: str
    name: str
    ports: list[str]
    open_until: AwareDatetime | None
    fetched_at: AwareDatetime | None
    fetched_from: str | None
    asked: SeenView | None
    """It asked outside its window, or from an address it may not ask from."""

    @classmethod
    def of(cls, one: Device, asked: SeenDevice | None) -> Self:
        is_open = one.open_until_s > time.time()
        return cls(
            mac=one.mac,
            written=written_mac(one.mac),
            model=one.model,
            name=one.name,
            ports=[line or "" for line in one.ports],
            open_until=datetime.fromtimestamp(one.open_until_s, UTC) if is_open else None,
            fetched_at=one.fetched_s and datetime.fromtimestamp(one.fetched_s, UTC),
            fetched_from=one.fetched_from,
            asked=asked and SeenView.of(asked),
        )


class DevicesView(BaseModel):
    url: str
    """What goes into option 66 of the office's DHCP server."""
    reachable: bool
    """Whether the page listens on the office's network at all."""
    models: list[ModelView]
    accounts: list[AccountChoice]
    devices: list[DeviceView]
    seen: list[SeenView]


class DeviceFields(BaseModel):
    name: Annotated[str, Field(min_length=1, max_length=60)]
    model: Annotated[str, Field(max_length=40)]
    ports: Annotated[list[Annotated[str, Field(max_length=44)]], Field(max_length=8)]
    """For each port a line id, "new:101" for a new account of an extension, or ""."""


class NewDevice(DeviceFields):
    mac: Mac


@router.get("")
async def list_devices(desk: DeskDep, request: Request) -> DevicesView:
    config = await live_office(desk)
    devices = await asyncio.to_thread(desk.devices.all)
    named = {device.mac for device in devices}
    return DevicesView(
        url=folder_url(request.url.hostname, plain_port(request, desk)),
        reachable=desk.on_lan,
        models=[
            ModelView(id=name, name=model.name, ports=len(model.accounts))
            for name, model in device_models().items()
            if name != SOFTPHONE
        ],
        accounts=_choices(config),
        devices=[DeviceView.of(device, desk.seen.get(device.mac)) for device in devices],
        seen=[SeenView.of(one) for one in desk.seen.all() if one.mac not in named],
    )


@router.post("", status_code=204, dependencies=[OWNER_ONLY])
async def name_device(asked: NewDevice, desk: DeskDep, session: SessionDep) -> None:
    """Name a device and let it fetch for the next 15 minutes."""
    if await asyncio.to_thread(desk.devices.get, asked.mac) is not None:
        raise RequestRefused("web.device-there", device=written_mac(asked.mac))
    await _put(desk, session, asked.mac, asked)
    await _open(desk, session, asked.mac)


@router.put("/{mac}", status_code=204, dependencies=[OWNER_ONLY])
async def change_device(mac: Mac, asked: DeviceFields, desk: DeskDep, session: SessionDep) -> None:
    await _must_exist(desk, mac)
    await _put(desk, session, mac, asked)


@router.post("/{mac}/window", status_code=204, dependencies=[OWNER_ONLY])
async def open_window(mac: Mac, desk: DeskDep, session: SessionDep) -> None:
    """Let the device fetch its configuration for 15 minutes."""
    await _must_exist(desk, mac)
    await _open(desk, session, mac)


@router.delete("/{mac}", status_code=204, dependencies=[OWNER_ONLY])
async def forget_device(mac: Mac, desk: DeskDep, session: SessionDep) -> None:
    """Forget it; its accounts stay with their extensions."""
    await _must_exist(desk, mac)
    await asyncio.to_thread(desk.devices.remove, mac)
    await desk.note(session.user.name, _text("web.audit-device-forgotten", mac))


@router.delete("/seen/{mac}", status_code=204, dependencies=[OWNER_ONLY])
async def overlook_device(mac: Mac, desk: DeskDep) -> None:
    """Take a device nobody knows off the list; it comes back when it asks again."""
    desk.seen.forget(mac)


async def _put(desk: Desk, session: Session, mac: str, asked: DeviceFields) -> None:
    if asked.model not in device_models():
        raise NotFound("web.no-such-model", model=asked.model)
    ports = tuple([await _line_of(desk, session, asked.name, port) for port in asked.ports])
    await asyncio.to_thread(desk.devices.put, mac, asked.model, asked.name, ports)
    await desk.note(session.user.name, _text("web.audit-device-named", mac))


async def _line_of(desk: Desk, session: Session, device: str, port: str) -> str | None:
    """Return the line for a port, made now where a new account is asked for."""
    config = await live_office(desk)
    if not port:
        return None
    if not port.startswith(NEW_ACCOUNT):
        return edit.sip_phone(config, port).id
    extension_id = port.removeprefix(NEW_ACCOUNT)
    edit.extension_of(config, extension_id)
    taken = await asyncio.to_thread(line_ids, desk, config)
    phone = NewPhone.of(extension_id, config, taken)

    def work(text: str, live: Config) -> str:
        devices = [*edit.extension_of(live, extension_id).devices, phone.line_id]
        text = edit.put_phone(text, phone, device)
        return put_entry(text, "extensions", extension_id, {"devices": devices})

    note = Text(code="web.note-phone-added", args={"extension": extension_id})
    await change_office(desk, session, note, work)
    return phone.line_id


async def _open(desk: Desk, session: Session, mac: str) -> None:
    seen = desk.seen.get(mac)
    await desk.note(session.user.name, _text("web.audit-window-opened", mac))
    address = seen.address if seen else None
    await asyncio.to_thread(desk.devices.open_window, mac, address)


async def _must_exist(desk: Desk, mac: str) -> None:
    if await asyncio.to_thread(desk.devices.get, mac) is None:
        raise NotFound("web.no-such-device", device=written_mac(mac))


def _choices(config: Config) -> list[AccountChoice]:
    choices = list[AccountChoice]()
    for extension in config.extensions:
        shown = f"{extension.id} {extension.name}"
        for device in extension.devices:
            line = config.line(device)
            if isinstance(line, SipPhoneSettings):
                label = line.label or line.user
                choices.append(AccountChoice(value=line.id, extension=shown, label=label))
        new = NEW_ACCOUNT + extension.id
        choices.append(AccountChoice(value=new, extension=shown, label=""))
    return choices


def _text(code: str, mac: str) -> Text:
    return Text(code=code, args={"device": written_mac(mac)})
