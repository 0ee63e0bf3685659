"""Everybody can use every page: axe-core finds nothing serious, light or dark, wide or narrow."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import Page

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.every_page import every_page
from tests.webui.served import Served
from webui.routes.pages import DIST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

AXE: Final = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
JUDGE: Final = """async (only) => {
    const rules = only.length ? { runOnly: { type: 'rule', values: only } } : {};
    const excerpt = (node) => node.html.slice(0, 160);
    const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules });
    return violations
        .filter(one => one.impact === 'serious' || one.impact === 'critical')
        .map(one => `${one.id}: ${one.nodes.slice(0, 3).map(excerpt).join(' | ')}`);
}"""
PAINTED: Final = """async (scheme) => {
    const moment = () => new Promise((done) => setTimeout(done, 30));
    const { dataset } = document.documentElement;
    const stale = () => dataset.mantineColorScheme && dataset.mantineColorScheme !== scheme;
    for (let tries = 0; tries < 60 && stale(); tries++) await moment();
    await moment();
}"""
LOOKS: Final[tuple[tuple[Any, Any, list[str]], ...]] = (
    (DESKTOP, "light", []),
    (PHONE, "light", []),
    (PHONE, "dark", ["color-contrast"]),
    (DESKTOP, "dark", ["color-contrast"]),
)
"""What a look can change is judged in it: sizes everything, the dark only colours."""
OPEN_PAGES: Final = ("/login", "/recover", "/reset")


async def test_no_page_has_a_serious_fault(fresh: Served, page: Page, recorded: str) -> None:
    await page.goto(f"{fresh.url}/now")
    await page.evaluate(AXE.read_text("utf-8"))
    faults, paths = [], []
    async for path in every_page(page):
        paths.append(path)
        faults += [f"{path}: {fault}" for fault in await _judged(page)]

    assert recorded
    assert len(paths) > 20
    assert any(path.startswith("/calls/") for path in paths)
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.mark.parametrize("path", OPEN_PAGES)
async def test_no_page_before_the_login_has_a_serious_fault(
    fresh: Served, page: Page, path: str
) -> None:
    await fresh.claim()
    await page.goto(f"{fresh.url}{path}")
    await page.evaluate(AXE.read_text("utf-8"))

    assert await _judged(page) == []


async def test_the_claim_page_has_no_serious_fault(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/claim")
    await page.evaluate(AXE.read_text("utf-8"))

    assert await _judged(page) == []


async def _judged(page: Page) -> list[str]:
    faults = []
    for size, scheme, only in LOOKS:
        await page.set_viewport_size(size)
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.evaluate(PAINTED, scheme)
        found = await page.evaluate(JUDGE, only)
        faults += [f"{size['width']} {scheme} {fault}" for fault in found]
    return faults


def test_axe_is_where_the_pages_are_built() -> None:
    assert Path(AXE).is_file(), "run: make pages"
