"""What routes may depend on: who asks, and the things the process holds.

Every route of the API carries `signed_in` (a test walks them all); what changes
something also wants the session's token in X-CSRF-Token.
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
from webui.accounts import Accounts, Role
from webui.control_link import ControlLink
from webui.devices import Devices, SoftphoneLinks
from webui.event_feed import EventFeed
from webui.guard import SAFE_METHODS
from webui.language import wanted
from webui.proofs import Proofs
from webui.rate_limit import Attempts
from webui.seen_devices import SeenDevices
from webui.sessions import Session, Sessions

COOKIE: Final = "sid"
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
    attempts: Attempts
    link: ControlLink
    feed: EventFeed
    archive: Archive
    history: History
    devices: Devices
    seen: SeenDevices
    links: SoftphoneLinks
    proofs: Proofs
    on_lan: bool
    """Whether others than the box itself reach the page."""
    sip_port: int = 5060
    """Where SIP phones register."""

    async def note(self, who: str, what: Text) -> None:
        """Put it into the audit. What cannot be written down is not done."""
        await self.link.ask(NoteAudit(who=who, what=what))


def desk_of(connection: HTTPConnection) -> Desk:
    desk: Desk = connection.app.state.desk
    return desk


DeskDep = Annotated[Desk, Depends(desk_of)]


def address_of(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else "?"


def signed_in(connection: HTTPConnection, desk: DeskDep) -> Session:
    """Return the asker's session; runs on a worker thread, since it reads web.db."""
    cookie = connection.cookies.get(COOKIE)
    session = desk.sessions.find(cookie) if cookie else None
    if session is None and connection.scope["type"] == "websocket":
        raise WebSocketException(CLOSED_SESSION_ENDED)
    if session is None:
        raise NotSignedIn("web.not-logged-in")
    method = connection.scope.get("method", "GET")
    if method not in SAFE_METHODS and connection.headers.get(TOKEN_HEADER) != session.csrf:
        raise NotAllowed("web.wrong-token")
    return session


SessionDep = Annotated[Session, Depends(signed_in)]


def role(*allowed: Role) -> Callable[[Session], None]:
    """Return a dependency that lets only these roles pass."""

    def check(session: SessionDep) -> None:
        if session.user.role not in allowed:
            raise NotAllowed("web.not-allowed")

    return check


OWNER_ONLY: Final = Depends(role(Role.OWNER))
DESK_STAFF: Final = Depends(role(Role.OWNER, Role.SUPERVISOR))


def language_of(connection: HTTPConnection) -> str:
    return wanted(connection.headers.get("accept-language"))


LanguageDep = Annotated[str, Depends(language_of)]
AddressDep = Annotated[str, Depends(address_of)]
