"""The human node: a key that is another one each time, which a machine does not press."""

import secrets
from typing import Final

from firmware.calls.visit import Visit
from firmware.config.flow_values import ProveHuman

DIGITS: Final = "123456789"


async def prove_human(visit: Visit, node: ProveHuman) -> str:
    """Return the exit: next once the key that was said is pressed, failed after the last try."""
    for _ in range(node.retries + 1):
        wanted = secrets.choice(DIGITS)
        visit.caller.keys.clear()  # what was pressed before the key was said proves nothing
        await visit.say(node.prompt)
        visit.caller.keys.clear()
        await visit.caller.play(visit.office.voices.digits(wanted, visit.call.language))
        if await visit.caller.next_key(node.timeout_s) == wanted:
            visit.call.step("ivr.human", visit.caller)
            return node.next
    visit.call.step("ivr.not-human", visit.caller)
    return node.failed
