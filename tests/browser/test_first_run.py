"""A box out of its carton: from the code on the console to the first recorded call, by clicks."""

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Page, expect

import firmware.config
from tests.browser.chromium import browser
from tests.practice_box import PracticeBox, wait_for
from tests.webui.served import PASSWORD
from webui.routes.pages import DIST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MINIMAL: Final = Path(firmware.config.__file__).parent / "minimal.toml"
DEVICES: Final = 8
MOMENT_MS: Final = 60_000
"""What a busy machine may take for what takes a second on a quiet one."""


class FreshBox(PracticeBox):
    """With everything plugged in and nothing set up."""

    def lines_ready(self) -> bool:
        assert self.supervisor.poll() is None, "tipring run ended"
        health = list(self.health().values())
        return len(health) == DEVICES and set(health) == {"unassigned"}

    def set_up_code(self) -> str:
        wait_for("the set-up code", lambda: self._code() is not None, 30)
        code = self._code()
        assert code is not None
        return code

    def _code(self) -> str | None:
        said = re.search(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\b", self.log.read_text("utf-8"))
        return said[1] if said else None


@pytest.fixture
def box() -> Iterator[FreshBox]:
    assert (DIST / "index.html").is_file(), "run: make pages"
    box = FreshBox.start(MINIMAL.read_text("utf-8"), lines=DEVICES)
    try:
        yield box
    finally:
        box.stop()
        box.remove()


async def claim(page: Page, box: FreshBox) -> None:
    await page.goto(f"http://127.0.0.1:{box.port}/")
    await page.locator("input[name=code]").fill(box.set_up_code())
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=again]").fill(PASSWORD)
    await page.locator("form button").click()


@dataclass(frozen=True)
class Said:
    """What stands on the buttons one has to find."""

    locale: str
    on: str
    back: str
    live: str
    call: str
    lift: str
    works: str
    finish: str
    welcome: str


ENGLISH: Final = Said(
    "en-GB",
    "Continue",
    "Back",
    "Make it live",
    "Call now",
    "Answer on",
    "It works",
    "Finish",
    "Welcome to Our office. To speak to us, press 1.",
)
PORTUGUESE: Final = Said(
    "pt-BR",
    "Continuar",
    "Voltar",
    "Colocar no ar",
    "Ligar agora",
    "Atender em",
    "Funciona",
    "Concluir",
    "Você ligou para Nosso escritório. Para falar conosco, tecle 1.",
)


@pytest.mark.parametrize("said", [ENGLISH, PORTUGUESE], ids=lambda said: str(said.locale))
async def test_from_the_carton_to_the_first_recorded_call(box: FreshBox, said: Said) -> None:
    async with browser(f"http://127.0.0.1:{box.port}", locale=said.locale) as context:
        context.set_default_timeout(MOMENT_MS)
        page = await context.new_page()
        began = time.monotonic()
        await claim(page, box)
        await set_up(page, said)
        await call_in(page, said)
        took_s = time.monotonic() - began
        await page.get_by_role("article").get_by_role("link").click()
        await expect(page.get_by_role("slider")).to_be_visible(timeout=MOMENT_MS)
        await page.go_back()  # and is where one was
        await page.get_by_role("button", name=said.back, exact=True).click()
        await page.get_by_role("button", name=said.live).click()
        await page.get_by_role("button", name=said.finish).click()
        await expect(page).to_have_url(re.compile("/now$"), timeout=MOMENT_MS)
    story = box.last_story()
    codes = {step.what.code for step in story.steps}
    assert {"call.came-in", "call.answered", "ivr.keys", "call.connected"} <= codes, codes
    assert story.recording is not None
    sys.stdout.write(f"\n{said.locale}: from the carton to a recorded call in {took_s:.1f} s\n")


async def set_up(page: Page, said: Said) -> None:
    """Take every answer as it is proposed."""
    heading = page.locator("#setup-heading")
    for _ in range(4):
        before = await heading.inner_text()
        await page.get_by_role("button", name=said.on, exact=True).click()
        await expect(heading).not_to_have_text(before, timeout=MOMENT_MS)
    words = page.get_by_role("textbox").last
    await expect(words).to_have_value(re.compile(re.escape(said.welcome)), timeout=MOMENT_MS)
    await page.get_by_role("button", name=said.live).click()


async def call_in(page: Page, said: Said) -> None:
    """Somebody outside calls and presses 1; we answer on the page; they hang up."""
    await page.get_by_role("button", name=said.call).click()
    await page.get_by_role("button", name=re.compile(f"^{said.lift}")).click()
    await expect(page.get_by_text(said.works, exact=True)).to_be_visible(timeout=MOMENT_MS)
