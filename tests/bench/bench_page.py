"""How soon the first page is there: content and use, with the processor slowed down four times.

`python tests/bench/bench_page.py`; the target is 1.6 s and 2 s on a quiet machine.
"""

import asyncio
import statistics
from typing import Final

from playwright.async_api import BrowserContext

from tests.browser.chromium import DESKTOP, browser
from tests.browser.lively import liven
from tests.webui.served import Served, serve

ROUNDS: Final = 7
SLOWER: Final = 4
PAINTED: Final = """() => {
    const [first] = performance.getEntriesByName('first-contentful-paint');
    return first ? first.startTime : null;
}"""
USABLE: Final = """() => {
    const link = document.querySelector('nav a[href="/calls"]');
    return link && document.querySelector('main h1') ? performance.now() : null;
}"""


async def main() -> None:
    async with serve() as box:
        await box.claim()
        await liven(box)
        await box.log_in()
        loads = [await _load(box) for _ in range(ROUNDS)]
    contents, uses = zip(*loads, strict=True)
    for name, times in (("first content", contents), ("interactive", uses)):
        best, median = min(times) / 1000, statistics.median(times) / 1000
        print(f"{name:14} CPU / {SLOWER}: best {best:.2f} s, median {median:.2f} s of {ROUNDS}")


async def _load(box: Served) -> tuple[float, float]:
    """Return when the first content was painted and when the page could be used, in ms."""
    async with browser(box.url, viewport=DESKTOP) as context:
        cookie = {"name": "sid", "value": box.client.cookies["sid"], "url": box.url}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        return await _timed(box, context)


async def _timed(box: Served, context: BrowserContext) -> tuple[float, float]:
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(f"{box.url}/now", wait_until="commit")
    used = await (await page.wait_for_function(USABLE, polling="raf")).json_value()
    painted = await (await page.wait_for_function(PAINTED)).json_value()
    return float(painted), float(used)


if __name__ == "__main__":
    asyncio.run(main())
