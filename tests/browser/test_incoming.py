"""Calls in as a receptionist sets them up: hours, a closure, a blocked caller; what comes of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.chromium import browser
from tests.firmware.scripted_office import SCRIPTED_OFFICE
from tests.practice_prompts import lend_prompts
from tests.webui.served import PASSWORD
from tests.webui.whole_box import WholeBox, whole_box
from webui.routes.pages import DIST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[WholeBox]:
    assert (DIST / "index.html").is_file(), "run: make pages"
    lend_prompts(tmp_path)
    (tmp_path / "prompts").mkdir(exist_ok=True)
    async with whole_box(SCRIPTED_OFFICE, tmp_path / "prompts") as running:
        await running.claim()
        yield running


@pytest.fixture
async def page(box: WholeBox) -> AsyncIterator[Page]:
    async with browser(box.url) as context:
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto("/login")
        await page.fill("[name=name]", "owner")
        await page.fill("[name=password]", PASSWORD)
        await page.click("button")
        await page.wait_for_selector("h1")
        yield page
        assert errors == []


async def preview(page: Page, at: str, *sentences: str) -> None:
    """Ask what becomes of a call at that time and read these sentences."""
    form = page.get_by_role("region", name="What happens if")
    await form.get_by_label("from the number").fill("07700 900123")
    await form.locator("input[type=datetime-local]").fill(at)
    await form.get_by_role("button", name="Try it").click()
    for sentence in sentences:
        await expect(form.get_by_role("status")).to_contain_text(sentence)


async def test_hours_a_holiday_and_a_closure_change_where_a_call_goes(page: Page) -> None:
    await page.goto("/incoming/hours")
    await page.get_by_role("button", name="Add opening hours").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Bike shop")
    await dialog.get_by_label("Saturday").check()
    await dialog.get_by_label("Saturday: closes").fill("1330")
    await dialog.get_by_label("Saturday: closes").blur()
    await expect(dialog.get_by_label("Saturday: closes")).to_have_value("13:30")
    await dialog.get_by_role("button", name="Save").click()
    hours = page.get_by_role("list", name="Opening hours")
    await expect(hours).to_contain_text("bike shop")
    await expect(hours).to_contain_text("13:30")

    await page.get_by_role("button", name="Close for once").click()
    await dialog.get_by_label("Why").fill("Works outing")
    await dialog.get_by_label("Closed from").fill("2026-12-10T14:00")
    await dialog.get_by_label("Open again").fill("2026-12-10T13:00")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("ends before it begins")
    await dialog.get_by_label("Open again").fill("2026-12-10T23:00")
    await dialog.get_by_label("Then the call").select_option("Turn the call away")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("region", name="Closed for once")).to_contain_text("Works outing")

    await page.goto("/incoming")
    await page.get_by_role("button", name="Add a rule").click()
    await dialog.get_by_label("Only while open").select_option("bike shop")
    await dialog.get_by_label("Goes to").select_option("101 Front desk")
    await dialog.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Ask rule 3 earlier").click()
    await page.get_by_role("button", name="Ask rule 2 earlier").click()
    first = page.get_by_role("list", name="Where calls go").get_by_role("listitem").first
    await expect(first).to_contain_text("101 Front desk")

    await preview(page, "2026-12-09T12:00", "are open then", "The call rings 101, Front desk")
    holiday = "a public holiday: Christmas Day"
    await preview(page, "2026-12-25T12:00", holiday, "The call goes to the call flow “main”")
    closed = "The office is closed for once: Works outing"
    await preview(page, "2026-12-10T15:00", closed, "The call is turned away")


async def test_a_blocked_caller_gets_nowhere_and_two_editors_are_told(
    box: WholeBox, page: Page
) -> None:
    await page.goto("/incoming/callers")
    blocked = page.get_by_label("Blocked")
    await expect(blocked).to_have_value("+447700900666")
    await blocked.fill("+447700900666\n07700 900123")
    await page.get_by_role("button", name="Save").click()
    await expect(blocked).to_have_value("+447700900666\n+447700900123")

    await box.log_in()
    now = (await box.client.get("/api/routing-in")).json()
    await page.get_by_label("VIP").fill("07700 900007")
    other = {"based_on": now["version"], "blocked": [], "withheld": "challenge"}
    assert (await box.client.put("/api/routing-in/callers", json=other)).status_code == 204
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_contain_text("Somebody else has just changed this")

    again = {**other, "based_on": now["version"] + 1, "blocked": ["07700 900123"]}
    assert (await box.client.put("/api/routing-in/callers", json=again)).status_code == 204
    await page.goto("/incoming")
    await preview(page, "2026-12-09T12:00", "The number is blocked")
