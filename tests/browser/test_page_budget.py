"""The first page is small, and nothing of the page comes from outside the box."""

from typing import Any, Final

import pytest
from playwright.async_api import Page, Route

from tests.browser.every_page import every_page
from tests.webui.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(200)]

BUDGET_BYTES: Final = 260_000
"""Compressed, as it goes over the wire: document, scripts, styles, texts and first answers."""


async def test_the_first_page_is_within_its_budget(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    received: dict[str, float] = {}
    wire = await page.context.new_cdp_session(page)
    await wire.send("Network.enable")

    def count(done: dict[str, Any]) -> None:
        received[done["requestId"]] = done["encodedDataLength"]

    wire.on("Network.loadingFinished", count)
    await page.goto(f"{fresh.url}/")
    await page.get_by_role("heading", name="2 calls in progress").wait_for()

    total = sum(received.values())
    print(f"first page: {total / 1000:.1f} kB in {len(received)} answers")  # noqa: T201
    assert len(received) > 5
    assert 50_000 < total < BUDGET_BYTES


async def test_no_page_asks_anybody_but_the_box(fresh: Served, page: Page, recorded: str) -> None:
    assert recorded
    strangers: list[str] = []
    ours = 0

    async def let_through(route: Route) -> None:
        nonlocal ours
        if route.request.url.startswith(fresh.url):
            ours += 1
            await route.continue_()
        else:
            strangers.append(route.request.url)
            await route.abort()

    await page.route("**/*", let_through)
    await page.goto(f"{fresh.url}/now")
    paths = [path async for path in every_page(page)]

    assert strangers == []
    assert ours > len(paths)
