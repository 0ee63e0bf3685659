"""The newer steps in the editor: a form, a prompt by phone; and the picture by keys."""

import pytest
from playwright.async_api import Page, expect

from firmware.contract.flow_requests import RecordPrompt
from tests.webui.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.usefixtures("recorded")]


async def test_a_form_is_built_its_faults_read_and_a_prompt_recorded_by_phone(
    fresh: Served, page: Page
) -> None:
    await page.goto(f"{fresh.url}/flows")
    steps = page.get_by_role("list", name="Steps")
    await steps.get_by_role("button", name="welcome Menu").click()
    key = page.get_by_role("group", name="Add a key:").get_by_role("button", name="Key 5")
    await key.click()
    await page.get_by_label("Key 5", exact=True).select_option("+ Form")
    await page.get_by_role("button", name="All steps").click()
    await steps.get_by_role("button", name="form Form").click()
    status = page.get_by_role("status").first
    await expect(page.get_by_text("“Questions” is missing.")).to_be_visible()

    await page.get_by_role("button", name="Add a question").click()
    question = page.get_by_role("region", name="Question 1")
    await question.get_by_label("Name of the answer").fill("Why?")
    await expect(question.get_by_text("a value's name begins with a small letter")).to_be_visible()
    await question.get_by_label("Name of the answer").fill("reason")
    await question.get_by_label("What is said").select_option("+ A new prompt")
    for language in ("en", "pt-BR"):
        spoken = question.get_by_label(f"Spoken by the box ({language})")
        await spoken.locator("xpath=../../..").get_by_role("button", name="Record by phone").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("button", name="Ring it").click()
        await dialog.get_by_role("button", name="Keep it").click()
        await expect(dialog).to_be_hidden()
    await expect(question.get_by_text("a sound of yours")).to_have_count(2)
    for exit_name in ("Then", "Not answered"):
        await page.get_by_label(exit_name, exact=True).select_option("goodbye")

    await expect(status).to_have_text("No faults: may be published")
    assert len(fresh.exchange.requests(RecordPrompt)) == 2


async def test_a_flow_with_a_submenu_and_holidays_is_tried_on_christmas_day(
    fresh: Served, page: Page
) -> None:
    toml = (fresh.state / "tipring.toml").read_text("utf-8")
    holidays = toml.replace("public_holidays = false", "public_holidays = true")
    assert holidays != toml
    apply = {"toml": holidays, "comment": "closed on holidays"}
    assert (await fresh.client.post("/api/config/apply", json=apply)).status_code == 200
    await page.goto(f"{fresh.url}/flows")
    await page.get_by_role("button", name="New flow").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What you call it").fill("Winter")
    await dialog.get_by_label("Begin with").select_option("submenu")
    await dialog.get_by_role("button", name="Make it").click()
    await page.get_by_label("Add a step").select_option("Opening hours")
    await page.get_by_label("Opening hours", exact=True).select_option("always")
    await page.get_by_label("Open", exact=True).select_option("menu")
    await page.get_by_label("Closed", exact=True).select_option("message")
    status = page.get_by_role("status").first
    await expect(status).to_have_text("1 fault")  # nobody can reach it yet
    await page.get_by_role("button", name="Begin here").click()
    await expect(status).to_have_text("No faults: may be published")

    await page.get_by_text("What happens if").click()
    await page.get_by_label("Begins").select_option("flow")
    for day, way in (("2026-12-25T10:00", "is closed then"), ("2026-12-22T10:00", "is open then")):
        await page.locator("input[type=datetime-local]").fill(day)
        await page.get_by_role("button", name="Show the path").click()
        first = page.get_by_role("list", name="The path").get_by_role("listitem").first
        await expect(first).to_contain_text(way)


async def test_the_picture_is_walked_and_changed_by_keys(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/flows")
    drawn = page.locator(".react-flow__node")
    hours = page.locator('.react-flow__node[data-id="hours"]')
    await expect(hours).to_be_visible()
    count = await drawn.count()
    await hours.focus()

    await page.keyboard.press("ArrowRight")
    welcome = page.locator('.react-flow__node[data-id="welcome"]')
    await expect(welcome).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="welcome")).to_be_focused()
    await welcome.focus()
    await page.keyboard.press("ArrowLeft")
    await expect(hours).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Delete")
    await expect(drawn).to_have_count(count - 1)
    await page.keyboard.press("Control+z")
    await expect(drawn).to_have_count(count)
