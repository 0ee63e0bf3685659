"""The e-mail account the box writes from, what waits in its outbox, and a test of the account."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from firmware.config.entries import put_table
from firmware.config.mail import Mail, Security
from firmware.config.model import Config
from firmware.contract.errors import RequestRefused
from firmware.contract.mail import MailView, ReadMail, TryMail
from firmware.contract.texts import Text
from webui.deps import DESK_STAFF, OWNER_ONLY, DeskDep, SessionDep
from webui.office_edit import change_office, live_office
from webui.table_edit import to_write

router = APIRouter(prefix="/mail", tags=["mail"], dependencies=[DESK_STAFF])

Line = Annotated[str | None, Field(max_length=254)]


class MailFields(BaseModel):
    """The configuration's own rules judge it."""

    server: Line = None
    port: int | None = None
    security: Security = Security.STARTTLS
    user: Line = None
    sender: Line = None
    missed_calls: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=10)] = []

    def plain(self) -> dict[str, Any]:
        """Return them as tipring.toml has them: an empty field is none."""
        fields = self.model_dump(mode="json")
        return {key: None if value == "" else value for key, value in fields.items()}


class MailSettings(MailFields):
    password_set: bool


class MailForm(MailFields):
    password: Line = None
    """None leaves the kept one."""


class MailTrial(MailForm):
    to: Annotated[str, Field(max_length=254)]


@router.get("")
async def read_mail(desk: DeskDep) -> MailSettings:
    mail = (await live_office(desk)).mail
    fields = mail.model_dump(mode="json", exclude={"password"})
    return MailSettings(password_set=mail.password is not None, **fields)


@router.put("", status_code=204, dependencies=[OWNER_ONLY])
async def change_mail(asked: MailForm, desk: DeskDep, session: SessionDep) -> None:
    """What waits in the outbox is tried at once. A kept password goes to no other server."""

    def work(text: str, live: Config) -> str:
        fields = MailFields.model_validate(asked.model_dump(exclude={"password"}))
        values = to_write(fields.plain(), live.mail)
        if asked.password:
            values["password"] = asked.password
        elif live.mail.password is not None and not _same_account(asked, live.mail):
            raise RequestRefused("web.mail-password-again")
        return put_table(text, "mail", values)

    await change_office(desk, session, Text(code="web.note-mail-changed"), work)


@router.get("/outbox")
async def read_outbox(desk: DeskDep) -> MailView:
    return MailView.model_validate(await desk.link.ask(ReadMail()))


@router.post("/trial", status_code=202, dependencies=[OWNER_ONLY])
async def try_mail(asked: MailTrial, desk: DeskDep, session: SessionDep) -> MailView:
    """Send one letter with what is typed, live or not; the outbox tells how it went."""
    fields = MailFields.model_validate(asked.model_dump(exclude={"password", "to"})).plain()
    del fields["missed_calls"]
    account = {**fields, "password": asked.password or None}
    request = TryMail(account=account, to=asked.to.strip(), who=session.user.name)
    return MailView.model_validate(await desk.link.ask(request))


def _same_account(asked: MailForm, kept: Mail) -> bool:
    fields = asked.plain()
    if fields["user"] is None:
        return True  # nobody logs in: the password goes nowhere
    return all(fields[key] == getattr(kept, key) for key in ("server", "port", "user"))
