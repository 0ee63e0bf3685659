"""A line's settings in the page: its name changes, its sound is checked, a wrong figure is told."""

import pytest
from playwright.async_api import Page, expect

from tests.webui.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


async def test_a_line_gets_a_name_and_another_loudness(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/lines")
    card = page.get_by_role("article", name="SIM7600, first")
    await card.get_by_role("button", name="Change").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("Mobile line")
    await dialog.get_by_label("The modem's IMEI").fill("12")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("“The modem's IMEI”")
    await dialog.get_by_label("The modem's IMEI").fill("860000000000011")
    await dialog.get_by_label("In use").uncheck()
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    kept = (await fresh.client.get("/api/lines/gsm-1/settings")).json()
    assert (kept["label"], kept["enabled"]) == ("Mobile line", False)

    await card.get_by_role("button", name="Sound check").click()
    await expect(dialog.get_by_role("meter", name="We hear them")).to_be_visible()
    async with page.expect_response(lambda answer: answer.request.method == "PUT"):
        await dialog.get_by_role("button", name="Take +9 dB for us, 0 dB for them").click()
    kept = (await fresh.client.get("/api/lines/gsm-1/settings")).json()
    assert (kept["receive_db"], kept["send_db"]) == (9.0, 0.0)


async def test_lines_for_calls_out_have_an_order_and_prices(
    fresh: Served, page: Page, recorded: str
) -> None:
    assert recorded
    await page.goto(f"{fresh.url}/phones/dialling")
    form = page.get_by_role("form", name="Lines for calls out")
    await form.get_by_label("Add a line").select_option("EC25")
    await form.get_by_label("Add a line").select_option("Sea Telecom")
    await form.get_by_text("Sea Telecom").first.click()
    await form.get_by_label("A minute costs").last.fill("0.02")
    await form.get_by_role("button", name="Take it earlier").click()
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_text("Sea Telecom").first).to_be_visible()

    trial = page.get_by_role("form", name="What if somebody dials")
    await trial.get_by_label("Number").fill("01632 960077")
    await trial.get_by_role("button", name="Try it").click()
    await expect(trial.get_by_role("status")).to_contain_text("SIM7600, first")
    kept = (await fresh.client.get("/api/lines-out")).json()["chosen"]
    assert [one["line"] for one in kept] == ["trunk-1", "gsm-4"]
