"""Who has given the right password and still owes the code of the second factor.

In memory alone and for five minutes: after a restart one begins anew.
"""

import time
from collections.abc import Callable
from typing import Final

from webui.accounts import User, new_secret

VALID_S: Final = 300.0


class HalfLogIns:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[str, tuple[User, float]] = {}

    def begin(self, user: User) -> str:
        """Return the secret with which the same browser takes the second step."""
        now, secret = self._clock(), new_secret()
        fresh = {key: one for key, one in self._waiting.items() if now - one[1] < VALID_S}
        self._waiting = {**fresh, secret: (user, now)}
        return secret

    def user_of(self, secret: str) -> User | None:
        user, began_s = self._waiting.get(secret, (None, 0.0))
        return user if self._clock() - began_s < VALID_S else None

    def end(self, secret: str) -> None:
        self._waiting.pop(secret, None)
