"""One request to a web address: bounded in time, size and redirects, and never to ourselves.

It runs in one of a few threads of its own, so that neither the loop the calls run in nor the
threads the store uses wait for a slow server or a slow name. The name is looked up once and
the very address that was judged is connected to.
"""

import asyncio
import contextlib
import http.client
import socket
import ssl
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin, urlsplit

from firmware.contract.errors import TipringError
from firmware.web_request.addresses import may_ask

MAX_BYTES: Final = 65_536
MAX_REDIRECTS: Final = 3
AT_ONCE: Final = 4
NO_ANSWER: Final = "web-ask.no-answer"
_PORTS: Final = {"http": 80, "https": 443}
_OK: Final = range(200, 300)
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_THREADS: Final = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="web-request")


class WebFault(TipringError):
    """The address gave no answer that can be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Question:
    url: str
    timeout_s: float
    method: str = "GET"
    body: bytes | None = None
    """JSON, with POST."""


async def ask(question: Question, allowed_here: Collection[str] = ()) -> bytes:
    """Return the body of the answer, at most MAX_BYTES. Raises WebFault.

    Cancelling it cuts the connection.
    """
    request = _Request(question, allowed_here)
    asking = asyncio.get_running_loop().run_in_executor(_THREADS, request.run)
    try:
        async with asyncio.timeout(question.timeout_s):
            return await asking
    except TimeoutError:
        raise WebFault(NO_ANSWER, host=host_of(question.url)) from None
    finally:
        request.cut()


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


class _Request:
    """Runs in a thread; `cut` may be called from another."""

    def __init__(self, question: Question, allowed_here: Collection[str]) -> None:
        self._question, self._allowed_here = question, allowed_here
        self._deadline = time.monotonic() + question.timeout_s
        self._handle: socket.socket | None = None
        """A second handle on the connection: shutting it down ends whatever waits on the first."""
        self._is_cut = False

    def run(self) -> bytes:
        question = self._question
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._once(question)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise WebFault(_code(error), host=host_of(question.url)) from None
            if isinstance(answer, bytes):
                return answer
            question = _moved(question, answer)
        raise WebFault("web-ask.redirected", host=host_of(question.url))

    def cut(self) -> None:
        """End it if it is still under way."""
        self._is_cut = True
        handle = self._handle
        if handle is not None:
            with contextlib.suppress(OSError):  # it is over already
                handle.shutdown(socket.SHUT_RDWR)

    def _once(self, question: Question) -> bytes | str:
        """Return the body, or where the answer is to be found instead."""
        parts = urlsplit(question.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        connection = kinds[parts.scheme](host, port)
        wire = self._connected(host, port)
        with contextlib.closing(wire), wire.dup() as self._handle:
            if self._is_cut:
                raise WebFault(NO_ANSWER, host=host)
            connection.sock = self._wrapped(wire, host) if parts.scheme == "https" else wire
            with contextlib.closing(connection):
                return self._asked(connection, question)

    def _asked(self, connection: http.client.HTTPConnection, question: Question) -> bytes | str:
        parts = urlsplit(question.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept": "application/json", "User-Agent": "Tipring"}
        if question.body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(question.method, target, question.body, headers)
        with contextlib.closing(connection.getresponse()) as answer:
            return self._body(answer, host_of(question.url))

    def _body(self, answer: http.client.HTTPResponse, host: str) -> bytes | str:
        if answer.status in _MOVED:
            return answer.getheader("Location") or ""
        if answer.status not in _OK:
            raise WebFault("web-ask.status", host=host, status=answer.status)
        body = answer.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise WebFault("web-ask.too-big", host=host, most=MAX_BYTES // 1024)
        if answer.length:  # what is still to come, after a read to the end: it was cut off
            raise http.client.IncompleteRead(body, answer.length)
        return body

    def _connected(self, host: str, port: int) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = dict.fromkeys(str(one[4][0]) for one in found)
        allowed = [one for one in addresses if may_ask(one, host, port, self._allowed_here)]
        if not allowed:
            raise WebFault("web-ask.refused", host=host)
        wire = socket.create_connection((allowed[0], port), timeout=self._left_s())
        listed = f"{host}:{port}" in self._allowed_here
        if not listed and wire.getpeername()[0] == wire.getsockname()[0]:
            wire.close()  # the box's own address in the office's network is the box, too
            raise WebFault("web-ask.refused", host=host)
        return wire

    def _wrapped(self, wire: socket.socket, host: str) -> ssl.SSLSocket:
        return ssl.create_default_context().wrap_socket(wire, server_hostname=host)

    def _left_s(self) -> float:
        return max(0.05, self._deadline - time.monotonic())


def _moved(question: Question, location: str) -> Question:
    """Return what to ask instead: the same server only, and nothing is sent twice."""
    url = urljoin(question.url, location)
    before, after = urlsplit(question.url), urlsplit(url)
    same = (before.scheme, before.netloc) == (after.scheme, after.netloc)
    if not location or not same or question.method != "GET":
        raise WebFault("web-ask.redirected", host=host_of(question.url))
    return replace(question, url=url)


def _code(error: Exception) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return "web-ask.no-such-host"
    return "web-ask.certificate" if isinstance(error, ssl.SSLError) else NO_ANSWER
