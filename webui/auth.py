"""Claiming the box, logging in and out: the same steps for forms and for the API.

Each takes its turn at the rate limit first, and is noted for the audit after.
Blocking (argon2, web.db): call from routes that run on a worker thread.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from anyio import from_thread
from starlette.requests import HTTPConnection
from starlette.responses import Response

from firmware.contract.errors import TipringError
from firmware.contract.texts import Text
from webui.accounts import User, WrongCode, WrongPassword
from webui.control_link import ExchangeGone
from webui.deps import Desk, address_of, cookie_name, is_secure
from webui.passwords import PasswordRefused, check_choice
from webui.sessions import ABSOLUTE_S, Session

log = logging.getLogger(__name__)
T = TypeVar("T")


class PasswordsDiffer(PasswordRefused):
    """The two fields for the new password are not the same."""


class SecondNeeded(TipringError):
    """The password is right; the code of the second factor is missing."""

    def __init__(self, user: User) -> None:
        super().__init__("web.second-needed")
        self.user = user


def log_in(desk: Desk, address: str, name: str, password: str, second: str = "") -> User:
    """Raises WrongPassword, TooManyAttempts, WrongCode, or SecondNeeded without `second`."""

    def step() -> User:
        user = desk.accounts.check_password(name, password)
        if desk.second.is_on(user.name):
            # No success yet: the right password must not make guessing codes cheaper.
            if not second:
                raise SecondNeeded(user)
            desk.second.check(user.name, second)
        return user

    user = _limited(desk, address, name, step)
    _note(desk, user, "web.audit-logged-in")
    return user


def finish_log_in(desk: Desk, address: str, user: User, second: str) -> User:
    """Take the second step of `user`, whose password was right. Raises WrongCode."""
    _limited(desk, address, user.name, lambda: desk.second.check(user.name, second))
    _note(desk, user, "web.audit-logged-in")
    return user


def claim(desk: Desk, address: str, code: str, name: str, passwords: tuple[str, str]) -> User:
    password = _same(passwords)
    user = _limited(
        desk, address, "claim", lambda: desk.accounts.claim(code, name.strip(), password)
    )
    desk.setup.begin()
    _note(desk, user, "web.audit-claimed")
    return user


def may_restore(desk: Desk, address: str, code: str) -> None:
    """Let pass who has the console's code; nothing is claimed by it. Raises as `claim` does."""
    _limited(desk, address, "claim", lambda: desk.accounts.check_claim_code(code))


def check_new_password(name: str, passwords: tuple[str, str]) -> None:
    """Raises PasswordRefused."""
    check_choice(_same(passwords), name)


def recover(desk: Desk, address: str, code: str, passwords: tuple[str, str]) -> User:
    password = _same(passwords)
    user = _limited(desk, address, "recover", lambda: desk.accounts.recover(code, password))
    _note(desk, user, "web.audit-recovered")
    return user


def reset(desk: Desk, address: str, name: str, code: str, passwords: tuple[str, str]) -> User:
    """Choose a password with the code an owner handed out. Raises as `claim` does."""
    password = _same(passwords)
    user = _limited(desk, address, name, lambda: desk.accounts.reset(name, code, password))
    _note(desk, user, "web.audit-password-chosen")
    return user


def change_password(desk: Desk, address: str, name: str, passwords: tuple[str, str]) -> User:
    """`passwords` are the old and the new one. Ends all sessions of the user."""
    old, new = passwords
    user = _limited(desk, address, name, lambda: desk.accounts.check_password(name, old))
    desk.accounts.set_password(name, new)
    _note(desk, user, "web.audit-password")
    return user


def prove(desk: Desk, address: str, session: Session, password: str) -> None:
    """Remember that the session's user knows the password. Raises WrongPassword."""
    name = session.user.name
    user = _limited(desk, address, name, lambda: desk.accounts.check_password(name, password))
    desk.proofs.prove(session)
    _note(desk, user, "web.audit-proved")


def turn_on_second(desk: Desk, address: str, session: Session, code: str) -> tuple[str, ...]:
    """Return the recovery codes; other sessions, begun without the factor, end."""
    name = session.user.name
    codes = _limited(desk, address, name, lambda: desk.second.turn_on(name, code))
    desk.sessions.end_others(session)
    _note(desk, session.user, "web.audit-second-on")
    return codes


def turn_off_second(desk: Desk, session: Session) -> None:
    desk.second.turn_off(session.user.name)
    _note(desk, session.user, "web.audit-second-off")


def begin_session(
    desk: Desk, response: Response, user: User, connection: HTTPConnection
) -> Session:
    """Give the browser a new cookie, good for this host alone; the old one is void."""
    old = connection.cookies.get(cookie_name(connection))
    before = desk.sessions.find(old, in_use=False) if old else None
    if before is not None:
        desk.sessions.end(before)
    cookie, session = desk.sessions.begin(user, address_of(connection))
    response.set_cookie(
        cookie_name(connection),
        cookie,
        max_age=int(ABSOLUTE_S),
        path="/",
        secure=is_secure(connection),
        httponly=True,
        samesite="lax",
    )
    return session


def _note(desk: Desk, user: User, code: str) -> None:
    """For the audit; who wants in while the exchange is gone gets in all the same."""
    try:
        from_thread.run(desk.note, user.name, Text(code=code))
    except ExchangeGone:
        log.warning("%s: %s, not in the audit: no exchange", user.name, code)


def _same(passwords: tuple[str, str]) -> str:
    if passwords[0] != passwords[1]:
        raise PasswordsDiffer("web.password-differs")
    return passwords[0]


def _limited(desk: Desk, address: str, account: str, step: Callable[[], T]) -> T:
    account = account.strip().casefold()[:80]
    desk.attempts.check(address, account)
    try:
        result = step()
    except (WrongPassword, WrongCode):
        desk.attempts.failed(address, account)
        raise
    desk.attempts.succeeded(address, account)
    return result
