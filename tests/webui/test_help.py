"""Help: the same pages in every language, none empty."""

from pathlib import Path

import pytest

from firmware.contract.texts import LANGUAGES

HELP = Path("docs/help")
PAGES = {
    "backup.md",
    "bundles.md",
    "first-run.md",
    "now.md",
    "calls.md",
    "voicemail.md",
    "incoming.md",
    "flows.md",
    "lines.md",
    "mail.md",
    "recording.md",
    "people.md",
    "phones.md",
    "programs.md",
    "toll-guard.md",
    "settings.md",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_its_help(language: str) -> None:
    pages = {page.name: page.read_text("utf-8") for page in (HELP / language).iterdir()}

    assert set(pages) == PAGES
    assert all(text.startswith("# ") and len(text) > 150 for text in pages.values())
