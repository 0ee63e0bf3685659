"""Backups by hand: the sheet is shown once, a file is taken away, and a spare box restores it."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from firmware.backup.switching import is_waiting
from tests.browser.chromium import browser
from tests.webui.served import PASSWORD, Served, serve
from webui.accounts import CodePurpose

pytestmark = pytest.mark.browser

NEW_PASSWORD = "moved to the new cupboard"


@pytest.mark.usefixtures("recorded")
async def test_a_sheet_of_paper_and_a_file_make_a_spare_box_the_old_one(
    page: Page, fresh: Served, tmp_path: Path
) -> None:
    await page.goto("/settings/backup")
    await page.get_by_role("button", name="Make the emergency sheet").click()
    await page.get_by_label("password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    sheet = page.get_by_role("list", name="Backup key")
    await expect(sheet.get_by_role("listitem")).to_have_count(8)
    key = " ".join(await sheet.get_by_role("listitem").all_inner_texts())
    put_away = page.get_by_role("button", name="The sheet is in a safe place")
    await expect(put_away).to_be_disabled()
    await page.get_by_label("I have printed this sheet").check()
    await put_away.click()

    await page.get_by_role("button", name="Make a backup now").click()
    async with page.expect_download() as taking:
        await page.get_by_role("button", name="Download").click()
    taken = await taking.value
    await taken.save_as(tmp_path / taken.suggested_filename)
    await page.reload()
    await expect(page.get_by_label("How often")).to_have_value("day")
    assert key not in await page.content()
    assert "every = " in fresh.desk.history.live_text()

    await restore(tmp_path / taken.suggested_filename, key)


async def restore(file: Path, key: str) -> None:
    async with serve() as spare, browser(spare.url) as context:
        restarts: list[bool] = []
        restarting = replace(spare.desk, restart=lambda: restarts.append(True))
        spare.app.state.desk = restarting
        code = await asyncio.to_thread(spare.desk.accounts.new_code, CodePurpose.CLAIM)
        page = await context.new_page()
        await page.goto("/claim")
        await page.get_by_role("link", name="I have a backup of another box").click()
        mistyped = f"{key[:2]}{'0' if key[2] != '0' else '1'}{key[3:]}"
        for typed in (mistyped, key.lower()):
            await page.get_by_label("Code from the console").fill(code)
            await page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
            await page.get_by_label("New password once more").fill(NEW_PASSWORD)
            await page.get_by_label("Backup key").fill(typed)
            await page.get_by_label("Backup file").set_input_files(file)
            await page.get_by_role("button", name="Restore this box").click()
            if typed == mistyped:
                await expect(page.get_by_role("alert")).to_contain_text("Group 1 of the key")
                assert not is_waiting(spare.state)
        await expect(page.get_by_role("heading")).to_have_text("It is the old box now")
        await expect(page.get_by_role("link", name="Go on to the log-in")).to_be_visible()
        assert is_waiting(spare.state)
        assert restarts == [True]
