"""The web process' one connection to the exchange: questions out, events in.

The exchange may be gone at any moment; the link tries again for ever. While it
is gone questions fail at once, and whoever listens is told.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final

from pydantic import JsonValue, ValidationError

from firmware.contract.control import Answer, Follow, TakeSnapshot
from firmware.contract.errors import (
    ConfigurationRefused,
    MessageRefused,
    NotFound,
    RequestRefused,
    TipringError,
)
from firmware.contract.events import EVENTS, NumberedEvent
from firmware.contract.message import MAX_LINE_BYTES
from firmware.contract.request import Request
from firmware.contract.views import Snapshot

log = logging.getLogger(__name__)

RETRY_S: Final = 0.5
ANSWER_WITHIN_S: Final = 10.0
NOT_THERE: Final = frozenset({"call.not-there", "control.no-recording", "line.unknown"})
"""Refusals that say: there is no such thing (the wire carries codes, not kinds)."""


class ExchangeGone(TipringError):
    """No connection to the exchange; calls may well go on without the page."""

    def __init__(self, code: str = "web.exchange-gone") -> None:
        super().__init__(code)


class ControlLink:
    """`on_event` gets each event once and in order; `on_up` a snapshot after each connect."""

    def __init__(
        self,
        path: Path,
        on_up: Callable[[Snapshot], None],
        on_event: Callable[[NumberedEvent], None],
        on_down: Callable[[], None],
    ) -> None:
        self._path = path
        self._on_up, self._on_event, self._on_down = on_up, on_event, on_down
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._ids = count(1)

    @property
    def is_up(self) -> bool:
        return self._writer is not None

    async def run(self) -> None:
        """Keep the connection up until cancelled."""
        while True:
            try:
                await self._serve()
            except (OSError, ValidationError, ValueError, TipringError) as error:
                log.debug("no exchange: %s", error)
            await asyncio.sleep(RETRY_S)

    async def ask(self, request: Request, within_s: float = ANSWER_WITHIN_S) -> JsonValue:
        """Return the `ok` of the answer. Raises what the exchange refused, or ExchangeGone."""
        if self._writer is None:
            raise ExchangeGone
        number = next(self._ids)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answered
        try:
            self._writer.write(request.model_copy(update={"id": number}).to_line())
            async with asyncio.timeout(within_s):
                return _ok(await answered)
        except TimeoutError:
            raise ExchangeGone("web.exchange-silent") from None
        finally:
            self._waiting.pop(number, None)

    async def _serve(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=MAX_LINE_BYTES)
        self._writer = writer
        reading = asyncio.create_task(self._read(reader))
        try:
            snapshot = Snapshot.model_validate(await self.ask(TakeSnapshot()))
            self._on_up(snapshot)
            await self.ask(Follow(epoch=snapshot.epoch, after=snapshot.seq))
            await reading
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            self._writer = None
            writer.close()
            self._fail_waiting()
            self._on_down()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while line := await reader.readline():
                self._take(line)
        finally:
            self._fail_waiting()

    def _take(self, line: bytes) -> None:
        body = json.loads(line)
        if not isinstance(body, dict):
            raise MessageRefused("link.not-a-message", field="", why="not an object")
        if "re" in body:
            answer = Answer.model_validate(body)
            waiting = self._waiting.get(answer.re)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
        else:
            self._on_event(EVENTS.validate_python(body))

    def _fail_waiting(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ExchangeGone())


def _ok(answer: Answer) -> JsonValue:
    if answer.faults:
        raise ConfigurationRefused(answer.faults)
    if answer.problem is not None:
        gone = answer.problem.code in NOT_THERE or "no-such" in answer.problem.code
        kind = NotFound if gone else RequestRefused
        raise kind(answer.problem.code, **answer.problem.args)
    return answer.ok
