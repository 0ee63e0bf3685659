"""The web process over real sockets: uvicorn in this loop, on a free port of loopback."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import uvicorn
from fastapi import FastAPI

from tests.webui.scripted_exchange import ScriptedExchange
from webui.accounts import CodePurpose
from webui.app import create_app
from webui.deps import Desk

PASSWORD: Final = "seven wires in a duct"
OWNER: Final = "owner"
DEADLINE_S: Final = 20.0


@dataclass(frozen=True)
class Served:
    """A running web process, its exchange, and a client that is nobody yet."""

    app: FastAPI
    state: Path
    url: str
    desk: Desk
    exchange: ScriptedExchange
    client: httpx2.AsyncClient

    async def claim(self) -> None:
        """Make the owner behind the page's back: half a second less for each test."""
        code = await asyncio.to_thread(self.desk.accounts.new_code, CodePurpose.CLAIM)
        await asyncio.to_thread(self.desk.accounts.claim, code, OWNER, PASSWORD)

    async def log_in(self) -> None:
        """From here on `client` is the owner, token included."""
        answer = await self.client.post("/api/login", json={"name": OWNER, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.client.headers["X-CSRF-Token"] = answer.json()["csrf"]

    async def reaches_exchange(self, reachable: bool = True) -> None:
        await until(lambda: self.desk.feed.reachable is reachable)


@asynccontextmanager
async def serve() -> AsyncIterator[Served]:
    """A fresh state folder (short: sockets live there), exchange and web process."""
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    app = create_app(state, on_lan=True)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    exchange = ScriptedExchange(state)
    try:
        async with exchange:
            running = asyncio.create_task(server.serve())
            url = await _address(server)
            async with httpx2.AsyncClient(base_url=url, timeout=DEADLINE_S) as client:
                served = Served(app, state, url, app.state.desk, exchange, client)
                await served.reaches_exchange()
                yield served
            server.should_exit = True
            await running
    finally:
        shutil.rmtree(state, ignore_errors=True)


async def until(is_so: Callable[[], bool]) -> None:
    """Return as soon as `is_so`; TimeoutError after the deadline."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.01)


async def _address(server: uvicorn.Server) -> str:
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}"
