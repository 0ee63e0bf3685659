"""The phones page as a receptionist meets it: somebody is added, a password is told once."""

import asyncio
import re

import httpx2
import pytest
from playwright.async_api import Page, expect

from firmware.contract import events, views
from tests.webui.served import PASSWORD, Served, until

HT802 = "Grandstream Model HW HT802 V1.1A SW 1.0.49.2 DevId 000b82aabbcc"
FILE = "/provision/cfg000b82aabbcc.xml"

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

    switched = views.ExtensionView(extension="102", name="Workshop")
    fresh.exchange.publish(events.ExtensionEvent(extension=switched))
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


async def test_a_new_adapter_appears_is_named_and_fetches(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/phones/setup")
    async with httpx2.AsyncClient(base_url=fresh.url, headers={"User-Agent": HT802}) as adapter:
        assert (await adapter.get(FILE)).status_code == 404
        new = page.get_by_role("article", name="A new device asks for its settings")
        await expect(new).to_contain_text("00:0B:82:AA:BB:CC")
        await new.get_by_role("button", name="Name it").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("What you call it").fill("Cupboard")
        await expect(dialog.get_by_label("Model")).to_have_value("grandstream-ht80x")
        await dialog.get_by_label("Port 1").select_option(label="203 Sales - On the right")
        await dialog.get_by_label("Port 2").select_option(label="102 Workshop - a new account")
        await dialog.get_by_role("button", name="Save").click()

        row = page.get_by_role("listitem").filter(has_text="Cupboard")
        await expect(row).to_contain_text("may fetch for 14:")
        answer = await adapter.get(FILE)
        assert "<P735>102</P735>" in answer.text
        await expect(row).to_contain_text("Fetched its settings")
        await expect(new).to_be_hidden()


async def test_a_code_is_changed_where_it_stands(fresh: Served, page: Page, recorded: str) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/phones/codes")
    await page.get_by_role("button", name="Change: Dial your last number again.").click()
    await page.get_by_label("Keys").fill("*97")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("Keys").fill("*67")
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("*67")).to_be_visible()


async def test_opening_a_country_asks_for_the_password(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/phones/dialling")
    meter = page.get_by_role("meter", name="The whole box: 51.5 of 60 min today")
    await expect(meter).to_have_attribute("aria-valuenow", "86")
    box = page.get_by_role("form", name="The whole box")
    await box.get_by_label("Countries open besides your own").select_option(label="France")
    await box.get_by_role("button", name="Save").click()
    await expect(box.get_by_role("alert")).to_contain_text("type your own password once more")
    await box.get_by_label("Your own password, once more").fill("not my password")
    await page.keyboard.press("Enter")
    await expect(box.get_by_text("do not fit")).to_be_visible()
    await box.get_by_label("Your own password, once more").fill(PASSWORD)
    await page.keyboard.press("Enter")

    await expect(box.get_by_role("alert")).to_be_hidden()
    await expect(box.get_by_role("button", name="Close France")).to_be_visible()
    toml = fresh.state / "tipring.toml"
    await until(lambda: 'countries = ["FR"]' in toml.read_text("utf-8"))
