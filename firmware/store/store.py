"""The exchange's store: one journal, and a repository per noun on top of it."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from firmware.contract.causes import Cause
from firmware.contract.control import StoryStep
from firmware.contract.texts import Text
from firmware.store.archive import Archive
from firmware.store.database import FILE
from firmware.store.journal import Journal
from firmware.store.repositories import (
    Audit,
    Calls,
    LearnedTones,
    Recordings,
    Spending,
    Voicemails,
)
from firmware.store.rows import CallRow, CallStory, Disposition


class Store:
    """Use as `store = await Store.open(...)` in the loop that later calls `close`."""

    def __init__(self, journal: Journal, box: str) -> None:
        self._journal = journal
        self.archive = Archive(journal.path)
        self.calls = Calls(journal, box)
        self.recordings = Recordings(journal, box)
        self.voicemails = Voicemails(journal, box)
        self.audit = Audit(journal, box)
        self.spending = Spending(journal, box)
        self.learned_tones = LearnedTones(journal, box)

    @classmethod
    async def open(cls, state: Path, box: str, alarm: Callable[[Text, bool], None]) -> "Store":
        """Open STATE/tipring.db; never raises: what is wrong is told to `alarm`, in this loop.

        `alarm` gets a Text and True, and the same with False when it is over.
        """
        loop = asyncio.get_running_loop()

        def tell(text: Text, raised: bool) -> None:
            loop.call_soon_threadsafe(alarm, text, raised)

        journal = Journal(state / FILE, tell)
        await asyncio.to_thread(journal.opened.wait)
        return cls(journal, box)

    async def settle(self) -> None:
        """Return when everything queued so far is committed. Raises StorageFault when it is not."""
        await asyncio.wrap_future(self._journal.flush())

    async def close(self) -> None:
        await asyncio.to_thread(self._journal.close)

    async def unfinished(self) -> tuple[CallStory, ...]:
        """Return the calls that were up when the exchange last died; ask before the first call."""
        return await asyncio.to_thread(self.archive.unfinished)

    async def close_interrupted(
        self, at: datetime, keep: Collection[str] = (), cause: Cause = Cause.TEMPORARY_FAILURE
    ) -> tuple[CallRow, ...]:
        """End every unfinished call but those in `keep`; return them as they now stand.

        A call ends when we last know of it, not now: the box may have been off for days.
        """
        closed = []
        for story in await self.unfinished():
            if story.call.call_id in keep:
                continue
            ended_at = min(at, _last_seen(story))
            self.calls.add_step(story.call.call_id, _interrupted(story, ended_at))
            call = story.call.model_copy(
                update={
                    "ended_at": ended_at,
                    "cause": cause,
                    "disposition": Disposition.INTERRUPTED,
                }
            )
            await self.calls.finish(call)
            closed.append(call)
        return tuple(closed)


def _last_seen(story: CallStory) -> datetime:
    steps = [step.at_ms for step in story.steps]
    legs = [leg.answered_ms or leg.began_ms for leg in story.legs]
    began_at = story.call.began_at
    last = began_at + timedelta(milliseconds=max([0, *steps, *legs]))
    return max(last, story.call.answered_at or began_at)


def _interrupted(story: CallStory, ended_at: datetime) -> StoryStep:
    at_ms = round((ended_at - story.call.began_at).total_seconds() * 1000)
    return StoryStep(at_ms=at_ms, what=Text(code="store.call-interrupted"))
