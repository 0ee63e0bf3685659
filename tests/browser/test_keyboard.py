"""Everything by keyboard: in, a webhook made, tested and removed, and out, without a mouse."""

import asyncio
from typing import Final

import pytest
from playwright.async_api import Page, expect

from tests.webui.served import OWNER, PASSWORD, Served, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

MOST_STEPS: Final = 90
FOCUSED: Final = """() => {
    const one = document.activeElement;
    const name = one.getAttribute('aria-label') || (one.labels && one.labels[0]?.textContent)
        || one.textContent;
    const outline = getComputedStyle(one).outlineStyle;
    const box = one.getBoundingClientRect();
    const marked = one.matches('input, select, textarea, [role=menuitem]');
    return [name.trim(), outline !== 'none' || marked, box.width];
}"""


async def tab_to(page: Page, name: str, by: str = "Tab") -> None:
    """Press the key until what is called `name` has the focus, and see that it shows."""
    for _ in range(MOST_STEPS):
        await page.keyboard.press(by)
        found, shows, width = await page.evaluate(FOCUSED)
        if found.startswith(name):
            assert shows, f"nobody sees that {name} has the focus"
            assert width > 0
            return
    raise AssertionError(f"Tab never comes to {name}")


async def test_a_webhook_is_made_tested_and_removed_without_a_mouse(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.context.clear_cookies()
    await page.goto(f"{fresh.url}/login")
    await tab_to(page, "Name")
    await page.keyboard.type(OWNER)
    await tab_to(page, "Password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="2 calls in progress")).to_be_visible()

    await tab_to(page, "Settings")
    await page.keyboard.press("Enter")
    await tab_to(page, "Other programs")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Webhooks")).to_be_visible()
    await tab_to(page, "Web address")
    await page.keyboard.type("https://crm.invalid/in")
    await tab_to(page, "an alarm begins")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await tab_to(page, "Your own password")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("whsec_")).to_be_visible()

    (hook,) = await asyncio.to_thread(fresh.desk.hooks.all)
    assert sorted(hook.kinds) == ["alarm", "call-ended"]
    await page.reload()
    await expect(page.get_by_text("https://crm.invalid/in")).to_be_visible()
    await tab_to(page, "Send a test to")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nobody knows the name crm.invalid")).to_be_visible()
    await tab_to(page, "Remove https://crm.invalid/in")
    await page.keyboard.press("Enter")
    await until(lambda: fresh.desk.hooks.all() == ())

    await tab_to(page, "Your account")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("menuitem", name="Log out")).to_be_visible()
    await tab_to(page, "Log out", by="ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Log in")).to_be_visible()
