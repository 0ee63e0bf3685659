"""The web process before a real exchange, with scripted cards behind: for what both decide."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import uvicorn

from tests.firmware.scripted_box import ScriptedBox, scripted_box
from tests.webui.served import OWNER, PASSWORD, until
from webui.accounts import CodePurpose
from webui.app import create_app
from webui.deps import Desk

DEADLINE_S = 30.0


@dataclass(frozen=True)
class WholeBox:
    box: ScriptedBox
    desk: Desk
    url: str
    client: httpx2.AsyncClient

    @property
    def state(self) -> Path:
        return self.box.state

    async def log_in(self, name: str = OWNER, password: str = PASSWORD) -> None:
        """From here on `client` is they, token included, and the password was typed of late."""
        answer = await self.client.post("/api/login", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        self.client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        proof = await self.client.post("/api/me/proof", json={"password": password})
        assert proof.status_code < 300, proof.text

    async def claim(self) -> None:
        code = await asyncio.to_thread(self.desk.accounts.new_code, CodePurpose.CLAIM)
        await asyncio.to_thread(self.desk.accounts.claim, code, OWNER, PASSWORD)


@asynccontextmanager
async def whole_box(config: str, sounds: Path) -> AsyncIterator[WholeBox]:
    """Nobody owns it yet."""
    async with scripted_box(config, sounds) as box:
        (box.state / "incoming").mkdir()
        async with web_of(box) as running:
            yield running


@asynccontextmanager
async def web_of(box: ScriptedBox) -> AsyncIterator[WholeBox]:
    """A web process on a running box; it may be started a second time."""
    app = create_app(box.state, on_lan=True)
    options = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(options)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        async with httpx2.AsyncClient(base_url=url, timeout=DEADLINE_S) as client:
            await until(lambda: app.state.desk.feed.reachable)
            yield WholeBox(box, app.state.desk, url, client)
    finally:
        server.should_exit = True
        await running
