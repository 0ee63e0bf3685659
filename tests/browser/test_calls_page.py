"""Calls as people use them: looked for, opened, heard, noted, starred, taken away, deleted."""

import csv
import io

import pytest
from playwright.async_api import Page, expect

from firmware.contract import call_requests as r
from tests.webui.served import OWNER, Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
ROWS = "main li > a[href^='/calls/']"


async def test_a_call_is_looked_for_and_the_list_taken_as_a_table(
    fresh: Served, page: Page, recorded: str
) -> None:
    await page.goto(f"{fresh.url}/calls")
    rows = page.locator(ROWS)
    await expect(rows).to_have_count(4)
    first = page.locator(f"a[href='/calls/{recorded}']")
    await expect(first).to_contain_text("Reception (101) · SIM7600, first")
    for mark in ("Starred", "with notes", "with a recording"):
        await expect(first.get_by_role("img", name=mark)).to_be_visible()

    search = page.get_by_role("searchbox")
    await search.fill("07700 900123")
    await expect(rows).to_have_count(1)
    await search.fill("offer by friday")
    await expect(rows).to_have_count(1)
    await search.fill("")
    await page.get_by_role("button", name="More filters").click()
    await page.get_by_label("Star", exact=True).select_option("Not starred")
    await expect(rows).to_have_count(3)
    await page.get_by_label("To day").fill("2001-01-01")
    await expect(page.get_by_text("No call fits")).to_be_visible()
    await page.get_by_label("To day").fill("")
    await page.get_by_label("Length").select_option("30 seconds to 2 minutes")
    await expect(rows).to_have_count(1)

    await page.get_by_role("button", name="Download").click()
    async with page.expect_download() as taking:
        await page.get_by_role("menuitem", name="This list as a table").click()
    taken = await taking.value
    assert taken.suggested_filename.startswith("calls-")
    table = (await taken.path()).read_text("utf-8-sig")
    assert [row[7] for row in csv.reader(io.StringIO(table))] == ["What became of it", "answered"]


async def test_a_recording_is_heard_by_the_keyboard_alone(
    fresh: Served, page: Page, recorded: str
) -> None:
    await page.goto(f"{fresh.url}/calls/{recorded}")
    wave = page.get_by_role("slider")
    await wave.focus()
    await wave.press("l")
    await expect(wave).to_have_attribute("aria-valuenow", "5")
    await wave.press("j")
    await expect(wave).to_have_attribute("aria-valuenow", "0")
    await wave.press(">")
    await expect(page.get_by_label("Speed")).to_have_value("1.25")
    for _ in range(9):
        await wave.press("<")
    await expect(page.get_by_label("Speed")).to_have_value("0.75")
    assert fresh.exchange.requests(r.NoteHearing) == []

    await wave.press(" ")
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()
    sound = page.locator("audio")
    assert await sound.evaluate("sound => [sound.playbackRate, sound.preservesPitch]") == [
        0.75,
        True,
    ]
    await wave.press(" ")
    await expect(page.get_by_role("button", name="Play")).to_be_visible()
    (heard,) = fresh.exchange.requests(r.NoteHearing)
    assert (heard.who, heard.call_ids) == (OWNER, (recorded,))


async def test_a_call_is_noted_starred_taken_away_and_deleted_with_a_reason(
    fresh: Served, page: Page, recorded: str
) -> None:
    await page.goto(f"{fresh.url}/calls/{recorded}")
    notes = page.get_by_role("region", name="Notes")
    await expect(notes).to_contain_text("Wants an offer by Friday.")
    await notes.get_by_role("textbox").fill("Rang back, all well")
    await notes.get_by_role("button", name="Add note").click()
    await expect(notes.get_by_role("textbox")).to_have_value("")
    star = page.get_by_role("button", name="Star this call")
    await expect(star).to_have_attribute("aria-pressed", "true")
    await star.click()
    await page.get_by_role("button", name="Download").click()
    async with page.expect_download() as taking:
        await page.get_by_role("menuitem", name="WAV").click()
    assert (await taking.value).suggested_filename.endswith("+447700900123.wav")

    await page.get_by_role("button", name="Delete everything about this call").click()
    dialog = page.get_by_role("dialog")
    delete = dialog.get_by_role("button", name="Delete for good")
    await expect(delete).to_be_disabled()
    await dialog.get_by_label("Reason").fill("the caller asked for it")
    await delete.click()
    await expect(page.get_by_role("heading", name="Calls")).to_be_visible()

    asked = [one for one in fresh.exchange.asked if isinstance(one, r.CallRequest)]
    assert [(one.do, one.who) for one in asked] == [
        (do, OWNER) for do in ("add-call-note", "star-call", "note-hearing", "delete-call")
    ]
    assert isinstance(asked[1], r.StarCall)
    assert asked[1].starred is False
    assert isinstance(asked[-1], r.DeleteCall)
    assert asked[-1].reason == "the caller asked for it"
