"""The ready-made flow of the first set-up: a welcome, opening hours, two keys, voicemail."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from firmware.config.entries import blocks_of, joined, lines_of, with_values
from firmware.config.flow_edit import with_flows
from firmware.config.tables import put_deep
from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text, word
from webui.setup_answers import (
    ALL_DAY,
    CLOSED,
    DESK,
    FLOW,
    PEOPLE,
    TIMETABLE,
    WELCOME,
    Answers,
    greeting,
)

Table: TypeAlias = dict[str, Any]

MENU_S: Final = 6.0
EVERY_DAY: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROUTES: Final = "routes_in"


def with_reception(
    text: str,
    answers: Answers,
    phones: Mapping[str, str],
    languages: Sequence[str],
    mailbox: str,
) -> str:
    """Return `text` with the flow and every call led to it that no rule of the owner takes.

    `phones` leads from what was picked to extensions. Raises RequestRefused for a phone that
    is not there, and where the file is written in a form nobody can change line by line.
    """
    data = tomllib.loads(text)
    flow = {**data.get("flows", {}).get(FLOW, {}), "start": "hours"}
    flow["nodes"] = _nodes(answers, phones, mailbox)
    flows = {**data.get("flows", {}), FLOW: flow}
    prompts = {**data.get("prompts", {}), **_said(answers, languages)}
    text = put_deep(text, ("timetables", TIMETABLE), _hours(answers))
    return _with_route(with_flows(text, flows, prompts))


def in_every_language(text: str, languages: Sequence[str]) -> str:
    """Let a prompt that a new language lacks say there what it says in its first language."""
    data = tomllib.loads(text)
    prompts = {
        name: {**said, **{one: next(iter(said.values())) for one in languages if one not in said}}
        for name, said in data.get("prompts", {}).items()
    }
    return with_flows(text, data.get("flows", {}), prompts)


def _hours(answers: Answers) -> Table:
    if answers.always_open:
        always = {"days": list(EVERY_DAY), "opens": ALL_DAY[0], "closes": ALL_DAY[1]}
        return {"public_holidays": False, "weekly": [always]}
    days = [day.value for day in dict.fromkeys(answers.days)]
    return {"weekly": [{"days": days, "opens": answers.opens, "closes": answers.closes}]}


def _said(answers: Answers, languages: Sequence[str]) -> Table:
    welcome, closed = Table(), Table()
    for language in languages:
        own = answers.greeting.strip() if language == answers.language else ""
        usual = greeting(answers, language, office=answers.office)
        sentence = Text(code="template.after-hours-closed", args={"office": answers.office})
        welcome[language] = {"text": own or usual}
        closed[language] = {"text": word(sentence, language)}
    return {WELCOME: welcome, CLOSED: closed}


def _nodes(answers: Answers, phones: Mapping[str, str], mailbox: str) -> Table:
    rings = {PEOPLE: _ring(answers.key_1, phones), DESK: _ring(answers.key_0, phones)}
    nodes = {name: node for name, node in rings.items() if node}
    people, desk = (name if name in nodes else "message" for name in rings)
    menu = {
        "type": "menu",
        "prompt": WELCOME,
        "keys": {"1": people, "0": desk},
        "timeout_s": MENU_S,
        "dial_extension": True,
        "timeout": people,
        "invalid": people,
    }
    return {
        "hours": {"type": "hours", "timetable": TIMETABLE, "open": "menu", "closed": "closed"},
        "menu": menu,
        **nodes,
        "closed": {"type": "play", "prompt": CLOSED, "next": "message"},
        "message": {"type": "voicemail", "mailbox": mailbox},
    }


def _ring(chosen: Sequence[str], phones: Mapping[str, str]) -> Table:
    for one in chosen:
        if one not in phones:
            raise RequestRefused("setup.no-such-phone", phone=one)
    if not chosen:
        return {}
    extensions = list(dict.fromkeys(phones[one] for one in chosen))
    return {
        "type": "connect",
        "extensions": extensions,
        "no_answer": "message",
        "busy": "message",
    }


def _with_route(text: str) -> str:
    rules = tomllib.loads(text).get(ROUTES, [])
    blocks = [one for one in blocks_of(text) if one.path == (ROUTES,) and one.of_list]
    at = next((at for at, rule in enumerate(rules) if rule.keys() == {"to"}), None)
    if len(blocks) != len(rules) or (at is not None and "to" not in blocks[at].pairs):
        raise RequestRefused("config.chapter-in-one-value", chapter=ROUTES)
    if at is None:
        return joined([*lines_of(text), "", f"[[{ROUTES}]]", f'to = {{ flow = "{FLOW}" }}'])
    return joined(with_values(lines_of(text), blocks[at], {"to": {"flow": FLOW}}))
