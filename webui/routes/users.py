"""The people who may use the page, what each may do, and where they are logged in."""

from typing import Annotated, Final

from anyio import from_thread
from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel, Field

from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text
from webui.accounts import Role
from webui.deps import OWNER_ONLY, PROVED, Desk, DeskDep, SessionDep
from webui.sessions import OpenSession

router = APIRouter(prefix="/users", tags=["users"], dependencies=[OWNER_ONLY])

NAME: Final = r"^[^\s/\\\x00-\x1f\x7f]([^/\\\x00-\x1f\x7f]*[^\s/\\\x00-\x1f\x7f])?$"
UserName = Annotated[str, Field(max_length=40, pattern=NAME)]
NameInPath = Annotated[str, InPath(max_length=80)]

ROLE_GIVEN: Final = {
    Role.OWNER: "web.audit-role-owner",
    Role.SUPERVISOR: "web.audit-role-supervisor",
    Role.AGENT: "web.audit-role-agent",
}


class PersonView(BaseModel):
    name: str
    role: Role
    has_password: bool
    """False until the handed-out code has been used."""
    second_factor: bool
    extension: str | None
    """Whose phone they answer; an agent sees the calls of this extension alone."""
    sessions: tuple[OpenSession, ...]


class NewPerson(BaseModel):
    name: UserName
    role: Role


class RoleChoice(BaseModel):
    role: Role


class ExtensionChoice(BaseModel):
    extension: Annotated[str, Field(min_length=1, max_length=40)] | None


class HandedCode(BaseModel):
    name: str
    code: str
    """For the person, to choose a password at `/reset` within a day. Shown this once."""


@router.get("")
def list_users(desk: DeskDep) -> tuple[PersonView, ...]:
    return tuple(
        PersonView(
            name=one.name,
            role=one.role,
            has_password=one.has_password,
            second_factor=one.second_factor,
            extension=one.extension,
            sessions=desk.sessions.of(one.name),
        )
        for one in desk.users.all()
    )


@router.post("", status_code=201, dependencies=[PROVED])
def add_user(new: NewPerson, desk: DeskDep, session: SessionDep) -> HandedCode:
    code = desk.users.add(new.name, new.role)
    _note(desk, session, "web.audit-user-added", new.name)
    _note(desk, session, ROLE_GIVEN[new.role], new.name)
    return HandedCode(name=new.name, code=code)


@router.put("/{name}/role", status_code=204, dependencies=[PROVED])
def set_role(name: NameInPath, choice: RoleChoice, desk: DeskDep, session: SessionDep) -> None:
    """Their sessions end: what one may is settled at the login."""
    desk.users.set_role(name, choice.role)
    _note(desk, session, ROLE_GIVEN[choice.role], name)


@router.put("/{name}/extension", status_code=204, dependencies=[PROVED])
def set_extension(
    name: NameInPath, choice: ExtensionChoice, desk: DeskDep, session: SessionDep
) -> None:
    """Say whose phone they answer: it decides which calls an agent sees."""
    if choice.extension is not None:
        config = desk.history.check(desk.history.live_text())
        known = config.extension(choice.extension)
        if known is None:
            raise RequestRefused("web.no-such-extension", extension=choice.extension)
    desk.users.set_extension(name, choice.extension)
    args = {"name": name, "extension": choice.extension or "-"}
    note = Text(code="web.audit-user-extension", args=args)
    from_thread.run(desk.note, session.user.name, note)


@router.post("/{name}/code", dependencies=[PROVED])
def reset_user(name: NameInPath, desk: DeskDep, session: SessionDep) -> HandedCode:
    """The old password and the second factor no longer open anything."""
    code = desk.users.reset(name)
    _note(desk, session, "web.audit-user-reset", name)
    return HandedCode(name=name, code=code)


@router.delete("/{name}", status_code=204, dependencies=[PROVED])
def remove_user(name: NameInPath, desk: DeskDep, session: SessionDep) -> None:
    desk.users.remove(name)
    _note(desk, session, "web.audit-user-removed", name)


@router.delete("/{name}/sessions/{session_id}", status_code=204)
def end_session(
    name: NameInPath,
    session_id: Annotated[str, InPath(max_length=80)],
    desk: DeskDep,
    session: SessionDep,
) -> None:
    desk.sessions.end_one(name, session_id)
    _note(desk, session, "web.audit-session-ended", name)


def _note(desk: Desk, session: SessionDep, code: str, name: str) -> None:
    from_thread.run(desk.note, session.user.name, Text(code=code, args={"name": name}))
