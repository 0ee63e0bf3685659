"""Turns the exchange's events into messages and brings them to who asked for them.

One task follows the events, one a webhook delivers: in order, one at a time,
again and again with growing pauses. A message may arrive twice (its id says
so), when the box dies between the receiver's answer and our writing it down.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from firmware.contract.call_requests import CallId
from firmware.contract.errors import NotFound, TipringError
from firmware.contract.events import NumberedEvent
from firmware.contract.views import Snapshot
from firmware.store.archive import Archive
from firmware.store.repositories import new_ulid
from webui.webhooks import sending
from webui.webhooks.following import follow
from webui.webhooks.happenings import (
    HookKind,
    HookMessage,
    Seen,
    ToldCall,
    caught_up,
    first_sight,
    step,
)
from webui.webhooks.kept import BACKOFF_S, Place, Webhook, Webhooks
from webui.webhooks.sending import Outcome
from webui.webhooks.signing import signed_headers

log = logging.getLogger(__name__)

RETRY_S: Final = 1.0
AFTER_A_FAULT_S: Final = 5.0
KEEP_EVERY: Final = 500
"""Events without news need no write of their own: after a restart they say nothing again."""

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[Outcome]]


class Courier:
    def __init__(
        self, hooks: Webhooks, archive: Archive, control: Path, post: Post = sending.post
    ) -> None:
        self._hooks, self._archive = hooks, archive
        self._control, self._post = control, post
        self._changed = asyncio.Event()
        self._news: dict[str, asyncio.Event] = {}

    def changed(self) -> None:
        """A webhook was added, changed, removed or given its parked messages back."""
        self._changed.set()

    async def run(self) -> None:
        """Follow and deliver until cancelled."""
        while True:
            self._changed.clear()
            hooks = [hook for hook in await asyncio.to_thread(self._hooks.all) if hook.enabled]
            self._news = {hook.hook_id: asyncio.Event() for hook in hooks}
            tasks = [asyncio.create_task(self._deliver(hook)) for hook in hooks]
            listening = self._listen() if hooks else self._nobody_listens()
            tasks += [asyncio.create_task(listening), asyncio.create_task(self._until_changed())]
            await self._until_one_ends(tasks)

    async def test(self, hook: Webhook) -> Outcome:
        """Send a message of kind `test` now, past whatever waits."""
        body = HookMessage(kind="test", at=datetime.now(UTC)).model_dump_json(exclude_none=True)
        return await self._send(hook, new_ulid(), body)

    async def _until_one_ends(self, tasks: list[asyncio.Task[None]]) -> None:
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        faults = [fault for task in done if (fault := task.exception()) is not None]
        for fault in faults:
            log.error("webhooks begin anew", exc_info=fault)
        if faults:
            await asyncio.sleep(AFTER_A_FAULT_S)

    async def _nobody_listens(self) -> None:
        await asyncio.to_thread(self._hooks.forget_place)
        await self._until_changed()

    async def _until_changed(self) -> None:
        await self._changed.wait()

    # ---- events in

    async def _listen(self) -> None:
        while True:
            with suppress(OSError, ValueError, TipringError):
                await self._follow()
            await asyncio.sleep(RETRY_S)

    async def _follow(self) -> None:
        kept = place = await asyncio.to_thread(self._hooks.place)
        known = None if place is None else (place.epoch, place.seq)
        async with aclosing(follow(self._control, known)) as stream:
            async for one in stream:
                now, news = await asyncio.to_thread(self._taken, place, one)
                place = now
                if news or kept is None or now.seq >= kept.seq + KEEP_EVERY:
                    await asyncio.to_thread(self._hooks.keep, now, news)
                    kept = now
                    self._tell()

    def _tell(self) -> None:
        for news in self._news.values():
            news.set()

    def _taken(
        self, place: Place | None, one: NumberedEvent | Snapshot
    ) -> tuple[Place, tuple[HookMessage, ...]]:
        now = datetime.now(UTC)
        if isinstance(one, Snapshot):
            if place is None:
                return Place(one.epoch, one.seq, first_sight(one, now)), ()
            done, gone = caught_up(place.seen, one, now)
            ended = tuple(self._ended(call_id, now) for call_id in sorted(gone))
            news = (*(message for message in ended if message is not None), *done.news)
        else:
            done = step(Seen() if place is None else place.seen, one.event, now)
            news = done.news
        return Place(one.epoch, one.seq, done.seen), tuple(map(self._completed, news))

    def _ended(self, call_id: CallId, at: datetime) -> HookMessage | None:
        """Of a call that ended while nobody listened; None when it is not on record."""
        try:
            told = ToldCall.on_record(self._archive.story(call_id).call)
        except NotFound:
            return None
        return HookMessage(kind=HookKind.CALL_ENDED, at=at, call=told)

    def _completed(self, message: HookMessage) -> HookMessage:
        """What became of a call stands in its record."""
        if message.kind != HookKind.CALL_ENDED or message.call is None:
            return message
        return self._ended(message.call.call_id, message.at) or message

    # ---- messages out

    async def _deliver(self, hook: Webhook) -> None:
        news = self._news[hook.hook_id]
        while True:
            news.clear()
            message = await asyncio.to_thread(self._hooks.next_for, hook.hook_id)
            pause_s = None if message is None else _pause_s(message.due_s)
            if message is None or pause_s:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await news.wait()
                continue
            outcome = await self._send(hook, message.message_id, message.body)
            await asyncio.to_thread(self._hooks.settle, message, outcome)

    async def _send(self, hook: Webhook, message_id: str, body: str) -> Outcome:
        encoded = body.encode()
        headers = signed_headers(hook.secret, message_id, int(time.time()), encoded)
        return await self._post(hook.url, headers, encoded)


def _pause_s(due_s: float) -> float:
    """Return how long to wait; a clock that was set back must not make it days."""
    left_s = due_s - time.time()
    return max(left_s, 0.0) if left_s <= BACKOFF_S[-1] else 0.0
