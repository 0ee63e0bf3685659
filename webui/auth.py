"""Claiming the box, logging in and out: the same steps for forms and for the API.

Each takes its turn at the rate limit first, and is noted for the audit after.
Blocking (argon2, web.db): call from routes that run on a worker thread.
"""

from collections.abc import Callable
from typing import TypeVar

from starlette.responses import Response

from webui.accounts import User, WrongCode, WrongPassword
from webui.deps import COOKIE, Desk
from webui.passwords import PasswordRefused
from webui.sessions import ABSOLUTE_S, Session

T = TypeVar("T")


class PasswordsDiffer(PasswordRefused):
    """The two fields for the new password are not the same."""


def log_in(desk: Desk, address: str, name: str, password: str) -> User:
    """Raises WrongPassword or TooManyAttempts."""
    return _limited(desk, address, name, lambda: desk.accounts.check_password(name, password))


def claim(desk: Desk, address: str, code: str, name: str, passwords: tuple[str, str]) -> User:
    password = _same(passwords)
    return _limited(
        desk, address, "claim", lambda: desk.accounts.claim(code, name.strip(), password)
    )


def recover(desk: Desk, address: str, code: str, passwords: tuple[str, str]) -> User:
    password = _same(passwords)
    return _limited(desk, address, "recover", lambda: desk.accounts.recover(code, password))


def begin_session(desk: Desk, response: Response, user: User, address: str) -> Session:
    """Give the browser its cookie; plain HTTP until issue 3 brings certificates."""
    cookie, session = desk.sessions.begin(user, address)
    response.set_cookie(
        COOKIE, cookie, max_age=int(ABSOLUTE_S), path="/", httponly=True, samesite="lax"
    )
    return session


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
