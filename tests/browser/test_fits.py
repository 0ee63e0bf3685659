"""No text is too long for a phone: every page in every language, 390 pixels wide."""

import pytest
from playwright.async_api import Page

from firmware.contract.texts import LANGUAGES
from tests.browser.chromium import PHONE
from tests.browser.every_page import every_page
from tests.webui.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TOO_WIDE = """(most) => {
    const parent = (one) => one.parentElement === document.body ? null : one.parentElement;
    const cut = (one) => getComputedStyle(one).overflowX !== 'visible';
    const scrolls = (one) => one && (cut(one) || scrolls(parent(one)));
    const out = [...document.querySelectorAll('body *')].filter((one) => {
        const { right, left, width } = one.getBoundingClientRect();
        return width > 1 && (right > most + 1 || left < -1) && !scrolls(parent(one));
    });
    const wide = document.documentElement.scrollWidth > most;
    const shown = out.slice(0, 2).map(one => one.outerHTML.slice(0, 120));
    return wide ? ['scrolls sideways', ...shown] : [];
}"""


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_fits_a_phone(
    fresh: Served, page: Page, recorded: str, language: str
) -> None:
    assert recorded
    await fresh.client.put("/api/me/language", json={"language": language})
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await page.goto(f"{fresh.url}/now")
    faults = []
    async for path in every_page(page):
        faults += [f"{path}: {fault}" for fault in await page.evaluate(TOO_WIDE, PHONE["width"])]

    assert await page.locator("html").get_attribute("lang") == language
    assert not faults, "\n".join(faults)
