"""Claiming the box, logging in and out: the same steps for forms and for the API.

Each takes its turn at the rate limit first, and is noted for the audit after.
Blocking (argon2, web.db): call from routes that run on a worker thread.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from anyio import from_thread
from starlette.responses import Response

from firmware.contract.texts import Text
from webui.accounts import User, WrongCode, WrongPassword
from webui.control_link import ExchangeGone
from webui.deps import COOKIE, Desk
from webui.passwords import PasswordRefused
from webui.sessions import ABSOLUTE_S, Session

log = logging.getLogger(__name__)
T = TypeVar("T")


class PasswordsDiffer(PasswordRefused):
    """The two fields for the new password are not the same."""


def log_in(desk: Desk, address: str, name: str, password: str) -> User:
    """Raises WrongPassword or TooManyAttempts."""
    user = _limited(desk, address, name, lambda: desk.accounts.check_password(name, password))
    _note(desk, user, "web.audit-logged-in")
    return user


def claim(desk: Desk, address: str, code: str, name: str, passwords: tuple[str, str]) -> User:
    password = _same(passwords)
    user = _limited(
        desk, address, "claim", lambda: desk.accounts.claim(code, name.strip(), password)
    )
    _note(desk, user, "web.audit-claimed")
    return user


def recover(desk: Desk, address: str, code: str, passwords: tuple[str, str]) -> User:
    password = _same(passwords)
    user = _limited(desk, address, "recover", lambda: desk.accounts.recover(code, password))
    _note(desk, user, "web.audit-recovered")
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


def begin_session(desk: Desk, response: Response, user: User, address: str) -> Session:
    """Give the browser its cookie; plain HTTP until issue 3 brings certificates."""
    cookie, session = desk.sessions.begin(user, address)
    response.set_cookie(
        COOKIE, cookie, max_age=int(ABSOLUTE_S), path="/", httponly=True, samesite="lax"
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
