"""A web process for each test that wants one."""

from collections.abc import AsyncIterator

import pytest

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
