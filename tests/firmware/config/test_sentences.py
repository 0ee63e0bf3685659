"""Every code that configuration, store and prompts can say has its sentence in every language."""

import re
from pathlib import Path

import pytest

import firmware
from firmware.config.model_faults import CODES, FORMS, PATTERNS
from firmware.contract.texts import LANGUAGES, sentences

SOURCES = [
    file
    for package in ("config", "store", "prompts")
    for file in (Path(firmware.__file__).parent / package).glob("*.py")
]
LITERAL = re.compile(r'"((?:config|store|sound)\.[a-z][a-z0-9-]+)"')
KINDS = ("line", "extension", "group", "mailbox", "flow", "node", "timetable", "region")


def codes() -> set[str]:
    found = {code for file in SOURCES for code in LITERAL.findall(file.read_text("utf-8"))}
    named = {f"config.no-such-{kind}" for kind in KINDS}
    return found | named | {*CODES.values(), *FORMS.values(), *PATTERNS.values()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentence(language: str) -> None:
    assert len(codes()) > 60
    assert codes() - set(sentences(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    places = re.compile(r"\{\w+\}")
    for code in codes():
        there = set(places.findall(sentences(language)[code]))
        assert there == set(places.findall(sentences("en")[code])), code
