"""Everything that is kept of calls: a repository per noun, on one journal."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from firmware.contract.errors import StorageFault
from firmware.store.archive import Archive
from firmware.store.call_marks import CallMarks
from firmware.store.durability import Urgency
from firmware.store.flow_records import CallBacks, FormAnswers
from firmware.store.journal import Journal
from firmware.store.repositories import (
    Audit,
    Calls,
    Contacts,
    LearnedTones,
    Outbox,
    Recordings,
    Spending,
    Switched,
    Voicemails,
)

SETTLE_S: Final = 0.5


@dataclass(frozen=True)
class Records:
    journal: Journal
    calls: Calls
    recordings: Recordings
    voicemails: Voicemails
    audit: Audit
    spending: Spending
    tones: LearnedTones
    switched: Switched
    outbox: Outbox
    contacts: Contacts
    marks: CallMarks
    form_answers: FormAnswers
    call_backs: CallBacks
    archive: Archive
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    @classmethod
    def on(cls, journal: Journal, path: Path, box: str) -> Self:
        return cls(
            journal,
            Calls(journal, box),
            Recordings(journal, box),
            Voicemails(journal, box),
            Audit(journal, box),
            Spending(journal, box),
            LearnedTones(journal, box),
            Switched(journal, box),
            Outbox(journal, box),
            Contacts(journal, box),
            CallMarks(journal, box),
            FormAnswers(journal, box),
            CallBacks(journal, box),
            Archive(path),
        )

    def write(self, row: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Write without waiting; the task is done when the row is safe.

        A disk at fault has its alarm and the row is kept; the task is done then, too.
        """
        task = asyncio.create_task(_settled(row))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def settled(self) -> None:
        """Return when what was queued so far would survive a kill; at the latest after a moment.

        A slow or full disk holds no caller up.
        """
        done = asyncio.wrap_future(self.journal.flush(Urgency.PROMPT))
        try:
            await asyncio.wait_for(done, SETTLE_S)
        except (StorageFault, TimeoutError):
            return

    async def all_written(self) -> None:
        """Return when nothing given to `write` is under way."""
        await asyncio.gather(*self._under_way)


async def _settled(row: Coroutine[Any, Any, None]) -> None:
    try:
        await row
    except StorageFault:
        return
