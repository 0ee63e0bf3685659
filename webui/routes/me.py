"""The one who asks: login and logout for scripts, own password, own language."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from webui import auth
from webui.accounts import Role, User
from webui.deps import EVERYBODY, PROVED, AddressDep, DeskDep, SessionDep, cookie_name, is_secure
from webui.qr_code import svg_path
from webui.sessions import public_id

entry_router = APIRouter(tags=["me"])
router = APIRouter(tags=["me"], dependencies=[EVERYBODY])

Password = Annotated[str, Field(max_length=400)]


Code = Annotated[str, Field(max_length=40)]


class LoginRequest(BaseModel):
    name: Annotated[str, Field(max_length=80)]
    password: Password
    second: Code = ""
    """The code of the second factor, for who has turned it on."""


class MeView(BaseModel):
    name: str
    role: Role
    language: str | None
    extension: str | None
    """Whose phone they answer."""
    csrf: str
    """To be sent as X-CSRF-Token with everything that changes something."""
    second_factor: bool
    session_id: str
    """Which of the user's sessions this is."""


class PasswordChange(BaseModel):
    old: Password
    new: Password


class Proof(BaseModel):
    password: Password


class SecondOffer(BaseModel):
    """What the app on one's phone needs, as text and as a QR code (an SVG path)."""

    key: str
    uri: str
    qr: str
    qr_size: int


class SecondCode(BaseModel):
    code: Code


class RecoveryCodes(BaseModel):
    codes: tuple[str, ...]
    """Shown this once; each opens the page one time."""


class LanguageChoice(BaseModel):
    language: Literal["en", "pt-BR", "ro", "pl", "ru", "es"]


@entry_router.post("/login")
def log_in(
    request: LoginRequest,
    response: Response,
    desk: DeskDep,
    address: AddressDep,
    connection: HTTPConnection,
) -> MeView:
    """For scripts: sets the cookie and returns the token for later requests."""
    user = auth.log_in(desk, address, request.name, request.password, request.second)
    return _begin(desk, response, user, connection)


@router.get("/me")
def read_me(session: SessionDep, desk: DeskDep) -> MeView:
    user = session.user
    return MeView(
        name=user.name,
        role=user.role,
        language=user.language,
        extension=user.extension,
        csrf=session.csrf,
        second_factor=desk.second.is_on(user.name),
        session_id=public_id(session.id_hash),
    )


@router.post("/logout", status_code=204)
def log_out(
    session: SessionDep, desk: DeskDep, response: Response, connection: HTTPConnection
) -> None:
    desk.sessions.end(session)
    # Browsers refuse to touch a __Host- cookie without Secure.
    response.delete_cookie(cookie_name(connection), path="/", secure=is_secure(connection))


@router.put("/me/password")
def change_password(
    change: PasswordChange,
    session: SessionDep,
    response: Response,
    desk: DeskDep,
    address: AddressDep,
    connection: HTTPConnection,
) -> MeView:
    """Ends all sessions of the user and begins a new one here."""
    user = auth.change_password(desk, address, session.user.name, (change.old, change.new))
    return _begin(desk, response, user, connection)


@router.post("/me/proof", status_code=204)
def prove(proof: Proof, session: SessionDep, desk: DeskDep, address: AddressDep) -> None:
    """Type the password once more; for five minutes this session may then do dear things."""
    auth.prove(desk, address, session, proof.password)


@router.put("/me/language", status_code=204)
def choose_language(choice: LanguageChoice, session: SessionDep, desk: DeskDep) -> None:
    desk.accounts.set_language(session.user.name, choice.language)


@router.post("/me/second-factor")
def offer_second_factor(session: SessionDep, desk: DeskDep) -> SecondOffer:
    """A key for the app; nothing changes until a code made with it comes back."""
    offer = desk.second.offer(session.user.name)
    size, qr = svg_path(offer.uri)
    return SecondOffer(key=offer.key, uri=offer.uri, qr=qr, qr_size=size)


@router.put("/me/second-factor", dependencies=[PROVED])
def turn_on_second_factor(
    typed: SecondCode, session: SessionDep, desk: DeskDep, address: AddressDep
) -> RecoveryCodes:
    """From now on a login wants a code besides; all other sessions of the user end."""
    return RecoveryCodes(codes=auth.turn_on_second(desk, address, session, typed.code))


@router.delete("/me/second-factor", status_code=204, dependencies=[PROVED])
def turn_off_second_factor(session: SessionDep, desk: DeskDep) -> None:
    auth.turn_off_second(desk, session)


def _begin(desk: DeskDep, response: Response, user: User, connection: HTTPConnection) -> MeView:
    session = auth.begin_session(desk, response, user, connection)
    return read_me(session, desk)
