"""The call-flow editor as a receptionist meets it: built, mis-built, mended, published, undone."""

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from firmware.contract.control import ApplyConfig
from tests.webui.served import OWNER, Served, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.usefixtures("recorded")]


def flows(state: Path) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((state / "tipring.toml").read_text("utf-8"))["flows"]
    return found


async def begin(page: Page, box: Served, template: str, name: str) -> None:
    await page.goto(f"{box.url}/flows")
    await page.get_by_role("button", name="New flow").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("What you call it").fill(name)
    await dialog.get_by_label("Begin with").select_option(template)
    await dialog.get_by_role("button", name="Make it").click()
    await expect(dialog).to_be_hidden()


async def test_a_flow_with_a_submenu_is_built_mended_published_and_taken_back(
    fresh: Served, page: Page
) -> None:
    before = flows(fresh.state)
    await begin(page, fresh, "submenu", "Second menu")
    status = page.get_by_role("status").first
    await expect(status).to_have_text("No faults: may be published")
    await expect(page.locator(".react-flow__node")).to_have_count(5)

    await page.get_by_role("list", name="Steps").get_by_role("button", name="more Menu").click()
    await page.get_by_label("No key").select_option("")
    await expect(page.get_by_text("“No key” is missing.")).to_be_visible()
    await expect(status).to_have_text("1 fault")
    card = page.locator(".react-flow__node", has_text="submenu more")
    await expect(card.get_by_title("1 fault")).to_be_visible()
    await page.get_by_text("Changes", exact=True).click()
    await expect(page.get_by_text("“second menu” is a new flow.")).to_be_visible()
    await expect(page.get_by_role("button", name="Publish")).to_be_disabled()

    await card.click()
    await page.get_by_label("No key").select_option("+ Hang up")
    await expect(status).to_have_text("No faults: may be published")
    await page.get_by_text("Changes", exact=True).click()
    await page.get_by_label("What you changed, and why").fill("a second menu")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("is live.", exact=False).first).to_be_visible()

    nodes = flows(fresh.state)["second-menu"]["nodes"]
    assert nodes["more"]["timeout"] == "hangup"
    assert nodes["hangup"] == {"type": "hangup"}
    applied = fresh.exchange.requests(ApplyConfig)[-1]
    assert (applied.who, applied.comment) == (OWNER, "a second menu")

    await page.get_by_role("button", name="Take it back").click()
    await until(lambda: flows(fresh.state) == before)
    await expect(page.get_by_text("Your draft is what is live.")).to_be_visible()


async def test_what_would_happen_is_shown_on_the_picture(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/flows")
    await page.get_by_text("What happens if").click()
    await page.get_by_label("Keys they press").fill("9, 1")
    await page.get_by_label("Whoever is rung").select_option("no-answer")
    await page.get_by_role("button", name="Show the path").click()

    steps = page.get_by_role("list", name="The path").get_by_role("listitem")
    await expect(steps).to_have_count(7)
    await expect(steps.nth(2)).to_contain_text("The caller presses 9")
    await expect(steps.nth(4)).to_contain_text("Bem-vindo ao escritório")
    await expect(steps.nth(5)).to_contain_text("101 rings, nobody answers")
    walked = page.locator(".react-flow__node [data-path=true] strong")
    assert sorted(await walked.all_inner_texts()) == [
        "front desk",
        "hours",
        "message",
        "portuguese",
        "welcome",
    ]
    await expect(page.locator(".react-flow__edge.animated")).to_have_count(5)


async def test_a_prompt_is_typed_on_the_spot_and_heard(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/flows")
    await (
        page.get_by_role("list", name="Steps").get_by_role("button", name="goodbye Hang up").click()
    )
    await page.get_by_label("What is said").select_option("+ A new prompt")
    await page.get_by_label("Spoken by the box (en)").fill("Until we meet on the moor.")
    missing = page.get_by_text("missing in the language pt-BR", exact=False)
    await expect(missing.first).to_be_visible()
    async with page.expect_response("**/api/prompts/spoken") as spoken:
        await page.get_by_role("button", name="Listen").first.click()
    sound = (await (await spoken.value).json())["sound"]
    assert (fresh.state / "prompts" / f"{sound}.wav").stat().st_size > 4000

    await page.get_by_label("Spoken by the box (pt-BR)").fill("Até logo.")
    await expect(missing).to_be_hidden()
    await expect(page.get_by_role("status").first).to_have_text("No faults: may be published")


async def test_everything_works_by_keyboard(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/flows")
    steps = page.get_by_role("list", name="Steps")
    await steps.get_by_role("button", name="welcome Menu").focus()
    await page.keyboard.press("Enter")
    key = page.get_by_role("group", name="Add a key:").get_by_role("button", name="Key 5")
    await key.focus()
    await page.keyboard.press("Enter")
    chosen = page.get_by_label("Key 5", exact=True)
    await chosen.focus()
    await page.keyboard.type("message")
    await expect(chosen).to_have_value("message")
    await page.get_by_label("Name of the step").fill("Front door")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="front door")).to_be_visible()
    await page.get_by_role("button", name="All steps").focus()
    await page.keyboard.press("Enter")
    await expect(steps.get_by_role("button", name="front door Menu")).to_contain_text(
        "Key 5 → message"
    )
    await expect(steps.get_by_role("button", name="hours Opening hours")).to_contain_text(
        "Open → front door"
    )


async def test_the_draft_outlives_the_page_and_another_persons_version_is_told(
    fresh: Served, page: Page
) -> None:
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await begin(page, fresh, "after-hours", "Evenings")
    await page.reload()
    await expect(page.get_by_label("Flow", exact=True)).to_contain_text("evenings")

    toml = (fresh.state / "tipring.toml").read_text("utf-8").replace("retries = 2", "retries = 3")
    apply = {"toml": toml, "comment": "asked once more"}
    answer = await fresh.client.post("/api/config/apply", json=apply)
    assert answer.status_code == 200, answer.text
    await page.get_by_text("Changes", exact=True).click()
    await expect(page.get_by_text("Somebody else has changed the call flows")).to_be_visible()
    await page.get_by_role("button", name="Begin again with what is live").click()
    await expect(page.get_by_text("Your draft is what is live.")).to_be_visible()
