"""All pages there are, found as a person finds them: by following links from the first one."""

import re
from collections.abc import AsyncIterator
from typing import Final

from playwright.async_api import Page

ONE_OF_MANY: Final = re.compile(r"^/calls/.+")
"""Stories are alike: one is enough."""
LINKS: Final = """() => [...document.querySelectorAll('a[href^="/"]')]
    .filter(link => !link.hasAttribute('download'))
    .map(link => new URL(link.href).pathname)"""
GO: Final = """path => {
    history.pushState(null, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
}"""
SETTLED: Final = """() => new Promise((settled, failed) => {
    const here = (selector) => document.querySelector(`main ${selector}`) !== null;
    const still = () => here('*') && !here('.mantine-Loader-root');
    let quiet = setTimeout(check, 120);
    const seen = new MutationObserver(() => {
        clearTimeout(quiet);
        quiet = setTimeout(check, 120);
    });
    const late = setTimeout(() => here('*') ? end() : failed('the page is blank'), 10000);
    function check() { if (still()) end(); else quiet = setTimeout(check, 120); }
    function end() { seen.disconnect(); clearTimeout(quiet); clearTimeout(late); settled(); }
    seen.observe(document.body, { childList: true, subtree: true });
})"""
OUTSIDE: Final = ("/api/", "/assets/", "/tipring-ca.crt", "/login", "/provision/")


async def go(page: Page, path: str) -> None:
    """Show that page without loading everything anew; return when it stands still."""
    await page.evaluate(GO, path)
    await page.evaluate(SETTLED)


async def every_page(page: Page) -> AsyncIterator[str]:
    """Show one page after another that links lead to, the current one first; yield its path."""
    await page.evaluate(SETTLED)
    found = [await page.evaluate("location.pathname")]
    for path in found:
        await go(page, path)
        yield path
        for link in await page.evaluate(LINKS):
            if link not in found and not link.startswith(OUTSIDE) and not _seen(link, found):
                found.append(link)


def _seen(link: str, found: list[str]) -> bool:
    return ONE_OF_MANY.match(link) is not None and any(map(ONE_OF_MANY.match, found))
