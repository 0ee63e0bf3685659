"""Debian's Chromium, quiet: it talks to loopback and to nobody else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from playwright.async_api import BrowserContext, async_playwright

PROGRAM: Final = "/usr/bin/chromium"
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--no-pings",
    "--metrics-recording-only",
    "--dns-prefetch-disable",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
DESKTOP: Final = {"width": 1280, "height": 860}
PHONE: Final = {"width": 390, "height": 844}


@asynccontextmanager
async def browser(url: str, **wishes: Any) -> AsyncIterator[BrowserContext]:
    """A fresh profile on the page at `url`; wishes as Playwright's new_context takes them."""
    async with async_playwright() as playwright:
        program = await playwright.chromium.launch(executable_path=PROGRAM, args=list(FLAGS))
        context = await program.new_context(
            **{"base_url": url, "viewport": DESKTOP, "locale": "en-GB", **wishes}
        )
        context.set_default_timeout(15_000)
        yield context
        await context.close()
        await program.close()
