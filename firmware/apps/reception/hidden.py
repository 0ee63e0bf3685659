"""The challenge of a caller who hides the number: key one in, or say who calls.

Programs that dial by the thousand do neither. A number that was keyed in is
the caller's word for it: it is shown, but opens no door that a real one would.
"""

import time
from typing import Final

from firmware.calls.leg import Leg
from firmware.calls.routing_in import normalised
from firmware.calls.visit import Visit
from firmware.config.callers import CallerClass
from firmware.contract.causes import Cause
from firmware.store.rows import Disposition

TIMES: Final = 2
WAIT_S: Final = 6.0
BETWEEN_KEYS_S: Final = 4.0
LONGEST_NUMBER: Final = 15
SHORTEST_NUMBER: Final = 6
LONGEST_WORDS_S: Final = 10.0
QUIET_S: Final = 1.5
"""Who is quiet for so long has said who they are."""


async def has_said_who(visit: Visit) -> bool:
    """Answer and ask; False when the call has been refused. Raises LegEnded."""
    if not await visit.answer():
        return False
    await visit.recorder.begin(visit.caller)
    visit.call.step("hidden.asked", visit.caller)
    for _ in range(TIMES):
        await visit.say("say-who", until_key=True)
        heard = await _keys_or_voice(visit.caller)
        if heard and visit.caller.keys:
            return await _has_keyed_a_number(visit) or _refuse(visit)
        if heard:
            await _hear_out(visit.caller)
            visit.call.step("hidden.spoke", visit.caller)
            return True
    await visit.say("number-hidden")
    return _refuse(visit)


async def _keys_or_voice(caller: Leg) -> bool:
    words = caller.words
    caller.sound.listen(connected=True, voice=True)
    heard = await caller.until(lambda: bool(caller.keys) or caller.words > words or None, WAIT_S)
    return bool(heard)


async def _hear_out(caller: Leg) -> None:
    """Wait until they have finished, at most LONGEST_WORDS_S."""
    spoke_at = time.monotonic()
    await caller.until(lambda: caller.quiet_for_s(spoke_at) >= QUIET_S or None, LONGEST_WORDS_S)
    caller.sound.listen(connected=True)


async def _has_keyed_a_number(visit: Visit) -> bool:
    """Take the number; False for one that is too short or blocked."""
    caller, config = visit.caller, visit.office.config
    keyed = await caller.collect(LONGEST_NUMBER, BETWEEN_KEYS_S, BETWEEN_KEYS_S)
    number = normalised(keyed, config)
    caller.sound.listen(connected=True)
    if number is None or len(keyed) < SHORTEST_NUMBER:
        await visit.say("number-hidden")
        return False
    visit.call.step("hidden.keyed", caller, number=number)
    if config.callers.classify(number) is CallerClass.BLOCKED:
        return False
    caller.number = number
    return True


def _refuse(visit: Visit) -> bool:
    visit.call.step("hidden.refused", visit.caller)
    visit.call.disposition = Disposition.BLOCKED
    visit.caller.clear(Cause.CALL_REJECTED)
    return False
