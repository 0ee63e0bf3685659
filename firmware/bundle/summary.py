"""What a bundle brings besides settings, in sentences a receptionist can judge."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from firmware.bundle.bundle import Bundle
from firmware.config.fault import shown
from firmware.contract.texts import Text

MOST_NAMED: Final = 8


def prompt_changes(before: str, after: str) -> tuple[Text, ...]:
    """Return which prompts are new, replaced or gone. Both must be valid TOML."""
    was, now = _prompts(before), _prompts(after)
    replaced = [name for name in now if name in was and now[name] != was[name]]
    return tuple(
        _told("bundle.prompts-new", [name for name in now if name not in was])
        + _told("bundle.prompts-replaced", replaced)
        + _told("bundle.prompts-gone", [name for name in was if name not in now])
    )


def brought(bundle: Bundle, new_sounds: int, new_contacts: int) -> tuple[Text, ...]:
    """Return what comes along: sounds and contacts the box does not have yet."""
    return tuple(_brought(bundle, new_sounds, new_contacts))


def _brought(bundle: Bundle, new_sounds: int, new_contacts: int) -> Iterator[Text]:
    if new_sounds:
        args = {"count": new_sounds, "all": len(bundle.sounds)}
        yield Text(code="bundle.brings-sounds", args=args)
    if new_contacts:
        yield Text(code="bundle.brings-contacts", args={"count": new_contacts})


def _told(code: str, names: list[str]) -> list[Text]:
    if not names:
        return []
    more = ", …" if len(names) > MOST_NAMED else ""
    named = ", ".join(shown(name) for name in sorted(names)[:MOST_NAMED]) + more
    return [Text(code=code, args={"count": len(names), "names": named})]


def _prompts(text: str) -> Mapping[str, Any]:
    prompts = tomllib.loads(text).get("prompts", {})
    return prompts if isinstance(prompts, dict) else {}
