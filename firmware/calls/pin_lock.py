"""A PIN typed on a phone: five wrong ones in a row lock it for a while, over a power cut, too."""

import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from firmware.calls.features import Features
from firmware.store.rows import PinTriesRow

MOST_WRONG: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)


class PinLock:
    """`of` names in the store what the PIN opens."""

    def __init__(self, features: Features, of: str, pin: str | None) -> None:
        self._features, self._of, self._pin = features, of, pin

    @property
    def is_locked(self) -> bool:
        """No PIN is taken now; without one none is ever taken."""
        until = self._tries.locked_until
        return self._pin is None or (until is not None and datetime.now(UTC) < until)

    async def is_right(self, keys: str) -> bool:
        """Count the try in the store, then look whether it is right."""
        tries, now = self._tries, datetime.now(UTC)
        served = tries.locked_until is not None  # what was locked begins anew
        wrong = 1 if served else tries.wrong + 1
        until = now + LOCKED_FOR if wrong >= MOST_WRONG else None
        await self._features.count_pin_tries(
            PinTriesRow(mailbox=self._of, wrong=wrong, locked_until=until)
        )
        if self._pin is None or not hmac.compare_digest(keys, self._pin):
            return False
        await self._features.count_pin_tries(PinTriesRow(mailbox=self._of, wrong=0))
        return True

    @property
    def _tries(self) -> PinTriesRow:
        return self._features.pin_tries(self._of)
