"""The phones page as a receptionist meets it: somebody is added, a password is told once."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from firmware.contract import control as c
from tests.webui.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


async def test_somebody_is_added_and_the_password_is_told_once(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/phones")
    await page.get_by_role("button", name="Add somebody").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Reef room")
    await expect(dialog.get_by_label("Short number")).to_have_value("204")
    await dialog.get_by_label("Mobile that rings too").fill("nobody")
    await dialog.get_by_role("button", name="Add somebody").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("“Mobile that rings too”")
    await dialog.get_by_label("Mobile that rings too").fill("")
    await dialog.get_by_role("button", name="Add somebody").click()

    await expect(dialog).to_contain_text("The password is shown only now")
    secret = await dialog.locator("dd").nth(4).inner_text()
    assert len(secret) >= 20
    await dialog.get_by_role("button", name="I have it").click()

    card = page.get_by_role("article", name="204 Reef room")
    await expect(card).to_contain_text("Not there yet")
    assert secret not in await page.content()


async def test_phones_show_how_they_are(fresh: Served, page: Page, recorded: str) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/phones")

    sales = page.get_by_role("article", name="203 Sales")
    await expect(sales).to_contain_text("Grandstream HT802 1.0.49.2 · 192.0.2.32:5060")
    await expect(sales).to_contain_text("on a call")
    await expect(sales).to_contain_text("when busy to 102")
    await expect(page.get_by_role("article", name="102 ")).to_contain_text("do not disturb")

    switched = c.ExtensionView(extension="102", name="Workshop")
    fresh.exchange.publish(c.ExtensionEvent(extension=switched))
    await expect(page.get_by_text("do not disturb")).to_be_hidden()


async def test_the_ring_order_changes_and_a_phone_gets_a_new_password(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.goto(f"{fresh.url}/phones")
    change = page.get_by_role("article", name="203 Sales").get_by_role("button", name="Change")
    await change.click()
    await page.get_by_role("button", name="Let “On the right” ring earlier").click()
    await page.get_by_role("button", name="Save").click()

    rows = page.get_by_role("article", name="203 Sales").get_by_role("listitem")
    await expect(rows.first).to_contain_text("On the right")
    await change.click()
    await page.get_by_role("button", name="New password").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("203-2")
    await expect(page.get_by_role("dialog")).to_contain_text("shown only now")


async def test_a_trunk_is_added_from_the_providers_letter(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/lines")
    await expect(page.get_by_role("article", name="Sea Telecom")).to_contain_text("Needs you")
    await page.get_by_role("button", name="Add a SIP trunk").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What you call it").fill("Moor Telecom")
    await dialog.get_by_label("Provider's server").fill("sip.example.org")
    await dialog.get_by_label("User name").fill("office")
    await dialog.get_by_label("Password").fill("of the letter")
    await dialog.get_by_role("button", name="Add a SIP trunk").click()
    await expect(dialog).to_be_hidden()

    toml = (fresh.state / "tipring.toml").read_text("utf-8")
    assert re.search(r'label = "Moor Telecom"\nserver = "sip.example.org"', toml)
    assert "of the letter" not in toml
