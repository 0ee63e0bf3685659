"""Settings as a receptionist meets them: searched for, tried out, undone, never locked out."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from firmware.config.entries import put_table
from firmware.config.history import History
from firmware.contract.mail import MailView, TrialView, TryMail
from firmware.contract.texts import Text
from tests.webui.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.usefixtures("recorded")]


async def test_a_field_is_found_from_any_page_by_keyboard_alone(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/now")
    await page.get_by_role("button", name="Search the settings").wait_for()
    await page.keyboard.press("/")
    search = page.get_by_role("combobox", name="Search the settings")
    await expect(search).to_be_focused()
    await page.keyboard.type("outgoing serv")
    await expect(page.get_by_role("dialog").get_by_role("option").first).to_contain_text(
        "Outgoing server (SMTP)"
    )
    await expect(page.get_by_role("dialog").get_by_role("option").first).to_have_attribute(
        "aria-selected", "true"
    )
    await page.keyboard.press("Enter")

    await expect(page).to_have_url(re.compile("/settings/mail$"))
    await expect(page.get_by_label("Outgoing server")).to_be_focused()


async def test_search_knows_the_readers_language_and_no_accents(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/now")
    await page.evaluate("localStorage.setItem('tipring-language', 'pt-BR')")
    await page.reload()
    await page.get_by_role("button", name="Buscar nas configurações").click()
    search = page.get_by_role("combobox", name="Buscar nas configurações")
    await search.fill("saudacao")

    results = page.get_by_role("dialog").get_by_role("option")
    await expect(results.filter(has_text="Caixas postais").first).to_be_visible()
    await search.fill("saudacao nothing of the kind")
    await expect(results).to_have_count(0)


async def test_a_test_letter_is_answered_in_plain_words(fresh: Served, page: Page) -> None:
    fault = Text(code="mail.port-closed", args={"server": "smtp.example.com", "port": 587})
    fresh.exchange.mail = MailView(trial=TrialView(to="a@example.com", running=True))
    await page.goto(f"{fresh.url}/settings/mail")
    await page.get_by_label("Outgoing server").fill("smtp.example.com")
    await page.get_by_label("Send a test to").fill("a@example.com")
    await page.get_by_role("button", name="Send a test").click()
    await expect(page.get_by_text("Talking to the server")).to_be_visible()

    fresh.exchange.mail = MailView(trial=TrialView(to="a@example.com", fault=fault))

    await expect(page.get_by_role("alert")).to_contain_text("takes nothing on port 587")
    (asked,) = fresh.exchange.requests(TryMail)
    assert asked.account["server"] == "smtp.example.com"


async def test_a_version_is_told_in_sentences_and_comes_back(fresh: Served, page: Page) -> None:
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.goto(f"{fresh.url}/settings/versions")
    second = page.get_by_role("article").filter(has_text="Version 2")
    await second.get_by_role("button", name="What changed").click()
    await expect(second.get_by_role("listitem")).to_have_text(
        [re.compile("Front desk.*becomes Reception")]
    )

    await second.get_by_role("button", name="Bring back").click()

    await expect(page.get_by_text("version 2 brought back")).to_be_visible()
    assert History(fresh.state).version(4).restored == 2


async def test_a_name_that_goes_is_on_trial_on_every_page_until_it_is_kept(
    fresh: Served, page: Page
) -> None:
    history = History(fresh.state)
    named = put_table(history.live_text(), "network", {"names": ["phones.example.com"]})
    (fresh.state / "tipring.toml").write_text(named, "utf-8")
    await page.goto(f"{fresh.url}/settings/network")
    await page.get_by_label("Other names of the page").fill("")
    await page.get_by_role("button", name="Save").click()

    trial = page.get_by_role("alertdialog")
    await expect(trial).to_contain_text("Can you still reach the box?")
    await page.goto(f"{fresh.url}/calls")
    await trial.get_by_role("button", name="Keep them").click()

    await expect(trial).to_be_hidden()
    assert fresh.exchange.snapshot.config_unconfirmed_until is None


async def test_a_team_box_is_made_and_shown_with_its_addresses(fresh: Served, page: Page) -> None:
    await page.goto(f"{fresh.url}/settings/mailboxes")
    await page.get_by_role("button", name="Add a box").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Sales team")
    await dialog.get_by_label("102 Workshop").check()
    await dialog.get_by_label("Send messages to").fill("anna\nben@example.com")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("anna is no e-mail address")
    await dialog.get_by_label("Send messages to").fill("anna@example.com\nben@example.com")
    await dialog.get_by_role("button", name="Save").click()

    await expect(page.get_by_text("By e-mail to anna@example.com, ben@example.com")).to_be_visible()
