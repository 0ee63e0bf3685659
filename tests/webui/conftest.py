"""A web process for each test that wants one."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.webui.practice_office import furnish, now, write_calls
from tests.webui.served import Served, serve


@pytest.fixture
async def fresh() -> AsyncIterator[Served]:
    """Nobody owns it yet."""
    async with serve() as served:
        yield served


@pytest.fixture
async def box(fresh: Served) -> Served:
    """The client is logged in as the owner."""
    await fresh.claim()
    await fresh.log_in()
    return fresh


@pytest.fixture
async def recorded(box: Served) -> str:
    """The id of a call with a recording; the state folder is furnished around it."""
    await asyncio.to_thread(furnish, box.state, now())
    return await write_calls(box.state, now())
