"""The box gets new pages while somebody has the old ones open: theirs starts anew."""

import re
from typing import Final

import pytest
from playwright.async_api import Page, Request, Route, expect

from tests.browser.every_page import SETTLED
from tests.webui.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

LATER_LOADED: Final = re.compile(r"/assets/PhonesPage-.*\.js$")


def is_document(request: Request) -> bool:
    return request.resource_type == "document"


async def test_a_page_whose_parts_are_gone_starts_anew(
    fresh: Served, page: Page, recorded: str
) -> None:
    anew: list[str] = []

    async def gone(route: Route) -> None:
        await (route.continue_() if anew else route.fulfill(status=404))

    assert recorded
    await page.goto(f"{fresh.url}/now")
    await page.evaluate(SETTLED)
    await page.route(LATER_LOADED, gone)
    page.on("request", lambda one: anew.append(one.url) if is_document(one) else None)

    async with page.expect_request(is_document):
        await page.locator('nav a[href="/phones"]').click()

    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert anew == [f"{fresh.url}/phones"]
