"""What every request passes before anything else looks at it.

A page on another site must not drive the box through the owner's browser:
neither by naming the box differently (DNS rebinding), nor by posting to it,
nor by opening its event stream.
"""

import ipaddress
import socket
from collections.abc import Callable, MutableMapping
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from firmware.contract.errors import TipringError
from webui.problems import problem

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
WEBSOCKET_REFUSED: Final = 4403
MAX_BODY_BYTES: Final = 40 * 1024 * 1024
RESTORE: Final = "/claim/restore"
MAX_BACKUP_BYTES: Final = 256 * 1024**3
"""Read as it comes in, onto a disk that has room for it (sent_form.py)."""

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; "
        # Mantine sets its sizes as style attributes.
        "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class RequestForbidden(TipringError):
    """The request comes from where none may come from."""


class BodyTooLarge(TipringError):
    """More than any form or sound file of ours needs."""


class Guard:
    """`names` gives the names this page answers to at that moment."""

    def __init__(self, app: ASGIApp, names: Callable[[], frozenset[str]] = frozenset) -> None:
        self._app = app
        self._names, self._own = names, own_names()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        answer = _with_headers(scope, send)
        try:
            self._check(scope)
        except TipringError as error:
            await _refuse(scope, receive, answer, error)
        else:
            await self._app(scope, receive, answer)

    def _check(self, scope: Scope) -> None:
        _check_peer(scope)
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            raise RequestForbidden("web.unknown-host", host=host[:80])
        if scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS:
            _check_origin(headers, host)
        if scope["type"] == "http":
            _check_size(headers, MAX_BACKUP_BYTES if scope["path"] == RESTORE else MAX_BODY_BYTES)

    def _is_ours(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        return name in self._own or _is_address(name) or name in self._names()


def own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name}.local"})


def _is_address(name: str) -> bool:
    """Whether the browser was given a bare address: rebinding needs a name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _check_peer(scope: Scope) -> None:
    """The page is for the office: nobody outside of private networks is answered."""
    if scope.get("client") is None:
        return
    address = ipaddress.ip_address(scope["client"][0].partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if not (address.is_private or address.is_link_local):
        raise RequestForbidden("web.foreign-address")


def _check_origin(headers: Headers, host: str) -> None:
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
        raise RequestForbidden("web.foreign-origin")
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise RequestForbidden("web.foreign-origin")


def _check_size(headers: Headers, most: int) -> None:
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdigit() or int(length) > most:
        raise BodyTooLarge("web.too-large", megabytes=most // 1024**2)


async def _refuse(scope: Scope, receive: Receive, send: Send, error: TipringError) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": WEBSOCKET_REFUSED})
        return
    answer = problem(error, Headers(scope=scope).get("accept-language"))
    await answer(scope, receive, send)


def _with_headers(scope: Scope, send: Send) -> Callable[[MutableMapping[str, Any]], Any]:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if scope["path"].startswith("/api"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return answer
