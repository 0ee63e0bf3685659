"""A lively box and Chromium looking at it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from tests.browser.chromium import browser
from tests.browser.lively import liven
from tests.webui.served import Served, serve
from webui.routes.pages import DIST


@pytest.fixture
async def fresh() -> AsyncIterator[Served]:
    """Nobody owns the box yet. The pages must be built: this is what is looked at."""
    assert (DIST / "index.html").is_file(), "run: make pages"
    async with serve() as served:
        yield served


@pytest.fixture
async def page(fresh: Served) -> AsyncIterator[Page]:
    async with browser(fresh.url) as context:
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []


@pytest.fixture
async def recorded(fresh: Served, page: Page) -> str:
    """The page is the owner's, the box has had a morning; the id of the recorded call."""
    await fresh.claim()
    call_id = await liven(fresh)
    await fresh.log_in()
    cookie = {"name": "sid", "value": fresh.client.cookies["sid"], "url": fresh.url}
    await page.context.add_cookies([cookie])  # type: ignore[list-item]
    return call_id
