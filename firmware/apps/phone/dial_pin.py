"""The PIN some calls out need: asked for after dialling, and never written down anywhere."""

from typing import Final

from firmware.calls.pin_lock import PinLock
from firmware.calls.toll_guard import pin_of
from firmware.calls.visit import Visit
from firmware.contract.texts import Text

FIRST_KEY_S: Final = 8.0
NEXT_KEY_S: Final = 4.0
MOST_KEYS: Final = 12
MOST_ASKED: Final = 3


async def ask_pin(visit: Visit, extension: str | None) -> Text | None:
    """Ask the phone until the PIN is right (None), or return why it may not dial.

    Raises LegEnded when the phone hangs up.
    """
    lock = PinLock(
        visit.office.features, f"dial-{extension}", pin_of(extension, visit.office.config)
    )
    for _ in range(MOST_ASKED):
        if lock.is_locked:
            break
        await visit.say("enter-pin", until_key=True)
        keys = await visit.caller.collect(MOST_KEYS, FIRST_KEY_S, NEXT_KEY_S)
        if keys and await lock.is_right(keys):
            return None
        if not keys:
            return Text(code="toll.pin-wrong")
        visit.call.step("toll.pin-wrong", visit.caller)
        await visit.say("wrong-pin", until_key=True)
    return Text(code="toll.pin-locked" if lock.is_locked else "toll.pin-wrong")
