"""The exchange's events from a place that was kept, over a connection of its own."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from firmware.contract.control import Answer, Follow, TakeSnapshot
from firmware.contract.errors import RequestRefused
from firmware.contract.events import EVENTS, NumberedEvent
from firmware.contract.message import MAX_LINE_BYTES
from firmware.contract.request import Request
from firmware.contract.views import Snapshot


async def follow(
    control: Path, place: tuple[str, int] | None
) -> AsyncGenerator[NumberedEvent | Snapshot]:
    """Yield every event after `place` (epoch, number), in order, until the exchange is gone.

    A Snapshot comes first where there is no place or the events since are not kept any more.
    Raises OSError or ValueError when the exchange cannot be reached or talks nonsense.
    """
    reader, writer = await asyncio.open_unix_connection(control, limit=MAX_LINE_BYTES)
    try:
        if place is None or not await _follows(reader, writer, *place):
            answer = await _ask(reader, writer, TakeSnapshot())
            snapshot = Snapshot.model_validate(answer.ok)
            yield snapshot
            if not await _follows(reader, writer, snapshot.epoch, snapshot.seq):
                return
        while line := await reader.readline():
            yield EVENTS.validate_json(line)
    finally:
        writer.close()


async def _follows(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, epoch: str, after: int
) -> bool:
    answer = await _ask(reader, writer, Follow(epoch=epoch, after=after))
    return answer.problem is None


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request
) -> Answer:
    writer.write(request.to_line())
    answer = Answer.model_validate_json(await reader.readline())
    if answer.problem is not None and not isinstance(request, Follow):
        raise RequestRefused(answer.problem.code, **answer.problem.args)
    return answer
