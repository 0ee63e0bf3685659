"""What people call the things of this office, by the configuration that is live."""

import asyncio
from functools import lru_cache

from firmware.config.history import History
from firmware.config.office_names import OfficeNames, office_names
from webui.deps import Desk


async def names_now(desk: Desk) -> OfficeNames:
    return await asyncio.to_thread(_names, desk.history)


def _names(history: History) -> OfficeNames:
    return _names_of(history, history.live_text())


@lru_cache(maxsize=2)
def _names_of(history: History, text: str) -> OfficeNames:
    """Reading a configuration takes longer than a page of calls; it hardly ever changes."""
    return office_names(history.check(text))
