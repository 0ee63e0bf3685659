"""The menu node: one key decides, or the number of an extension the caller knows."""

from collections.abc import Iterable
from typing import Final

from firmware.apps.ivr.connecting import connect_extension
from firmware.calls.visit import Visit
from firmware.config.flows import Menu

NEXT_KEY_S: Final = 1.5
"""After a key that may begin an extension's number: long enough to press the next one."""


async def menu(visit: Visit, node: Menu) -> str | None:
    """Return the exit the caller chose, timeout or invalid after the last try, None when served."""
    leave = node.timeout
    for _ in range(node.retries + 1):
        await visit.say(node.prompt, until_key=node.interruptible)
        if not node.interruptible:
            visit.caller.keys.clear()
        keys = await _keys(visit, node)
        if not keys:
            visit.call.step("ivr.no-key", visit.caller)
            leave = node.timeout
            continue
        visit.call.step("ivr.keys", visit.caller, keys=keys)
        if keys in node.keys:
            return node.keys[keys]
        if node.dial_extension and visit.office.config.extension(keys) is not None:
            return await connect_extension(visit, keys)
        leave = node.invalid
        await visit.say(node.invalid_prompt, until_key=True)
    return leave


async def _keys(visit: Visit, node: Menu) -> str:
    """Return one key, or an extension's number as far as it was dialled."""
    keys = await visit.caller.next_key(node.timeout_s) or ""
    extensions = [one.id for one in visit.office.config.extensions] if node.dial_extension else []
    while keys and _may_go_on(keys, extensions):
        key = await visit.caller.next_key(NEXT_KEY_S)
        if key is None:
            break
        keys += key
    return keys


def _may_go_on(keys: str, extensions: Iterable[str]) -> bool:
    return any(one.startswith(keys) and one != keys for one in extensions)
