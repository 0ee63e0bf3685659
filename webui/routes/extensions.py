"""Extensions: the people and rooms of the office, and the phones each of them has."""

import asyncio
from typing import Annotated, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from firmware.config.chapter import ExtensionId
from firmware.config.entries import put_entry
from firmware.config.extensions import Extension
from firmware.config.model import Config
from firmware.contract.control import SwitchExtension
from firmware.contract.errors import RequestRefused
from firmware.contract.message import LineId
from firmware.contract.settings import SipPhoneSettings
from firmware.contract.texts import Text
from webui import extension_edit as edit
from webui.deps import DESK_STAFF, OWNER_ONLY, Desk, DeskDep, SessionDep, plain_port
from webui.extension_edit import ExtensionFields, NewPhone
from webui.office_edit import change_office, live_office
from webui.provisioner import SOFTPHONE_FILE, folder_url
from webui.qr_code import svg_path
from webui.sip_account import SipAccount, box_address, line_ids, new_secret

router = APIRouter(prefix="/extensions", tags=["extensions"], dependencies=[DESK_STAFF])


class OfficePhone(BaseModel):
    """A device of an extension; how it fares is told by its line in the snapshot."""

    line_id: str
    label: str = ""
    driver: str
    user: str | None = None
    secret_set: bool = False

    @classmethod
    def of(cls, config: Config, line_id: str) -> Self:
        line = config.line(line_id)
        known = {} if line is None else line.model_dump(include={"label", "driver"})
        if isinstance(line, SipPhoneSettings):
            known |= {"user": line.user, "secret_set": line.secret is not None}
        return cls(line_id=line_id, **{"driver": "", **known})


class OfficeExtension(ExtensionFields):
    id: str
    phones: list[OfficePhone]
    mailbox_pin_set: bool
    dial_pin_set: bool

    @classmethod
    def of(cls, config: Config, extension: Extension) -> Self:
        fields = extension.model_dump(include=set(ExtensionFields.model_fields))
        phones = [OfficePhone.of(config, device) for device in extension.devices]
        box = extension.voicemail and config.mailbox(extension.voicemail)
        return cls(
            id=extension.id,
            phones=phones,
            mailbox_pin_set=bool(box and box.pin),
            dial_pin_set=extension.dial_pin is not None,
            **fields,
        )


class Named(BaseModel):
    id: str
    name: str


class OfficePhones(BaseModel):
    """All a form about extensions offers to choose from."""

    extensions: list[OfficeExtension]
    mailboxes: list[Named]
    dial_classes: list[Named]
    free_phones: list[OfficePhone]
    """Phones on other lines that belong to nobody yet."""


class NewExtension(ExtensionFields):
    id: ExtensionId
    sip_phone: bool = True
    """Make a SIP account for a phone at once."""
    devices: tuple[LineId, ...] = ()


class ChangedExtension(ExtensionFields):
    devices: tuple[LineId, ...]
    """In the order in which they ring; one that is new here must belong to nobody yet."""
    mailbox_pin: Annotated[str | None, Field(max_length=20)] = None
    """For hearing its messages from other phones; None leaves the one that is kept."""
    dial_pin: Annotated[str | None, Field(max_length=20)] = None
    """Asked for before each call out; None leaves the one that is kept."""


class ToAddPhone(BaseModel):
    label: Annotated[str, Field(max_length=60)] = ""


class Made(BaseModel):
    account: SipAccount | None
    """To be shown now: the secret is told this once."""


@router.get("")
async def list_extensions(desk: DeskDep) -> OfficePhones:
    config = await live_office(desk)
    return OfficePhones(
        extensions=[OfficeExtension.of(config, one) for one in config.extensions],
        mailboxes=[Named(id=box.id, name=box.name or box.id) for box in config.mailboxes],
        dial_classes=[Named(id=one.id, name=one.name or one.id) for one in config.dial_classes],
        free_phones=[
            OfficePhone.of(config, line.id)
            for line in config.lines
            if getattr(line, "phone", False) and config.extension_of_device(line.id) is None
        ],
    )


@router.post("", status_code=201, dependencies=[OWNER_ONLY])
async def add_extension(
    asked: NewExtension, desk: DeskDep, session: SessionDep, request: Request
) -> Made:
    """Add somebody, with a SIP phone in the same step where that is asked for."""
    config = await live_office(desk)
    if config.extension(asked.id) is not None:
        raise RequestRefused("web.extension-there", extension=asked.id)
    phone = await _new_phone(desk, config, asked.id) if asked.sip_phone else None

    def work(text: str, live: Config) -> str:
        devices = (*asked.devices, *((phone.line_id,) if phone else ()))
        fields = ExtensionFields(**asked.model_dump(include=set(ExtensionFields.model_fields)))
        text = edit.put_extension(text, live, asked.id, fields, devices)
        return edit.put_phone(text, phone, asked.name) if phone else text

    await change_office(desk, session, _note("web.note-extension-added", asked.id), work)
    return Made(account=phone and _account(desk, request, phone, asked.name))


