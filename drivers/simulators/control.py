"""The practice network's own socket: somebody calls in, or a phone is used by hand.

One JSON object a line: {"id", "do", …} gets {"re", …} with the answer's values,
or `problem`, a Text. A client that leaves takes its calls with it.
"""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from drivers.simulators.outside_call import OutsideCall, call_in
from drivers.simulators.party import Party, Stage
from drivers.simulators.practice import Practice
from drivers.simulators.settings import Conversation, PracticeNumber
from firmware.contract.errors import RequestRefused, TipringError
from firmware.contract.message import MAX_LINE_BYTES, DialString, LineId
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=600)]
Answer: TypeAlias = dict[str, Any]


class _Request(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    id: int = 0


class ListLines(_Request):
    do: Literal["lines"]


class CallIn(_Request):
    do: Literal["call"]
    line_id: LineId
    number: PracticeNumber = "+447700900123"
    """Who calls; empty withholds it."""
    to: PracticeNumber | None = None
    """Another number than the line's own."""
    press: Annotated[str, Field(pattern=r"^[0-9A-D*#]{0,32}$")] = ""
    press_after_s: Seconds = 2.0
    say: bool | str = False
    """A WAV file, or the marker sound over and over."""
    hang_up_after_s: Seconds | None = None
    record: Path | None = None


class PressKeys(_Request):
    """Whoever outside has called a line presses keys, whenever that seems right."""

    do: Literal["press"]
    line_id: LineId
    digits: DialString


class UsePhone(_Request):
    do: Literal["phone"]
    line_id: LineId
    action: Literal["answer", "dial", "press", "hangup", "flash", "state"]
    digits: DialString | None = None


Request: TypeAlias = ListLines | CallIn | PressKeys | UsePhone
REQUESTS: Final[TypeAdapter[Request]] = TypeAdapter(Annotated[Request, Field(discriminator="do")])


class PracticeControl:
    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._clients: set[asyncio.Task[Any]] = set()
        self._callers: dict[LineId, Party] = {}
        """Who called each line last."""

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it leaves; requests are carried out side by side."""
        client = asyncio.current_task()
        assert client is not None  # a coroutine always runs in one
        self._clients.add(client)
        try:
            await self._serve(reader, writer)
        except asyncio.CancelledError:
            # We are leaving; the stream's own callback would log it as an error (Python 3.11).
            log.debug("closed with a client connected")
        finally:
            self._clients.discard(client)
            writer.close()

    async def close(self) -> None:
        """End every connection and what was being done for it."""
        clients = self._clients.copy()
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks: set[asyncio.Task[None]] = set()
        try:
            while line := await _line(reader):
                task = asyncio.create_task(self._answer(line, writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
        finally:
            for task in tasks.copy():
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, line: bytes, writer: asyncio.StreamWriter) -> None:
        number = 0
        try:
            request = REQUESTS.validate_json(line)
            number = request.id
            answer = await self._carry_out(request)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"]))
            args = {"field": field, "why": first["msg"]}
            answer = _problem(Text(code="practice.not-a-request", args=dict(args)))
        except TipringError as error:
            answer = _problem(error.text)
        writer.write(json.dumps({"re": number, **answer}).encode() + b"\n")

    async def _carry_out(self, request: Request) -> Answer:
        match request:
            case ListLines():
                return {
                    "lines": [self._line(entry.line) for entry in self._practice.settings.devices]
                }
            case CallIn():
                return await self._call_in(request)
            case PressKeys():
                return self._press(request)
            case UsePhone():
                return await self._use_phone(request)

    def _line(self, line_id: str) -> Answer:
        device = self._practice.line(line_id)
        phone = self._practice.phones.get(line_id)
        return {
            "line_id": line_id,
            "number": device.number,
            "label": device.serial,
            "phone": phone is not None,
            "state": "" if phone is None else phone.hook.value,
        }

    async def _call_in(self, request: CallIn) -> Answer:
        again = isinstance(request.say, bool)
        say = ("marker" if request.say else None) if again else str(request.say)
        plan = OutsideCall(
            called=request.to or self._practice.number_of(request.line_id),
            conversation=Conversation(
                say=say,
                say_again=again,
                press=request.press,
                press_after_s=request.press_after_s,
                hang_up_after_s=request.hang_up_after_s,
            ),
            record=request.record,
        )
        party = Party(self._practice.network, request.number)
        self._callers[request.line_id] = party
        account = await call_in(party, plan)
        return account.model_dump(mode="json")

    def _press(self, request: PressKeys) -> Answer:
        caller = self._callers.get(request.line_id)
        if caller is None or caller.stage is not Stage.TALKING:
            raise RequestRefused("practice.nobody-calls", line=request.line_id)
        caller.press(request.digits)
        return {"pressed": request.digits}

    async def _use_phone(self, request: UsePhone) -> Answer:
        phone = self._practice.phone(request.line_id)
        if request.action in ("dial", "press") and request.digits is None:
            raise RequestRefused("practice.digits-missing", action=request.action)
        actions: dict[str, Callable[[], Awaitable[None] | None]] = {
            "answer": phone.answer,
            "dial": lambda: phone.dial(request.digits or ""),
            "press": lambda: phone.press(request.digits or ""),
            "hangup": phone.hang_up,
            "flash": phone.flash,
            "state": lambda: None,
        }
        doing = actions[request.action]()
        if doing is not None:
            await doing
        return {
            "state": phone.hook.value,
            "digits_heard": phone.ear.digits,
            "tones_heard": phone.ear.tones,
        }


def _problem(text: Text) -> Answer:
    return {"problem": text.model_dump(mode="json")}


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line; b"" once the client has left or sent one without an end."""
    try:
        return await reader.readline()
    except (ConnectionError, ValueError):
        return b""


@asynccontextmanager
async def listening(path: Path, practice: Practice) -> AsyncIterator[None]:
    """Answer at `path`, where only this user may connect, until left."""
    control = PracticeControl(practice)
    server = await asyncio.start_unix_server(
        control.connected, sock=_listener(path), limit=MAX_LINE_BYTES
    )
    try:
        yield
    finally:
        server.close()
        await control.close()


def _listener(path: Path) -> socket.socket:
    """Return a socket bound to `path`, in place of one that a dead process left."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o600)
    return listener
