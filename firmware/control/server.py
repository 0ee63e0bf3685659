"""The exchange's side of the control socket: closed verbs in, answers and events out.

Whatever a client sends, it gets one sentence back and nobody else notices.
"""

import logging
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import JsonValue, TypeAdapter, ValidationError

from firmware.contract.control import (
    REQUESTS,
    Answer,
    AnyRequest,
    Follow,
)
from firmware.contract.errors import ConfigurationRefused, MessageRefused, TipringError
from firmware.contract.texts import Text
from firmware.control.events import EventStream
from firmware.highway.link import Link, serve

log = logging.getLogger(__name__)

_ANY_OBJECT: Final[TypeAdapter[dict[str, Any]]] = TypeAdapter(dict[str, Any])
_MAX_ID: Final = 1 << 53


class Desk(Protocol):
    """Who carries out what is asked."""

    async def carry_out(self, request: AnyRequest) -> JsonValue:
        """Return what goes into `ok`. Raises TipringError, whose text goes into `problem`."""


def serve_control(
    path: Path, desk: Desk, events: EventStream
) -> AbstractAsyncContextManager[object]:
    """Listen on `path`; only this user and root may connect (SO_PEERCRED)."""

    async def attend(link: Link[dict[str, Any]]) -> None:
        await _Client(link, desk, events).attend()

    return serve(path, _ANY_OBJECT, attend)


class _Client:
    def __init__(self, link: Link[dict[str, Any]], desk: Desk, events: EventStream) -> None:
        self._link, self._desk, self._events = link, desk, events
        self._missed: list[bytes] = []

    async def attend(self) -> None:
        """Answer one request after another until the client is gone."""
        try:
            while self._link.is_open:
                try:
                    raw = await self._link.receive()
                except MessageRefused as refused:
                    self._link.send(Answer(re=0, problem=refused.text))
                    continue
                if raw is None:
                    return
                self._link.send(await self._answer(raw))
                self._send_missed()
        finally:
            self._events.unfollow(self._link.send_line)

    async def _answer(self, raw: dict[str, Any]) -> Answer:
        number = _id_of(raw)
        try:
            request = REQUESTS.validate_python(raw)
        except ValidationError as wrong:
            return Answer(re=number, problem=_sentence(wrong))
        try:
            return Answer(re=number, ok=await self._carry_out(request))
        except ConfigurationRefused as refused:
            return Answer(re=number, problem=refused.text, faults=refused.faults)
        except TipringError as problem:
            return Answer(re=number, problem=problem.text)

    async def _carry_out(self, request: AnyRequest) -> JsonValue:
        if isinstance(request, Follow):
            self._missed = self._events.missed(request.epoch, request.after)
            self._events.follow(self._link.send_line)
            return None
        return await self._desk.carry_out(request)

    def _send_missed(self) -> None:
        """What was missed comes after the answer; nothing can come between, for nothing waits."""
        for line in self._missed:
            self._link.send_line(line)
        self._missed = []


def _id_of(raw: dict[str, Any]) -> int:
    number = raw.get("id")
    return number if isinstance(number, int) and 0 <= number < _MAX_ID else 0


def _sentence(wrong: ValidationError) -> Text:
    first = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(map(str, first["loc"])) or "do"
    return Text(code="control.not-a-request", args={"field": field, "why": first["msg"]})
