"""Who has typed their password again of late: needed for what can cost the office money.

Whoever sits down at somebody else's open page must not open foreign countries (ASVS 5.0 A4).
In memory alone: after a restart of the page one types it once more.
"""

import time
from collections.abc import Callable
from typing import Final

from webui.sessions import Session

FRESH_S: Final = 300.0


class Proofs:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._proved_s: dict[str, float] = {}

    def prove(self, session: Session) -> None:
        """The session's user has just given the right password."""
        now = self._clock()
        fresh = {key: at for key, at in self._proved_s.items() if now - at < FRESH_S}
        self._proved_s = {**fresh, session.id_hash: now}

    def is_fresh(self, session: Session) -> bool:
        at_s = self._proved_s.get(session.id_hash)
        return at_s is not None and self._clock() - at_s < FRESH_S
