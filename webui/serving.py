"""The page's doors: plain HTTP on loopback, or HTTPS with a plain door beside it on the network."""

import asyncio
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from webui.guard import Guard
from webui.https import Https, now_utc
from webui.known_names import KnownNames
from webui.plain_door import PlainDoor

RENEWAL_CHECK_S: Final = 20.0
"""An address may be new after each lease, a name with each version, a certificate on trial over."""


def config(app: ASGIApp, address: str, port: int, https: Https | None = None) -> uvicorn.Config:
    def context(_config: object, _default: object) -> ssl.SSLContext:
        assert https is not None
        return https.context

    return uvicorn.Config(
        app,
        host=address,
        port=port,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=64 * 1024,
        timeout_graceful_shutdown=2,
        log_level="warning",
        # One process, two doors: the app lives and dies with the inner one.
        lifespan="off" if isinstance(app, Guard) else "on",
        ssl_context_factory=context if https else None,
    )


class Door(uvicorn.Server):
    """A server that leaves signals to whoever opened several of them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_both(
    app: FastAPI, https: Https, address: str, ports: tuple[int, int], names: KnownNames
) -> None:
    """Serve until SIGTERM or SIGINT; `ports` are the plain one and the one of HTTPS."""
    plain_port, https_port = ports
    await asyncio.to_thread(https.refresh, now_utc())
    outside = Guard(PlainDoor(app, https_port), names)
    doors = (
        Door(config(app, address, https_port, https)),
        Door(config(outside, address, plain_port)),
    )

    def close() -> None:
        for door in doors:
            door.should_exit = True

    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, close)
    renewing = asyncio.create_task(_renew(https))
    try:
        await asyncio.gather(*(door.serve() for door in doors))
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _renew(https: Https) -> None:
    while True:
        await asyncio.sleep(RENEWAL_CHECK_S)
        await asyncio.to_thread(https.refresh, now_utc())
