"""Ready-made flows: what most offices want, in the languages the office speaks.

They use what the office has (its first timetable, mailbox and extensions), and leave out
what it has not, so that a template never begins with faults.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, JsonValue

from firmware.config.model import Config
from firmware.contract.texts import Text, word

Nodes: TypeAlias = dict[str, dict[str, Any]]
LONGEST_MENU_S: Final = 6.0


class Template(BaseModel):
    name: str
    flow: dict[str, JsonValue]
    prompts: dict[str, dict[str, dict[str, str]]]


def templates(config: Config) -> list[Template]:
    return [_made(name, build(config), config) for name, build in BUILDERS.items()]


def _made(name: str, nodes: Nodes, config: Config) -> Template:
    said = {
        prompt: {
            language: {"text": word(_sentence(prompt, config), language)}
            for language in config.office.languages
        }
        for prompt in sorted({node["prompt"] for node in nodes.values() if "prompt" in node})
        if prompt.startswith(name)
    }
    return Template(name=name, flow={"start": next(iter(nodes)), "nodes": nodes}, prompts=said)


def _sentence(prompt: str, config: Config) -> Text:
    return Text(code=f"template.{prompt}", args={"office": config.office.name})


def _welcome(config: Config) -> Nodes:
    """Hours, then two keys: somebody, or a message."""
    menu = _menu("welcome-menu", {"1": "people", "2": "message"}, "people")
    nodes: Nodes = {"menu": menu, "people": _people(config), "message": _message(config)}
    return {**_hours(config, "menu", "message"), **nodes}


def _submenu(config: Config) -> Nodes:
    """A menu whose second key opens another one; the star goes back."""
    return {
        "menu": _menu("submenu-menu", {"1": "people", "2": "more"}, "people"),
        "people": _people(config),
        "more": _menu("submenu-more", {"1": "everybody", "2": "message", "*": "menu"}, "message"),
        "everybody": _everybody(config),
        "message": _message(config),
    }


def _after_hours(config: Config) -> Nodes:
    """While open the phones ring; otherwise a sentence and a message."""
    closed = {"type": "play", "prompt": "after-hours-closed", "next": "message"}
    nodes: Nodes = {"people": _people(config), "message": _message(config)}
    hours = _hours(config, "people", "closed")
    return {**hours, **({"closed": closed} if hours else {}), **nodes}


def _hours(config: Config, opened: str, closed: str) -> Nodes:
    timetable = next(iter(config.timetables), None)
    if timetable is None:
        return {}
    return {"hours": {"type": "hours", "timetable": timetable, "open": opened, "closed": closed}}


def _menu(prompt: str, keys: Mapping[str, str], otherwise: str) -> dict[str, Any]:
    return {
        "type": "menu",
        "prompt": prompt,
        "keys": dict(keys),
        "timeout_s": LONGEST_MENU_S,
        "timeout": otherwise,
        "invalid": otherwise,
    }


def _people(config: Config) -> dict[str, Any]:
    return _ring(config, _first(config))


def _everybody(config: Config) -> dict[str, Any]:
    return _ring(config, [one.id for one in config.extensions[1:6]] or _first(config))


def _first(config: Config) -> list[str]:
    return [one.id for one in config.extensions[:1]]


def _ring(config: Config, extensions: list[str]) -> dict[str, Any]:
    if not extensions:
        return _message(config)
    leave = "message"
    return {"type": "connect", "extensions": extensions, "no_answer": leave, "busy": leave}


def _message(config: Config) -> dict[str, Any]:
    mailbox = next((one.id for one in config.mailboxes), None)
    if mailbox is None:
        return {"type": "hangup", "prompt": "nobody-available"}
    return {"type": "voicemail", "mailbox": mailbox}


BUILDERS: Final[Mapping[str, Callable[[Config], Nodes]]] = {
    "welcome": _welcome,
    "submenu": _submenu,
    "after-hours": _after_hours,
}
