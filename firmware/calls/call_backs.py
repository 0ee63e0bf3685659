"""Whom the box has promised to call back: kept in the store before anybody is told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from firmware.store.flow_rows import CallBackRow, CallBackState
from firmware.store.records import Records

OLDEST: Final = timedelta(days=7)
"""After a week nobody waits for the call any more."""


class CallBacks:
    """The exchange keeps the one list; what is in it is in the store, too."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._owed: dict[str, CallBackRow] = {}

    def recall(self, owed: Iterable[CallBackRow]) -> None:
        """Take what the store knows."""
        self._owed = {one.call_back_id: one for one in owed}

    def owed(self) -> tuple[CallBackRow, ...]:
        """Return the promises not kept yet, the oldest first."""
        return tuple(self._owed[one] for one in sorted(self._owed))

    def owed_to(self, number: str) -> CallBackRow | None:
        return next((one for one in self._owed.values() if one.number == number), None)

    def due(self, now: datetime) -> tuple[CallBackRow, ...]:
        """Return those whose next try may begin."""
        return tuple(one for one in self.owed() if one.due_at <= now)

    async def promise(self, promise: CallBackRow) -> None:
        """Returns when a power cut would not lose it. Raises StorageFault: nothing is promised."""
        await self._records.call_backs.put(promise)
        self._owed[promise.call_back_id] = promise

    async def trying(self, promise: CallBackRow, now: datetime) -> CallBackRow:
        """Count a try before it begins: one that a kill cuts short is a try all the same."""
        again = now + timedelta(minutes=promise.every_min)
        counted = promise.model_copy(update={"tries": promise.tries + 1, "due_at": again})
        await self._change(counted)
        return counted

    async def end(self, promise: CallBackRow, state: CallBackState) -> None:
        """It is kept, given up or cancelled."""
        await self._change(promise.model_copy(update={"state": state}))

    async def _change(self, promise: CallBackRow) -> None:
        if promise.state is CallBackState.OWED:
            self._owed[promise.call_back_id] = promise
        else:
            self._owed.pop(promise.call_back_id, None)
        await self._records.call_backs.put(promise)
