"""A bundle on the page as its owner meets it: a bad one is explained, a good one is taken."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import FilePayload, Page, expect

from firmware.bundle.bundle import make_bundle
from firmware.bundle.incoming import leave_bundle
from tests.browser.chromium import browser
from tests.browser.test_accessibility import AXE, JUDGE, PAINTED
from tests.firmware.bundle.bundle_maker import MADE_AT, OWNER, STRANGER, office, public_line
from tests.practice_prompts import lend_prompts
from tests.webui.served import PASSWORD
from tests.webui.whole_box import WholeBox, whole_box
from webui.routes.pages import DIST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

RENAMED = office().replace("Scripted office", "Harbour office", 1)
SILENT = office() + f'\n[prompts.goodbye]\nen.sound = "{"cd" * 32}"\n'


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[WholeBox]:
    assert (DIST / "index.html").is_file(), "run: make pages"
    lend_prompts(tmp_path)
    (tmp_path / "prompts").mkdir(exist_ok=True)
    async with whole_box(office(), tmp_path / "prompts") as running:
        await running.claim()
        yield running


@pytest.fixture
async def page(box: WholeBox) -> AsyncIterator[Page]:
    """The bundles page, opened by who has just logged in."""
    async with browser(box.url) as context:
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto("/login")
        await page.fill("[name=name]", "owner")
        await page.fill("[name=password]", PASSWORD)
        await page.click("button")
        await page.wait_for_selector("h1")
        await page.goto("/settings/bundles")
        await expect(page.get_by_text("No bundle is waiting")).to_be_visible()
        yield page
        assert errors == []


def file(text: str, serial: int = 7) -> FilePayload:
    data = make_bundle(text, {}, serial=serial, made_at=MADE_AT, key=OWNER)
    return {"name": "office.tipring", "mimeType": "application/octet-stream", "buffer": data}


def live(box: WholeBox) -> str:
    return (box.state / "tipring.toml").read_text("utf-8")


async def test_a_bundle_with_a_bad_prompt_is_explained_and_the_mended_one_goes_live(
    box: WholeBox, page: Page
) -> None:
    chooser = page.locator("input[type=file]")
    await chooser.set_input_files(file(SILENT))
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("“goodbye” needs a sound that is neither in the bundle")
    await expect(alert).to_contain_text("Upload the sound on the box the bundle comes from")
    assert live(box) == office()

    await chooser.set_input_files(file(RENAMED))
    card = page.get_by_role("article")
    await expect(card).to_contain_text("Signed by Ana")
    await expect(card).to_contain_text("From a computer")
    await expect(card).to_contain_text("Office · name was Scripted office and becomes Harbour")
    await expect(alert).to_be_hidden()

    await card.get_by_role("button", name="Accept").click()
    await card.locator("input[type=password]").fill(PASSWORD)
    await card.get_by_role("button", name=re.compile("go on", re.IGNORECASE)).click()
    await expect(page.get_by_text("Version 2 of the configuration is live")).to_be_visible()
    await expect(card).to_be_hidden()
    assert live(box) == RENAMED


async def test_a_stick_appears_by_itself_and_can_be_refused(box: WholeBox, page: Page) -> None:
    data = make_bundle(RENAMED, {}, serial=7, made_at=MADE_AT, key=None)
    leave_bundle(box.state, data)

    card = page.get_by_role("article")
    await expect(card).to_contain_text("Not signed by a key this box knows")
    await expect(card).to_contain_text("From a USB stick")
    await card.get_by_role("button", name="Refuse").click()
    await expect(card).to_be_hidden()

    leave_bundle(box.state, b"junk")
    last = page.get_by_role("status")
    await expect(last).to_contain_text("This file is not a Tipring bundle")
    await expect(last).to_contain_text("Make the bundle again where it came from")
    assert live(box) == office()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_full_page_has_no_serious_fault_for_who_cannot_see_it(
    box: WholeBox, page: Page, scheme: Literal["light", "dark"]
) -> None:
    leave_bundle(box.state, b"junk")
    await expect(page.get_by_role("status")).to_be_visible()
    for serial, key in ((7, OWNER), (8, None)):
        renamed = RENAMED.replace("Workshop", f"Garage {serial}")
        data = make_bundle(renamed, {}, serial=serial, made_at=MADE_AT, key=key)
        leave_bundle(box.state, data)
    await expect(page.get_by_role("article")).to_have_count(2)
    await page.get_by_text("Add a key").click()
    await page.emulate_media(color_scheme=scheme)
    await page.evaluate(AXE.read_text("utf-8"))
    await page.evaluate(PAINTED, scheme)

    assert await page.evaluate(JUDGE, []) == []


async def test_a_key_is_pasted_and_may_then_take_at_once(box: WholeBox, page: Page) -> None:
    await page.get_by_text("Add a key").click()
    await page.get_by_label("Whose key it is").fill("Rui")
    pub = f"untrusted comment: minisign public key\n{public_line(STRANGER)}"
    await page.get_by_label("Public key").fill(pub)
    await page.get_by_role("button", name="Add the key").click()
    form = page.locator("form")
    await form.locator("input[type=password]").fill(PASSWORD)
    await form.get_by_role("button", name=re.compile("go on", re.IGNORECASE)).click()
    at_once = page.get_by_label("Take bundles of Rui at once")
    await expect(at_once).not_to_be_checked()
    await at_once.click()  # ticked once the box has it
    await expect(at_once).to_be_checked()

    renamed = live(box).replace("Scripted office", "Harbour office", 1)
    data = make_bundle(renamed, {}, serial=7, made_at=MADE_AT, key=STRANGER)
    leave_bundle(box.state, data)
    await expect(page.get_by_role("status")).to_contain_text("Version 4")

    await page.get_by_role("button", name="Remove the key of Rui").click()
    await expect(at_once).to_be_hidden()


async def test_the_box_is_downloaded_as_a_bundle(page: Page) -> None:
    async with page.expect_download() as starting:
        await page.get_by_role("link", name="Download").click()
    download = await starting.value

    assert download.suggested_filename.endswith(".tipring")
    assert (await download.path()).read_bytes()[:2] == b"PK"
