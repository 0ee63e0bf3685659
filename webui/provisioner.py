"""What a phone or adapter that asks for its configuration is given: mostly nothing.

The answer to anything but a known device inside its open window is one and the
same 404. A device that nobody knows is shown on the page, so that a person can name it.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from firmware.config.model import Config
from firmware.contract.settings import SipPhoneSettings
from firmware.contract.texts import Text
from webui.deps import Desk
from webui.device_models import Account, Place, asked_for, configuration, device_models
from webui.office_edit import live_office
from webui.sip_account import box_address

FOLDER: Final = "/provision"
SOFTPHONE: Final = "linphone"
SOFTPHONE_FILE: Final = "softphone.xml"
WHO: Final = "provisioning"


@dataclass(frozen=True)
class Asked:
    """A request as it came. `host` and `port` are what the device calls the box."""

    token: str | None
    file: str
    address: str
    agent: str
    host: str | None
    port: int


@dataclass(frozen=True)
class Given:
    text: str
    content_type: str


def folder_url(host: str | None, port: int) -> str:
    """Return the address that goes into DHCP option 66."""
    address = box_address(host)
    shown = f"[{address}]" if ":" in address else address
    return f"http://{shown}{'' if port == 80 else f':{port}'}{FOLDER}"


async def give(desk: Desk, asked: Asked) -> Given | None:
    """Return what the asker may have, after it is in the audit; None is 404."""
    if not desk.seen.may_ask(asked.address):
        return None
    if asked.file == SOFTPHONE_FILE and asked.token is not None:
        return await _give_softphone(desk, asked, asked.token)
    found = asked_for(asked.file, asked.agent)
    return None if found is None else await _give_device(desk, asked, *found)


async def _give_softphone(desk: Desk, asked: Asked, token: str) -> Given | None:
    line_id = desk.links.use(token)
    if line_id is None:
        return None
    account = _account(await live_office(desk), line_id)
    if account is None:
        return None
    await _note(desk, account.number, asked.address)
    place = Place(box_address(asked.host), desk.sip_port, "")
    model = device_models()[SOFTPHONE]
    text = configuration(model, "", account.name, place, [account])
    return Given(text, model.content_type)


async def _give_device(desk: Desk, asked: Asked, guess: str, mac: str) -> Given | None:
    device = await asyncio.to_thread(desk.devices.get, mac)
    if device is None or not desk.devices.may_fetch(device, asked.token, asked.address):
        desk.seen.note(mac, guess, asked.address, asked.agent)
        return None
    model = device_models().get(device.model)
    if model is None or model.mac_in(asked.file.lower()) != mac:
        return None
    config = await live_office(desk)
    accounts = [_account(config, line) if line else None for line in device.ports]
    await _note(desk, written_mac(mac), asked.address)
    by_token = asked.token is not None
    await asyncio.to_thread(desk.devices.fetched, mac, asked.address, by_token=by_token)
    desk.seen.forget(mac)
    url = f"{folder_url(asked.host, asked.port)}/{device.token}/"
    place = Place(box_address(asked.host), desk.sip_port, url)
    return Given(configuration(model, mac, device.name, place, accounts), model.content_type)


def _account(config: Config, line_id: str) -> Account | None:
    """Return the account of a SIP phone as it is now; None when it is gone or has no password."""
    line = config.line(line_id)
    if not isinstance(line, SipPhoneSettings) or line.secret is None:
        return None
    extension = config.extension_of_device(line_id)
    number = extension.id if extension else line.user
    name = extension.name if extension else line.label or line.user
    return Account(number, name, line.user, line.secret)


async def _note(desk: Desk, device: str, address: str) -> None:
    """A configuration that cannot be noted is not given: it has passwords in it."""
    args: dict[str, str | int | float] = {"device": device, "address": address}
    await desk.note(WHO, Text(code="web.audit-provisioned", args=args))


def written_mac(mac: str) -> str:
    """Return a MAC address as it stands on the device's label."""
    return ":".join(mac[at : at + 2] for at in range(0, 12, 2)).upper()
