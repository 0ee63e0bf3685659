"""The page as a person meets it, from the set-up code to an applied setting."""

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from firmware.contract import call_requests, views
from firmware.contract import control as c
from tests.browser.chromium import PHONE
from tests.webui.practice_office import lines, live_call, now
from tests.webui.served import OWNER, PASSWORD, Served
from webui.accounts import CodePurpose

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PAGES = (
    "now",
    "calls",
    "voicemail",
    "phones",
    "lines",
    "settings",
    "settings/versions",
    "help/now",
)
EDITOR = "tipring.toml"


async def test_from_the_set_up_code_to_a_live_call(fresh: Served, page: Page) -> None:
    fresh.exchange.snapshot = fresh.exchange.snapshot.model_copy(update={"lines": lines()})
    code = await asyncio.to_thread(fresh.desk.accounts.new_code, CodePurpose.CLAIM)

    await page.goto(fresh.url)
    await page.get_by_label("Code from the console").fill(code)
    await page.get_by_label("New password", exact=True).fill(PASSWORD)
    await page.get_by_label("New password once more").fill(PASSWORD)
    await page.get_by_role("button", name="Become the owner").click()
    await page.get_by_role("button", name="Skip the guide").click()

    await expect(page.get_by_role("heading", name="All quiet")).to_be_visible()
    await expect(page.get_by_text("SIM7600, first")).to_be_visible()
    await expect(page.get_by_text("The SIM wants its PIN")).to_be_visible()

    call = live_call(now() - timedelta(seconds=3), views.CallPhase.RINGING)
    fresh.exchange.call(call)
    card = page.get_by_role("article")
    await expect(card).to_contain_text("+447700900123")
    await expect(card).to_contain_text("ringing")
    fresh.exchange.call(live_call(call.began_at, views.CallPhase.TALKING))
    await expect(card).to_contain_text("talking")
    await card.get_by_role("button", name="Hang up").click()
    await expect(card.get_by_role("button", name="Hang up")).to_be_enabled()
    assert fresh.exchange.requests(c.ClearCallRequest)[0].who == OWNER
    fresh.exchange.call(call.model_copy(update={"phase": views.CallPhase.ENDED}))
    await expect(page.get_by_role("heading", name="All quiet")).to_be_visible()

    await page.get_by_role("button", name=re.compile("Your account")).click()
    await page.get_by_role("menuitem", name="Log out").click()
    await page.get_by_label("Name").fill(OWNER)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("heading", name="All quiet")).to_be_visible()


async def test_a_calls_story_and_its_recording_that_seeks(
    fresh: Served, page: Page, recorded: str
) -> None:
    await page.goto(f"{fresh.url}/calls")
    await page.locator(f"a[href='/calls/{recorded}']").click()

    await expect(page.get_by_text("The caller pressed 1")).to_be_visible()
    await expect(page.get_by_text("A call came in on SIM7600, first")).to_be_visible()
    await expect(page.get_by_text("comes to “welcome” in the menu “main”")).to_be_visible()
    await expect(page.get_by_text("The call ended after 24 s (hung up)")).to_be_visible()
    await expect(page.get_by_text("Sound: fair")).to_be_visible()
    await expect(page.get_by_text("2.6 % lost · jitter 32 ms · round trip 48 ms")).to_be_visible()
    wave = page.get_by_role("slider")
    box = await wave.bounding_box()
    assert box is not None
    await wave.click(position={"x": box["width"] / 2, "y": 20})
    await expect(wave).to_have_attribute("aria-valuenow", re.compile("^(10|11)$"))

    await page.get_by_role("button", name="Connected", exact=True).click()
    await expect(wave).to_have_attribute("aria-valuenow", "11")
    await wave.press("ArrowRight")
    await expect(wave).to_have_attribute("aria-valuenow", "16")
    assert _listened(fresh) == 0, "looking at a call is not listening to it"
    await page.get_by_role("button", name="Play").click()
    await expect(wave).to_have_attribute("aria-valuenow", "18")
    assert _listened(fresh) == 1


def _listened(box: Served) -> int:
    return len(box.exchange.requests(call_requests.NoteHearing))