@router.put("/{extension_id}", status_code=204, dependencies=[OWNER_ONLY])
async def change_extension(
    extension_id: ExtensionId, asked: ChangedExtension, desk: DeskDep, session: SessionDep
) -> None:
    def work(text: str, live: Config) -> str:
        edit.extension_of(live, extension_id)
        fields = ExtensionFields(**asked.model_dump(include=set(ExtensionFields.model_fields)))
        text = edit.put_pins(text, live, extension_id, asked.mailbox_pin, asked.dial_pin)
        return edit.put_extension(text, live, extension_id, fields, asked.devices)

    note = _note("web.note-extension-changed", extension_id)
    await change_office(desk, session, note, work)


class Switches(BaseModel):
    """What its codes switch; what is left out stays, and "" takes a forward back."""

    do_not_disturb: bool | None = None
    forward_always: Annotated[str | None, Field(max_length=40)] = None
    forward_busy: Annotated[str | None, Field(max_length=40)] = None
    forward_no_answer: Annotated[str | None, Field(max_length=40)] = None


@router.post("/{extension_id}/switches", status_code=204)
async def switch_extension(
    extension_id: ExtensionId, asked: Switches, desk: DeskDep, session: SessionDep
) -> None:
    """Switch do-not-disturb and forwards, as the codes on its phones do."""
    who = session.user.name
    await desk.link.ask(
        SwitchExtension(extension=extension_id, who=who, **asked.model_dump(exclude_none=True))
    )


@router.delete("/{extension_id}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_extension(extension_id: ExtensionId, desk: DeskDep, session: SessionDep) -> None:
    """Its SIP phones go with it; messages in its mailbox stay."""

    def work(text: str, live: Config) -> str:
        return edit.without_extension(text, live, edit.extension_of(live, extension_id))

    note = _note("web.note-extension-removed", extension_id)
    await change_office(desk, session, note, work)


@router.post("/{extension_id}/phones", status_code=201, dependencies=[OWNER_ONLY])
async def add_phone(
    extension_id: ExtensionId,
    asked: ToAddPhone,
    desk: DeskDep,
    session: SessionDep,
    request: Request,
) -> Made:
    """Give the extension one more SIP phone, with an account of its own."""
    config = await live_office(desk)
    name = edit.extension_of(config, extension_id).name
    phone = await _new_phone(desk, config, extension_id)

    def work(text: str, live: Config) -> str:
        extension = edit.extension_of(live, extension_id)
        text = edit.put_phone(text, phone, asked.label or name)
        return put_entry(
            text, "extensions", extension_id, {"devices": [*extension.devices, phone.line_id]}
        )

    note = Text(code="web.note-phone-added", args={"extension": extension_id})
    await change_office(desk, session, note, work)
    return Made(account=_account(desk, request, phone, name))


@router.post("/{extension_id}/phones/{line_id}/secret", dependencies=[OWNER_ONLY])
async def renew_secret(
    extension_id: ExtensionId, line_id: LineId, desk: DeskDep, session: SessionDep, request: Request
) -> Made:
    """Make a new password; the phone is out until it is typed in there."""
    config = await live_office(desk)
    extension = edit.extension_of(config, extension_id)
    line = edit.sip_phone(config, line_id)
    phone = NewPhone(line_id, line.user, new_secret())

    def work(text: str, live: Config) -> str:
        edit.sip_phone(live, line_id)
        return put_entry(text, "lines", line_id, {"secret": phone.secret})

    note = Text(code="web.note-secret-renewed", args={"extension": extension_id})
    await change_office(desk, session, note, work)
    return Made(account=_account(desk, request, phone, extension.name))


@router.delete("/{extension_id}/phones/{line_id}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_phone(
    extension_id: ExtensionId, line_id: LineId, desk: DeskDep, session: SessionDep
) -> None:
    def work(text: str, live: Config) -> str:
        return edit.without_device(text, live, edit.extension_of(live, extension_id), line_id)

    note = Text(code="web.note-phone-removed", args={"extension": extension_id})
    await change_office(desk, session, note, work)


async def _new_phone(desk: Desk, config: Config, extension_id: str) -> NewPhone:
    taken = await asyncio.to_thread(line_ids, desk, config)
    return NewPhone.of(extension_id, config, taken)


def _account(desk: Desk, request: Request, phone: NewPhone, name: str) -> SipAccount:
    """Return what is shown this once; with a link where a softphone could follow it."""
    link, (side, path) = None, (0, "")
    if desk.on_lan:
        folder = folder_url(request.url.hostname, plain_port(request, desk))
        link = f"{folder}/{desk.links.make(phone.line_id)}/{SOFTPHONE_FILE}"
        side, path = svg_path(link)
    return SipAccount(
        line_id=phone.line_id,
        name=name,
        server=box_address(request.url.hostname),
        port=desk.sip_port,
        user=phone.user,
        secret=phone.secret,
        link=link,
        qr=path or None,
        qr_side=side,
    )


def _note(code: str, extension_id: str) -> Text:
    return Text(code=code, args={"extension": extension_id})
