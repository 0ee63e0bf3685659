"""Pictures of every page in four looks: `python -m tests.browser.take_screenshots FOLDER`.

README shows some of them; docs/screenshots holds those and no others.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any, Final

from playwright.async_api import BrowserContext, Page

from tests.browser.chromium import DESKTOP, PHONE, browser
from tests.browser.lively import liven
from tests.webui.served import OWNER, PASSWORD, serve

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "": {"viewport": DESKTOP, "color_scheme": "light"},
    "-dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "-phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2},
    "-phone-dark": {"viewport": PHONE, "color_scheme": "dark", "device_scale_factor": 2},
}
SETTLED_MS: Final = 400


async def take_all(folder: Path) -> None:
    async with serve() as box:
        await box.claim()
        recorded = await liven(box)
        for look, wishes in LOOKS.items():
            async with browser(box.url, **wishes) as context:
                await _round(context, recorded, folder, look)


async def _round(context: BrowserContext, recorded: str, folder: Path, look: str) -> None:
    page = await context.new_page()

    async def keep(name: str) -> None:
        await page.wait_for_timeout(SETTLED_MS)
        await page.screenshot(path=folder / f"{name}{look}.png")

    await page.goto("/login")
    await keep("login")
    await page.fill("[name=name]", OWNER)
    await page.fill("[name=password]", PASSWORD)
    await page.click("button")
    await page.wait_for_selector("h1")
    await keep("now")
    await page.goto("/calls")
    await page.wait_for_selector("main li")
    await keep("calls")
    await page.goto(f"/calls/{recorded}")
    await page.wait_for_selector("[role=slider]")
    await page.get_by_role("slider").click(position={"x": 120, "y": 20})
    await keep("story")
    await page.goto("/voicemail")
    await page.click("article button")
    await keep("voicemail")
    await page.goto("/phones")
    await page.wait_for_selector("article")
    await keep("phones")
    await page.goto("/phones/dialling")
    await page.wait_for_selector("main form")
    await keep("dialling")
    await page.goto("/flows")
    await page.wait_for_selector(".react-flow__node")
    await keep("flows")
    await page.goto("/lines")
    await page.wait_for_selector("article")
    await keep("lines")
    await _settings(page, keep)
    await page.goto("/help/lines")
    await page.wait_for_selector("article")
    await keep("help")


async def _settings(page: Page, keep: Any) -> None:
    await page.goto("/settings")
    await keep("settings-all")
    await page.goto("/settings/text")
    text = page.get_by_label("tipring.toml")
    toml = await text.input_value()
    await text.fill(toml.replace('country = "GB"', 'country = "Great Britain"'))
    await page.wait_for_selector("text=fault")
    await keep("settings")
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.goto("/settings/versions")
    await page.click("article button >> nth=0")
    await page.wait_for_selector("pre")
    await keep("versions")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_all(target))
