"""People of every role, each with a browser of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from tests.webui.served import PASSWORD, Served
from webui.accounts import Role, reset_of


@asynccontextmanager
async def logged_in(box: Served, role: Role) -> AsyncIterator[httpx2.AsyncClient]:
    """Add somebody of that role; the client carries their session and its token."""
    name = f"some {role}"
    await asyncio.to_thread(box.desk.users.add, name, role)
    code = await asyncio.to_thread(box.desk.accounts.new_code, reset_of(name))
    await asyncio.to_thread(box.desk.accounts.reset, name, code, PASSWORD)
    async with httpx2.AsyncClient(base_url=box.url) as client:
        answer = await client.post("/api/login", json={"name": name, "password": PASSWORD})
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield client


async def prove(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/api/me/proof", json={"password": PASSWORD})
    assert answer.status_code == 204, answer.text
