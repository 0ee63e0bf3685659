"""What routes may depend on: who asks, and the things the process holds.

Every route of the API carries `signed_in` and says which role it wants (a test walks
them all); what changes something also wants the session's token in X-CSRF-Token.
A program shows its own token instead: `Authorization: Bearer tipring-…`.
What does not block is `async`: a plain function costs a turn on a worker thread
each time, and on a busy box a turn is what an answer waits for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, WebSocketException
from starlette.requests import HTTPConnection

from firmware.config.history import History
from firmware.contract.control import NoteAudit
from firmware.contract.errors import TipringError
from firmware.contract.texts import Text
from firmware.store.archive import Archive
from webui.accounts import RANK, Accounts, Role
from webui.control_link import ControlLink
from webui.devices import Devices, SoftphoneLinks
from webui.event_feed import EventFeed
from webui.guard import SAFE_METHODS
from webui.half_log_ins import HalfLogIns
from webui.hearings import Hearings
from webui.https import Https
from webui.language import wanted
from webui.proofs import Proofs
from webui.rate_limit import Attempts
from webui.restoring import end_process
from webui.second_factor import SecondFactors
from webui.seen_devices import SeenDevices
from webui.sessions import Session, Sessions
from webui.setup_place import SetupPlaces
from webui.tokens import Tokens, may
from webui.users import Users
from webui.webhooks.courier import Courier
from webui.webhooks.kept import Webhooks

PLAIN_COOKIE: Final = "sid"
SECURE_COOKIE: Final = "__Host-sid"
"""A browser takes a cookie of this kind of name over HTTPS only, and for this host alone."""
BEARER: Final = "bearer "
CLOSED_SESSION_ENDED: Final = 4401
TOKEN_HEADER: Final = "x-csrf-token"


class NotSignedIn(TipringError):
    """There is no session, or it has ended."""


class NotAllowed(TipringError):
    """Signed in, but this is not theirs to do."""


@dataclass(frozen=True)
class Desk:
    """All that the web process holds; made once, in app.py."""

    state: Path
    accounts: Accounts
    sessions: Sessions
    users: Users
    second: SecondFactors
    half_log_ins: HalfLogIns
    tokens: Tokens
    attempts: Attempts
    hooks: Webhooks
    courier: Courier
    link: ControlLink
    hearings: Hearings
    feed: EventFeed
    archive: Archive
    history: History
    devices: Devices
    seen: SeenDevices
    links: SoftphoneLinks
    proofs: Proofs
    setup: SetupPlaces
    https: Https
    on_lan: bool
    """Whether others than the box itself reach the page."""
    sip_port: int = 5060
    """Where SIP phones register."""
    plain_port: int | None = None
    """Where plain HTTP is while the page itself is served over HTTPS."""
    restart: Callable[[], None] = end_process
    """Begin anew on what a restore put in the place of all this."""

    async def note(self, who: str, what: Text) -> None:
        """Put it into the audit. What cannot be written down is not done."""
        await self.link.ask(NoteAudit(who=who, what=what))


def desk_of(connection: HTTPConnection) -> Desk:
    desk: Desk = connection.app.state.desk
    return desk


async def _desk(connection: HTTPConnection) -> Desk:
    return desk_of(connection)


DeskDep = Annotated[Desk, Depends(_desk)]


def address_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else "?"


def is_secure(connection: HTTPConnection) -> bool:
    return connection.url.scheme in {"https", "wss"}


def plain_port(connection: HTTPConnection, desk: Desk) -> int:
    """Return where phones fetch their configuration, whichever door was used just now."""
    return desk.plain_port or connection.url.port or 80


def cookie_name(connection: HTTPConnection) -> str:
    return SECURE_COOKIE if is_secure(connection) else PLAIN_COOKIE


def live_session(connection: HTTPConnection, desk: Desk, *, in_use: bool = True) -> Session | None:
    """Return whose request this is: a token's holder or a browser's user. Reads web.db."""
    shown = connection.headers.get("authorization", "")
    if shown.lower().startswith(BEARER):
        return _of_token(shown[len(BEARER) :].strip(), desk)
    cookie = connection.cookies.get(cookie_name(connection))
    return desk.sessions.find(cookie, in_use=in_use) if cookie else None


def _of_token(secret: str, desk: Desk) -> Session | None:
    token = desk.tokens.find(secret)
    if token is None:
        return None
    return Session(token.user, "", f"token {token.name}", token.scopes)


def signed_in(connection: HTTPConnection, desk: DeskDep) -> Session:
    """Return the asker's session; runs on a worker thread, since it reads web.db."""
    session = live_session(connection, desk)
    if session is None and connection.scope["type"] == "websocket":
        raise WebSocketException(CLOSED_SESSION_ENDED)
    if session is None:
        raise NotSignedIn("web.not-logged-in")
    _check_token(connection, session)
    return session


def _check_token(connection: HTTPConnection, session: Session) -> None:
    """No other site can know the session's token; a program's own token says what it may."""
    method = connection.scope.get("method", "GET")
    if session.scopes is not None:
        if not may(session.scopes, method, connection.scope["path"]):
            raise NotAllowed("web.token-scope")
    elif method not in SAFE_METHODS and connection.headers.get(TOKEN_HEADER) != session.csrf:
        raise NotAllowed("web.wrong-token")


SessionDep = Annotated[Session, Depends(signed_in)]


@dataclass(frozen=True)
class Require:
    """A dependency that lets this role pass and all above it."""

    least: Role

    async def __call__(self, session: SessionDep) -> None:
        if RANK[session.user.role] < RANK[self.least]:
            raise NotAllowed("web.not-allowed")


OWNER_ONLY: Final = Depends(Require(Role.OWNER))
DESK_STAFF: Final = Depends(Require(Role.SUPERVISOR))
EVERYBODY: Final = Depends(Require(Role.AGENT))


async def proved(session: SessionDep, desk: DeskDep) -> None:
    """For what an open page that somebody left must not do: the password, typed of late."""
    if not desk.proofs.is_fresh(session):
        raise NotAllowed("web.password-needed")


PROVED: Final = Depends(proved)


def language_of(connection: HTTPConnection) -> str:
    return wanted(connection.headers.get("accept-language"))


async def _language(connection: HTTPConnection) -> str:
    return language_of(connection)


async def _address(connection: HTTPConnection) -> str:
    return address_of(connection)


LanguageDep = Annotated[str, Depends(_language)]
AddressDep = Annotated[str, Depends(_address)]
