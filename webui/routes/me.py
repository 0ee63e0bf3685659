"""The one who asks: login and logout for scripts, own password, own language."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from webui import auth
from webui.accounts import Role, User
from webui.deps import COOKIE, AddressDep, DeskDep, SessionDep

entry_router = APIRouter(tags=["me"])
router = APIRouter(tags=["me"])

Password = Annotated[str, Field(max_length=400)]


class LoginRequest(BaseModel):
    name: Annotated[str, Field(max_length=80)]
    password: Password


class MeView(BaseModel):
    name: str
    role: Role
    language: str | None
    csrf: str
    """To be sent as X-CSRF-Token with everything that changes something."""


class PasswordChange(BaseModel):
    old: Password
    new: Password


class Proof(BaseModel):
    password: Password


class LanguageChoice(BaseModel):
    language: Literal["en", "pt-BR", "ro", "pl", "ru", "es"]


@entry_router.post("/login")
def log_in(request: LoginRequest, response: Response, desk: DeskDep, address: AddressDep) -> MeView:
    """For scripts: sets the cookie and returns the token for later requests."""
    user = auth.log_in(desk, address, request.name, request.password)
    return _begin(desk, response, user, address)


@router.get("/me")
def read_me(session: SessionDep) -> MeView:
    user = session.user
    return MeView(name=user.name, role=user.role, language=user.language, csrf=session.csrf)


@router.post("/logout", status_code=204)
def log_out(session: SessionDep, desk: DeskDep, response: Response) -> None:
    desk.sessions.end(session)
    response.delete_cookie(COOKIE, path="/")


@router.put("/me/password")
def change_password(
    change: PasswordChange,
    session: SessionDep,
    response: Response,
    desk: DeskDep,
    address: AddressDep,
) -> MeView:
    """Ends all sessions of the user and begins a new one here."""
    user = auth.change_password(desk, address, session.user.name, (change.old, change.new))
    return _begin(desk, response, user, address)


@router.post("/me/proof", status_code=204)
def prove(proof: Proof, session: SessionDep, desk: DeskDep, address: AddressDep) -> None:
    """Type the password once more; for five minutes this session may then do dear things."""
    auth.prove(desk, address, session, proof.password)


@router.put("/me/language", status_code=204)
def choose_language(choice: LanguageChoice, session: SessionDep, desk: DeskDep) -> None:
    desk.accounts.set_language(session.user.name, choice.language)


def _begin(desk: DeskDep, response: Response, user: User, address: str) -> MeView:
    session = auth.begin_session(desk, response, user, address)
    return read_me(session)
