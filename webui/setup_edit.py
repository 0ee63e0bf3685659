"""The first set-up as one change of tipring.toml: what was found, whom it rings, what is said.

Whatever the office has already stays; the ready-made flow and its hours are written anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from firmware.config.entries import put_entry, put_table
from firmware.config.model import Config
from firmware.contract.line_state import Ability
from firmware.contract.texts import Text, word
from firmware.contract.views import LineView
from webui.setup_answers import (
    Answers,
    is_new,
    numbered,
    phone_name,
    phones_without_extension,
)
from webui.setup_reception import in_every_language, with_reception

MAILBOX: Final = "office"
IDENTITY_OF: Final[Mapping[str, str]] = {"gsm": "imei", "fxo": "serial", "virtual": "serial"}
"""What binds a line of each kind to its device; other kinds are not found by themselves."""
ID_OF: Final[Mapping[str, str]] = {"gsm": "gsm", "fxo": "fxo", "virtual": "phone"}
LABEL_OF: Final[Mapping[str, str]] = {
    "gsm": "setup.label-gsm",
    "fxo": "setup.label-fxo",
    "virtual": "setup.label-phone",
}
CANNOT: Final = frozenset({"fxo.no-voice"})
"""Devices that would never be a line."""


def with_setup(text: str, config: Config, answers: Answers, lines: tuple[LineView, ...]) -> str:
    """Return `text` set up. Raises RequestRefused where a phone is not there (any more)."""
    languages = tuple(dict.fromkeys((answers.language, *config.office.languages)))
    text = put_table(text, "office", _office(answers, languages))
    text, ids = _with_lines(text, config, answers, [view for view in lines if is_new(view)])
    text = _recorded(text, config, answers, lines)
    unowned = phones_without_extension(config, lines)
    ringable = [one for one in unowned if one.line.line_id in ids or config.line(one.line.line_id)]
    text, phones = _with_extensions(text, config, answers, ringable, ids)
    text = in_every_language(text, languages)
    if not answers.ready_made:
        return text
    return with_reception(text, answers, phones, languages, _mailbox(config))


def _office(answers: Answers, languages: Sequence[str]) -> dict[str, Any]:
    return {
        "name": answers.office,
        "country": answers.country,
        "timezone": answers.timezone,
        "languages": list(languages),
    }


# ---- what is plugged in


def _with_lines(
    text: str, config: Config, answers: Answers, found: Sequence[LineView]
) -> tuple[str, dict[str, str]]:
    """Return the text with a line for each device, and how each is called from now on."""
    taken, ids = {line.id for line in config.lines}, dict[str, str]()
    for view in sorted(found, key=_order):
        line = view.line
        key = IDENTITY_OF.get(line.driver)
        if key is None or key not in line.identity or (line.why and line.why.code in CANNOT):
            continue
        number = next(n for n in range(1, 1000) if f"{ID_OF[line.driver]}-{n}" not in taken)
        line_id = f"{ID_OF[line.driver]}-{number}"
        label = Text(code=LABEL_OF[line.driver], args={"n": number})
        text = put_entry(
            text,
            "lines",
            line_id,
            {
                "driver": line.driver,
                "label": word(label, answers.language),
                key: line.identity[key],
                "number": line.identity.get("number"),
                "record": True if answers.record and Ability.PHONE not in line.abilities else None,
            },
        )
        taken.add(line_id)
        ids[line.line_id] = line_id
    return text, ids


def _order(view: LineView) -> tuple[str, str]:
    """The same order however they are plugged in."""
    driver = view.line.driver
    return driver, view.line.identity.get(IDENTITY_OF.get(driver, ""), view.line.line_id)


def _recorded(text: str, config: Config, answers: Answers, lines: tuple[LineView, ...]) -> str:
    phones = {view.line.line_id for view in lines if Ability.PHONE in view.line.abilities}
    for line in config.lines:
        if line.id not in phones and line.record != answers.record:
            text = put_entry(text, "lines", line.id, {"record": answers.record})
    return text


# ---- whom it rings


def _with_extensions(
    text: str, config: Config, answers: Answers, phones: Sequence[LineView], ids: Mapping[str, str]
) -> tuple[str, dict[str, str]]:
    """Return the text with an extension for each phone, and reference -> extension."""
    numbers = {one.id: one.id for one in config.extensions}
    mailbox = _mailbox(config)
    if config.mailbox(mailbox) is None:
        text = put_entry(text, "mailboxes", mailbox, {"name": answers.office})
    for view, number in numbered(config, phones):
        before = view.line.line_id
        entry = {
            "name": phone_name(number, answers.language),
            "devices": [ids.get(before, before)],
            "voicemail": mailbox,
        }
        text = put_entry(text, "extensions", number, entry)
        numbers[before] = number
    return text, numbers


def _mailbox(config: Config) -> str:
    return next((one.id for one in config.mailboxes), MAILBOX)
