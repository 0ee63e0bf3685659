"""Keeps promises to call back: one at a time, in opening hours, with a line and a phone free."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Final

from firmware.apps.callback.service import call_back, may_begin
from firmware.calls.call import Call
from firmware.calls.call_backs import OLDEST
from firmware.calls.office import Arrived, Office
from firmware.calls.recording import CallRecorder
from firmware.contract.errors import StorageFault
from firmware.store.flow_rows import CallBackRow, CallBackState

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
Carry = Callable[[Call, Callable[[CallRecorder], Coroutine[Any, Any, None]]], None]


class CallBackRunner:
    """`carry` runs a call's script to its end, as CallsDesk does."""

    def __init__(self, office: Office, carry: Carry) -> None:
        self._office, self._carry = office, carry
        self._under_way: Call | None = None

    async def run(self) -> None:
        """Look for promises that are due, until cancelled; a disk at fault is tried again."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._look(datetime.now(UTC))
            except StorageFault as fault:
                log.warning("call-backs: %s", fault)

    async def _look(self, now: datetime) -> None:
        backs = self._office.call_backs
        for promise in backs.owed():
            if now - promise.asked_at > OLDEST:
                await backs.end(promise, CallBackState.GIVEN_UP)
        if self._under_way is not None and self._under_way.call_id in self._office.calls:
            return
        for promise in backs.due(now):
            if promise.tries >= promise.most_tries:  # its last try was cut short by a kill
                await backs.end(promise, CallBackState.GIVEN_UP)
            elif may_begin(self._office, promise, now):
                await self._begin(await backs.trying(promise, now))
                return

    async def _begin(self, promise: CallBackRow) -> None:
        arrived = Arrived(
            incoming=False, calling=_who(promise), called=promise.number, calling_name=None
        )
        call = self._under_way = self._office.begin_call(arrived)
        call.language = promise.language
        self._carry(call, lambda recorder: call_back(self._office, recorder, promise))


def _who(promise: CallBackRow) -> str:
    return promise.ring_group or promise.extensions.split(",")[0]
