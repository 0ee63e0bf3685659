"""Every sentence the web process says is worded in every language, and none is left over."""

import re
from pathlib import Path

import pytest

from firmware.contract.texts import LANGUAGES, sentences

SOURCE = "\n".join(file.read_text("utf-8") for file in Path("webui").glob("**/*.py"))
BUILT = {
    f"web.{form}-{part}"
    for form in ("claim", "login", "recover", "reset", "restore", "second")
    for part in ("title", "lead", "button")
} | {f"web.restored-{part}" for part in ("title", "lead", "onward")}
SAID = set(re.findall(r'"(web\.[a-z0-9-]+)"', SOURCE)) - {"web.db"} | BUILT


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_web_process_says_is_worded_with_the_same_places(language: str) -> None:
    words, english = sentences(language), sentences("en")

    assert {code for code in words if code.startswith("web.")} == SAID
    for code in SAID:
        assert _places(words[code]) == _places(english[code]), code


def _places(sentence: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", sentence))
