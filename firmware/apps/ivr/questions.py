"""The collect node: digits into a variable of the call, secret ones into nothing else."""

from firmware.calls.visit import Visit
from firmware.config.flows import Collect


async def collect(visit: Visit, node: Collect) -> str:
    """Return the exit: next with the digits kept, else timeout or invalid after the last try."""
    if node.secret:
        visit.recorder.pause()
    try:
        return await _ask(visit, node)
    finally:
        if node.secret:
            visit.recorder.resume()


async def _ask(visit: Visit, node: Collect) -> str:
    leave = node.timeout
    for _ in range(node.retries + 1):
        await visit.say(node.prompt, until_key=True)
        digits = await visit.caller.collect(
            node.max_digits, node.timeout_s, node.timeout_s, node.terminator or None
        )
        if len(digits) >= node.min_digits:
            visit.call.variables[node.variable] = digits
            told = "•" * len(digits) if node.secret else digits
            visit.call.step("ivr.collected", visit.caller, variable=node.variable, digits=told)
            return node.next
        leave = node.invalid if digits else node.timeout
        if digits:
            await visit.say(node.invalid_prompt, until_key=True)
    return leave