async def test_settings_are_checked_as_you_type_applied_and_confirmed(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/settings/text")
    editor = page.get_by_label(EDITOR)
    toml = await editor.input_value()
    await editor.fill(toml.replace('"+441632960011"]', '"not a number"]'))

    fault = page.get_by_role("button", name=re.compile("office.numbers"))
    await expect(fault).to_contain_text("line")
    await expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    await fault.click()
    line = toml[: toml.index('numbers = ["+441632960011"]')].count("\n")
    selected = await editor.evaluate("area => area.value.slice(0, area.selectionStart)")
    assert selected.count("\n") == line

    await editor.fill(toml.replace('"Workshop"', '"Garage"'))
    await page.get_by_label("What you changed, and why").fill("a garage")
    await page.get_by_role("button", name="Apply").click()
    await page.get_by_role("button", name="Keep them").click()
    await expect(page.get_by_text("These settings are on trial")).to_be_hidden()
    await expect(page.get_by_text("Based on version 4")).to_be_visible()

    await page.get_by_role("link", name="Settings").last.click()
    await page.get_by_role("link", name="Versions").click()
    await page.get_by_role("button", name="What changed").first.click()
    await expect(page.get_by_text("Workshop and becomes Garage")).to_be_visible()
    await page.get_by_text("As text").first.click()
    await expect(page.get_by_text('+name = "Garage"')).to_be_visible()
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.get_by_role("button", name="Bring back").last.click()
    await expect(page.get_by_text("version 1 brought back")).to_be_visible()


async def test_a_trial_that_nobody_confirmed_is_told_until_it_is_seen(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    gone_back = page.get_by_text("Nobody kept version 4 in time")
    await page.goto(f"{fresh.url}/settings/text")
    editor = page.get_by_label(EDITOR)
    await editor.fill((await editor.input_value()).replace('"Workshop"', '"Garage"'))
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_text("These settings are on trial")).to_be_visible()
    await expect(gone_back).to_be_hidden()

    fresh.exchange.trial_runs_out()

    await expect(gone_back).to_contain_text("those of version 3 again")
    await page.goto(fresh.url)
    await expect(gone_back).to_be_visible()
    await page.get_by_role("button", name="Got it").click()
    await expect(gone_back).to_be_hidden()
    await page.goto(f"{fresh.url}/settings/text")
    await expect(page.get_by_label(EDITOR)).to_be_visible()
    await expect(gone_back).to_be_hidden()


async def test_an_exchange_that_restarts_is_told_and_picked_up_again(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(fresh.url)
    await expect(page.get_by_role("heading", name="2 calls in progress")).to_be_visible()

    await fresh.exchange.die()
    await expect(page.get_by_text("The exchange is restarting or gone")).to_be_visible()

    await fresh.exchange.come_back("second")
    await expect(page.get_by_role("heading", name="All quiet")).to_be_visible()
    await expect(page.get_by_text("The exchange is restarting or gone")).to_be_hidden()
    fresh.exchange.call(live_call(now()))
    await expect(page.get_by_role("heading", name="1 call in progress")).to_be_visible()


async def test_a_language_is_chosen_once_and_stays(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/now")
    await page.get_by_role("button", name="Language").click()
    await expect(page.get_by_role("menuitem", name="Polski")).to_contain_text("machine-made")
    await page.get_by_role("menuitem", name="Português").click()
    await expect(page.get_by_role("heading", name="2 chamadas em andamento")).to_be_visible()

    await page.evaluate("localStorage.clear()")
    await page.reload()

    await expect(page.get_by_role("heading", name="2 chamadas em andamento")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "pt-BR"


async def test_every_page_fits_a_phone_and_asks_nobody_else(
    fresh: Served, page: Page, recorded: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    for name in (*PAGES, f"calls/{recorded}"):
        await page.goto(f"{fresh.url}/{name}")
        await page.locator("main .card, main section").first.wait_for()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], f"{name} is {wide} wide"

    strangers = {url for url in asked if not url.startswith((fresh.url, "data:"))}
    assert strangers == set()


async def test_the_page_is_usable_by_keyboard_alone(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/now")
    await page.get_by_role("heading", name="2 calls in progress").wait_for()

    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Skip to the content")).to_be_focused()
    await page.get_by_role("link", name="Lines", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Lines")).to_be_visible()
    await page.get_by_role("button", name="Test the line").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("The line passed its test.")).to_be_visible()
