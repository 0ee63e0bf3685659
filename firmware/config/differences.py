"""What differs between two configurations, one sentence each; secrets are not shown.

Entries of a list are told apart by their id, not by where they stand, so one
line that moves is no difference, and one that is new is one sentence.
"""

import tomllib
from collections.abc import Iterator
from typing import Any, Final

from firmware.config.fault import shown
from firmware.config.secrets import SECRET_KEYS
from firmware.contract.texts import Text

MOST: Final = 200


def differences(old: str, new: str) -> tuple[Text, ...]:
    """Return what changes from `old` to `new`, in the order of the keys.

    Both must be valid TOML. After MOST sentences one says how many more there are.
    """
    was, now = tomllib.loads(old), tomllib.loads(new)
    found = list(_between(was, now, ""))
    if len(found) > MOST:
        left = Text(code="change.more", args={"count": len(found) - MOST})
        return (*found[:MOST], left)
    return tuple(found)


def _between(was: dict[str, Any], now: dict[str, Any], above: str) -> Iterator[Text]:
    for key in sorted(was.keys() | now.keys()):
        name = f"{above}.{key}" if above else key
        if key not in now:
            yield Text(code="change.removed", args={"key": shown(name)})
        elif key not in was:
            yield from _added(name, key, now[key])
        elif was[key] != now[key]:
            yield from _changed(name, key, was[key], now[key])


def _added(name: str, key: str, now: Any) -> Iterator[Text]:
    if key in SECRET_KEYS:
        yield Text(code="change.secret", args={"key": shown(name)})
    elif _by_id(now):
        yield from _between({}, _by_id(now), name)
    elif isinstance(now, dict):
        yield Text(code="change.added", args={"key": shown(name)})
    else:
        yield Text(code="change.set", args={"key": shown(name), "now": _value(now)})


def _changed(name: str, key: str, was: Any, now: Any) -> Iterator[Text]:
    if key in SECRET_KEYS:
        yield Text(code="change.secret", args={"key": shown(name)})
        return
    before, after = _by_id(was), _by_id(now)
    if isinstance(was, dict) and isinstance(now, dict):
        yield from _between(was, now, name)
    elif before or after:
        told = list(_between(before, after, name))
        yield from told or [Text(code="change.order", args={"key": shown(name)})]
    else:
        args: dict[str, str | int | float] = {
            "key": shown(name),
            "was": _value(was),
            "now": _value(now),
        }
        yield Text(code="change.changed", args=args)


def _by_id(value: Any) -> dict[str, Any]:
    """Return the entries of a list by their ids; empty for everything else."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return {}
    return {str(one.get("id", place)): one for place, one in enumerate(value, start=1)}


def _value(value: Any) -> str:
    """Return a value as a sentence shows it, without the secrets inside."""
    plain = _without_secrets(value)
    if isinstance(plain, list) and not any(isinstance(one, dict | list) for one in plain):
        return shown(", ".join(str(one) for one in plain) or "-")
    return shown(plain)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "…" if key in SECRET_KEYS else _without_secrets(one) for key, one in value.items()
        }
    return [_without_secrets(one) for one in value] if isinstance(value, list) else value
