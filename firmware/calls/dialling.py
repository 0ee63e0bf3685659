"""A phone of ours dials: dial tone, keys, and what they mean."""

from collections.abc import Callable
from typing import Final

from firmware.calls.dialled import Dialled, is_complete, is_within_code, understand
from firmware.calls.leg import Leg
from firmware.calls.office import Office

FIRST_KEY_S: Final = 15.0
NEXT_KEY_S: Final = 4.0
MAX_KEYS: Final = 32
END_KEY: Final = "#"


async def dialled_by_phone(
    office: Office, phone: Leg, stop: Callable[[], bool] = lambda: False
) -> Dialled:
    """Return what the phone dialled; nothing at all is Meaning.NOTHING. Raises LegEnded.

    Nothing was dialled, either, when `stop` says that nobody wants to know any more.
    """
    phone.sound.tone("dial")
    keys = ""
    while len(keys) < MAX_KEYS and not is_complete(keys, office.config):
        await phone.until(lambda: bool(phone.keys) or stop(), NEXT_KEY_S if keys else FIRST_KEY_S)
        key = phone.keys.popleft() if phone.keys and not stop() else None
        if key is None or (
            key == END_KEY and keys and not is_within_code(keys + key, office.config)
        ):
            break
        phone.sound.stop()
        keys += key
    phone.sound.stop()
    return understand(keys, office.config)
