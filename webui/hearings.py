"""Who listens: written down by the exchange before the first byte leaves the box.

A player asks for a recording in stretches; one listening is one entry, but no
stretch is sent to anybody who is not in the book, wherever it begins.
"""

import time
from collections import OrderedDict
from typing import Final

from firmware.contract.call_requests import Hearing, NoteHearing
from webui.control_link import ControlLink
from webui.sound import is_beginning

GOES_ON_FOR_S: Final = 3_600.0
MOST_REMEMBERED: Final = 2_000


class Hearings:
    def __init__(self, link: ControlLink) -> None:
        self._link = link
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def note(self, session: str, who: str, call_id: str, stretch: str | None) -> None:
        """Note a listening unless the stretch goes on with one. Raises what the exchange says."""
        key, now = (session, call_id), time.monotonic()
        since = self._noted.get(key)
        if not is_beginning(stretch) and since is not None and now - since < GOES_ON_FOR_S:
            return
        await self._link.ask(NoteHearing(call_ids=(call_id,), how=Hearing.PLAYED, who=who))
        self._noted[key] = now
        self._noted.move_to_end(key)
        while len(self._noted) > MOST_REMEMBERED:
            self._noted.popitem(last=False)

    async def note_taken(self, who: str, call_ids: tuple[str, ...]) -> None:
        """Note that recordings are taken away, all of them or none."""
        await self._link.ask(NoteHearing(call_ids=call_ids, how=Hearing.DOWNLOADED, who=who))
