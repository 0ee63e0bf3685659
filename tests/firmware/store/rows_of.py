"""Rows for the tests, and records that tell what they are alarmed about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from firmware.contract.texts import Text
from firmware.contract.views import Side, StoryStep
from firmware.store.database import FILE
from firmware.store.journal import Journal
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import CallRow, Disposition, LegRow, SpendingRow, VoicemailRow

BEGAN: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DAY: Final = date(2026, 11, 21)


class Alarms(list[tuple[str, bool]]):
    def __init__(self) -> None:
        super().__init__()
        self._came = asyncio.Event()

    def __call__(self, text: Text, raised: bool) -> None:
        self.append((text.code, raised))
        self._came.set()

    async def next(self) -> None:
        """Return when another alarm has come."""
        self._came.clear()
        await self._came.wait()


@asynccontextmanager
async def opened(state: Path, alarms: Alarms | None = None) -> AsyncIterator[Records]:
    loop = asyncio.get_running_loop()
    heard = Alarms() if alarms is None else alarms

    def tell(text: Text, raised: bool) -> None:
        loop.call_soon_threadsafe(heard, text, raised)

    journal = Journal(state / FILE, tell)
    await asyncio.to_thread(journal.opened.wait)
    try:
        yield Records.on(journal, state / FILE, "box")
    finally:
        await asyncio.to_thread(journal.close)


async def committed(records: Records) -> None:
    """Return when everything queued so far is. Raises StorageFault when it is not."""
    await asyncio.wrap_future(records.journal.flush())


def call(minute: int = 0, **other: object) -> CallRow:
    at = BEGAN + timedelta(minutes=minute)
    row = CallRow(
        call_id=new_ulid(at),
        incoming=True,
        line_id="gsm-1",
        calling="+447700900101",
        called="+447700900001",
        began_at=at,
        zone="Europe/London",
    )
    return row.model_copy(update=other)


def ended(row: CallRow, after_s: float = 60, **other: object) -> CallRow:
    update: dict[str, object] = {
        "answered_at": row.began_at + timedelta(seconds=2),
        "ended_at": row.began_at + timedelta(seconds=after_s),
        "disposition": Disposition.ANSWERED,
        "cause": 16,
    }
    return CallRow.model_validate(row.model_dump() | update | other)


def leg(row: CallRow, leg_id: str = "leg-1", **other: object) -> LegRow:
    one = LegRow(call_id=row.call_id, leg_id=leg_id, line_id="gsm-1", side=Side.OUTSIDE, began_ms=0)
    return one.model_copy(update=other)


def step(at_ms: int, code: str = "call.answered", **args: str | int | float) -> StoryStep:
    return StoryStep(at_ms=at_ms, what=Text(code=code, args=args), leg_id="leg-1")


def spent(line_id: str = "gsm-1", cost_micros: int = 20_000) -> SpendingRow:
    return SpendingRow(day=DAY, line_id=line_id, calls=1, seconds=60, cost_micros=cost_micros)


def voicemail(row: CallRow, **other: object) -> VoicemailRow:
    one = VoicemailRow(
        voicemail_id=new_ulid(row.began_at),
        call_id=row.call_id,
        mailbox="office",
        calling=row.calling,
        file="2026/11/21/message.wav",
        duration_ms=4200,
        left_at=row.began_at,
        zone=row.zone,
    )
    return one.model_copy(update=other)
