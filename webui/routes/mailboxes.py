"""Voicemail boxes, of one person or a team: greeting, PIN, who gets the messages by e-mail."""

import asyncio
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.chapter import ExtensionId, Name
from firmware.config.entries import put_entry, remove_entry
from firmware.config.model import Config
from firmware.config.recording import Mailbox
from firmware.contract.errors import NotFound
from firmware.contract.texts import Text
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.office_edit import change_office, live_office
from webui.own_prompts import Said, built_in, own_prompt, put_prompt, said_of
from webui.sip_account import free_name
from webui.table_edit import to_write

router = APIRouter(prefix="/mailboxes", tags=["mailboxes"], dependencies=[DESK_STAFF])

Address = Annotated[str, Field(max_length=254)]
USUAL_GREETING = "leave-message"


class MailboxFields(BaseModel):
    """The configuration's own rules judge it."""

    name: Annotated[str, Field(max_length=60)] = ""
    email: Annotated[list[Address], Field(max_length=10)] = []
    email_missed: bool = False
    max_s: int = 120
    retention_days: int = 90
    pin_on_own_phone: bool = False


class MailboxView(MailboxFields):
    id: str
    extensions: list[str]
    """Whose callers it takes when nobody answers: one is a personal box, several a team's."""
    greeting: Said
    """The office's own, per language; empty is the usual one."""
    pin_set: bool

    @classmethod
    def of(cls, box: Mailbox, config: Config) -> Self:
        fields = box.model_dump(mode="json", include=set(MailboxFields.model_fields))
        return cls(
            id=box.id,
            extensions=[one.id for one in config.extensions if one.voicemail == box.id],
            greeting=said_of(config, box.greeting),
            pin_set=box.pin is not None,
            **fields,
        )


class MailboxForm(MailboxFields):
    extensions: Annotated[list[ExtensionId], Field(max_length=100)] = []
    greeting: Said = {}
    pin: Annotated[str | None, Field(max_length=12)] = None
    """None leaves the kept one."""


class Person(BaseModel):
    id: str
    name: str


class Mailboxes(BaseModel):
    mailboxes: list[MailboxView]
    people: list[Person]
    languages: tuple[str, ...]
    usual_greeting: dict[str, str]
    """What a box says that has no greeting of its own."""
    mail_set_up: bool
    """Whether there is an account to send e-mail from."""


class MailboxMade(BaseModel):
    id: str


@router.get("")
async def list_mailboxes(desk: DeskDep) -> Mailboxes:
    config = await live_office(desk)
    return Mailboxes(
        mailboxes=[MailboxView.of(box, config) for box in config.mailboxes],
        people=[Person(id=one.id, name=one.name) for one in config.extensions],
        languages=config.office.languages,
        usual_greeting=built_in(config, USUAL_GREETING),
        mail_set_up=config.mail.is_set_up,
    )


@router.post("", status_code=201, dependencies=[OWNER_ONLY])
async def add_mailbox(asked: MailboxForm, desk: DeskDep, session: SessionDep) -> MailboxMade:
    config = await live_office(desk)
    # A box that is gone leaves its PIN behind, for a version that brings it back: no other has it.
    secret = await asyncio.to_thread(desk.history.owners_of_secrets, "mailboxes")
    box_id = free_name("box-1", secret | {box.id for box in config.mailboxes})
    note = Text(code="web.note-mailbox-added", args={"mailbox": asked.name or box_id})
    await change_office(desk, session, note, lambda text, live: _put(text, live, box_id, asked))
    return MailboxMade(id=box_id)


@router.put("/{mailbox_id}", status_code=204, dependencies=[OWNER_ONLY])
async def change_mailbox(
    mailbox_id: Name, asked: MailboxForm, desk: DeskDep, session: SessionDep
) -> None:
    def work(text: str, live: Config) -> str:
        _box(live, mailbox_id)
        return _put(text, live, mailbox_id, asked)

    note = Text(code="web.note-mailbox-changed", args={"mailbox": asked.name or mailbox_id})
    await change_office(desk, session, note, work)


@router.delete("/{mailbox_id}", status_code=204, dependencies=[OWNER_ONLY])
async def remove_mailbox(mailbox_id: Name, desk: DeskDep, session: SessionDep) -> None:
    """Refused while a call flow or a group leads there. Messages that are kept stay until their
    time is over."""

    def work(text: str, live: Config) -> str:
        box = _box(live, mailbox_id)
        text = remove_entry(text, "mailboxes", mailbox_id)
        text = _led_there(text, live, mailbox_id, ())
        own = own_prompt(mailbox_id)
        return put_prompt(text, own, {}, {}) if box.greeting == own else text

    note = Text(code="web.note-mailbox-removed", args={"mailbox": mailbox_id})
    await change_office(desk, session, note, work)


def _box(config: Config, mailbox_id: str) -> Mailbox:
    box = config.mailbox(mailbox_id)
    if box is None:
        raise NotFound("web.no-such-mailbox", mailbox=mailbox_id)
    return box


def _put(text: str, live: Config, mailbox_id: str, asked: MailboxForm) -> str:
    before = live.mailbox(mailbox_id) or Mailbox(id=mailbox_id)
    own = own_prompt(mailbox_id)
    wanted: dict[str, Any] = asked.model_dump(
        mode="json", include=set(MailboxFields.model_fields)
    ) | {"greeting": own if asked.greeting else USUAL_GREETING}
    values = to_write(wanted, before)
    if asked.pin:
        values["pin"] = asked.pin
    text = put_entry(text, "mailboxes", mailbox_id, values)
    text = put_prompt(text, own, asked.greeting, built_in(live, USUAL_GREETING))
    return _led_there(text, live, mailbox_id, asked.extensions)


def _led_there(
    text: str, live: Config, mailbox_id: str, wanted: tuple[str, ...] | list[str]
) -> str:
    """Return the text in which exactly these extensions have the mailbox."""
    for one in live.extensions:
        has, shall = one.voicemail == mailbox_id, one.id in wanted
        if has != shall:
            text = put_entry(
                text, "extensions", one.id, {"voicemail": mailbox_id if shall else None}
            )
    return text
