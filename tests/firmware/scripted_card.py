"""A card and a switch played by a test: real sockets, real messages, no audio.

They stand where processes of ours stand, speak only the contract, and let a
test decide what happens next.
"""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.message import Message
from firmware.contract.messages import (
    COMMANDS,
    AlertCall,
    Alerting,
    AnswerCall,
    ClearCall,
    Command,
    Connect,
    Digit,
    Hello,
    LineStateChanged,
    LiveLeg,
    PlaceCall,
    Proceeding,
    Release,
    Report,
    Setup,
    SpanInfo,
)
from firmware.contract.switching import (
    ORDERS,
    Notice,
    Order,
    Play,
    Played,
    Record,
    Recorded,
    Stop,
    SwitchHello,
    Tone,
    VoiceHeard,
)

T = TypeVar("T", bound=Message)

DEADLINE_S: Final = 15.0
ALL_HEARD_MS: Final = 1_800
PHONE: Final = frozenset({Ability.PHONE})
TRUNK: Final = frozenset({Ability.PLACE, Ability.RECEIVE})


class Wire:
    """One connection to exchange.sock: lines of JSON out, parsed lines in."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def connect(cls, state: Path) -> Self:
        """Return the connection once the exchange listens."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                return cls(*await asyncio.open_unix_connection(state / "run" / "exchange.sock"))
            except OSError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.02)

    def send(self, message: Message) -> None:
        self._writer.write(message.to_line())

    def send_raw(self, line: bytes) -> None:
        self._writer.write(line)

    async def receive(self) -> bytes | None:
        line = await self._reader.readline()
        return line or None

    def close(self) -> None:
        self._writer.close()


class Heard:
    """Messages in the order they came; a test waits for the next one that fits."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self._taken: set[int] = set()
        self._news = asyncio.Condition()

    async def add(self, message: Any) -> None:
        async with self._news:
            self.messages.append(message)
            self._news.notify_all()

    async def expect(self, kind: type[T], fits: Callable[[T], bool] = lambda _: True) -> T:
        """Return the first message of that kind which no test has taken yet."""

        def find() -> T | None:
            for index, message in enumerate(self.messages):
                if index not in self._taken and isinstance(message, kind) and fits(message):
                    self._taken.add(index)
                    return message
            return None

        found: list[T] = []

        def look() -> bool:
            one = find()
            if one is not None:
                found.append(one)
            return one is not None

        try:
            async with asyncio.timeout(DEADLINE_S), self._news:
                await self._news.wait_for(look)
        except TimeoutError:
            came = [type(message).__name__ for message in self.messages]
            raise AssertionError(f"no {kind.__name__} came; these did: {came}") from None
        return found[0]

    def forget(self) -> None:
        """From here on only what is still to come counts."""
        self.messages.clear()
        self._taken.clear()

    def of(self, kind: type[T]) -> list[T]:
        return [message for message in self.messages if isinstance(message, kind)]


class ScriptedCard:
    """Lines of one kind whose far ends the test plays. Releases what it is told to clear."""

    def __init__(self, state: Path, driver: str, lines: dict[str, Audio | None]) -> None:
        """`lines`: id -> what its sound can do; None for a phone."""
        self.heard = Heard()
        self.releases = True
        self.capacity = 1
        """Calls at once on each of its lines; told with the next `line_is`."""
        self._state, self._driver, self._lines = state, driver, lines
        self._wire: Wire | None = None
        self._task: asyncio.Task[None] | None = None
        self._timeslot = 0

    async def connect(self, legs: tuple[LiveLeg, ...] = ()) -> None:
        self._wire = await Wire.connect(self._state)
        span = SpanInfo(name=self._driver, timeslots=32)
        lines = tuple(map(self._state_of, self._lines))
        hello = Hello(card=self._driver, driver=self._driver, span=span, lines=lines, legs=legs)
        self._wire.send(hello)
        self._task = asyncio.create_task(self._listen(self._wire))

    async def die(self) -> None:
        """End as a killed process does."""
        if self._wire is not None:
            self._wire.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def report(self, report: Report) -> None:
        assert self._wire is not None
        self._wire.send(report)

    def send_raw(self, line: bytes) -> None:
        assert self._wire is not None
        self._wire.send_raw(line)

    def line_is(self, line_id: str, health: Health) -> None:
        state = self._state_of(line_id).model_copy(update={"health": health})
        self.report(LineStateChanged(line=state))

    # ---- the far ends

    async def call_in(self, line_id: str, leg_id: str, calling: str | None) -> None:
        """Somebody calls, and hears whoever answers; waits until that happened."""
        self.ring(line_id, leg_id, calling)
        await self.heard.expect(AnswerCall, lambda command: command.leg_id == leg_id)
        self.report(Connect(leg_id=leg_id))

    def ring(self, line_id: str, leg_id: str, calling: str | None) -> None:
        setup = Setup(
            leg_id=leg_id,
            line_id=line_id,
            timeslot=self.next_timeslot(),
            calling=calling,
            ring_count=2,
        )
        self.report(setup)

    async def lift(self, line_id: str, leg_id: str, called: str | None = None) -> None:
        """Lift a phone that does not ring; one that dials en bloc has `called` already."""
        setup = Setup(
            leg_id=leg_id,
            line_id=line_id,
            timeslot=self.next_timeslot(),
            called=called,
            phone_lifted=True,
        )
        self.report(setup)
        await self.heard.expect(AnswerCall, lambda command: command.leg_id == leg_id)
        self.report(Connect(leg_id=leg_id))

    async def rings(self, line_id: str) -> str:
        """Wait until our phone is rung; return the leg."""
        alert = await self.heard.expect(AlertCall, lambda command: command.line_id == line_id)
        self.report(Proceeding(leg_id=alert.leg_id, timeslot=self.next_timeslot()))
        self.report(Alerting(leg_id=alert.leg_id))
        return alert.leg_id

    async def picks_up(self, line_id: str) -> str:
        leg_id = await self.rings(line_id)
        self.report(Connect(leg_id=leg_id))
        return leg_id

    async def is_dialled(self, line_id: str | None = None) -> PlaceCall:
        """Wait until one of our trunks dials; the network takes the call."""
        placed = await self.heard.expect(
            PlaceCall, lambda command: line_id is None or command.line_id == line_id
        )
        self.report(Proceeding(leg_id=placed.leg_id, timeslot=self.next_timeslot()))
        return placed

    def press(self, leg_id: str, digits: str) -> None:
        for digit in digits:
            self.report(Digit(leg_id=leg_id, digit=digit))

    async def cleared(self, leg_id: str) -> ClearCall:
        return await self.heard.expect(ClearCall, lambda command: command.leg_id == leg_id)

    def next_timeslot(self) -> int:
        self._timeslot = (self._timeslot + 1) % 32
        return self._timeslot

    async def _listen(self, wire: Wire) -> None:
        while (line := await wire.receive()) is not None:
            command: Command = COMMANDS.validate_json(line)
            if isinstance(command, ClearCall) and self.releases:
                wire.send(Release(leg_id=command.leg_id, cause=command.cause))
            await self.heard.add(command)

    def _state_of(self, line_id: str) -> LineState:
        audio = self._lines[line_id]
        return LineState(
            line_id=line_id,
            driver=self._driver,
            health=Health.READY,
            audio=audio or Audio.FULL,
            capacity=self.capacity,
            abilities=PHONE if audio is None else TRUNK,
        )


class ScriptedSwitch:
    """Plays every prompt in no time, unless told to hold it; records as long as it is told."""

    def __init__(self, state: Path) -> None:
        self.heard = Heard()
        self.holds_plays = False
        self.recorded_ms = 8_000
        self._state = state
        self._wire: Wire | None = None
        self._task: asyncio.Task[None] | None = None
        self._recording: dict[str, Path] = {}
        self._epochs = 0

    async def connect(self) -> None:
        self._wire = await Wire.connect(self._state)
        self._epochs += 1
        self._wire.send(SwitchHello(epoch=f"epoch-{self._epochs}"))
        self._task = asyncio.create_task(self._listen(self._wire))

    async def die(self) -> None:
        if self._wire is not None:
            self._wire.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def notice(self, notice: Notice) -> None:
        assert self._wire is not None
        self._wire.send(notice)

    def hears_voice(self, leg_id: str, *, ended: bool = False) -> None:
        self.notice(VoiceHeard(leg_id=leg_id, at_frame=1, ended=ended))

    async def _listen(self, wire: Wire) -> None:
        while (line := await wire.receive()) is not None:
            order: Order = ORDERS.validate_json(line)
            self._obey(order, wire)
            await self.heard.add(order)

    def _obey(self, order: Order, wire: Wire) -> None:
        match order:
            case Play() if not self.holds_plays and not order.loop:
                self._played(order, wire)
            case Tone() if order.duration_ms is not None:
                self._played(order, wire)
            case Record():
                self._record(order)
            case Stop() if order.record_id in self._recording:
                self._recording.pop(order.record_id)
                ended = Recorded(record_id=order.record_id, duration_ms=self.recorded_ms)
                wire.send(ended)
            case _:
                pass

    def _played(self, order: Play | Tone, wire: Wire) -> None:
        played = Played(
            leg_id=order.leg_id, play_id=order.play_id, played_ms=ALL_HEARD_MS, complete=True
        )
        wire.send(played)

    def _record(self, order: Record) -> None:
        self._recording[order.record_id] = Path(order.file)
        Path(order.file).touch()


class ControlClient:
    """A client of control.sock that knows nothing but JSON lines."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._last_id = 0
        self.events: list[dict[str, Any]] = []

    @classmethod
    async def connect(cls, state: Path) -> Self:
        return cls(
            *await asyncio.open_unix_connection(state / "run" / "control.sock", limit=1 << 22)
        )

    async def ask(self, do: str, **fields: object) -> dict[str, Any]:
        self._last_id += 1
        self.send_raw(json.dumps({"id": self._last_id, "do": do, **fields}).encode() + b"\n")
        while (answer := await self.read()).get("re") != self._last_id:
            self.events.append(answer)
        return answer

    def send_raw(self, data: bytes) -> None:
        self._writer.write(data)

    async def read(self) -> dict[str, Any]:
        async with asyncio.timeout(DEADLINE_S):
            line = await self._reader.readline()
        if not line:
            raise ConnectionError("the exchange closed the connection")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        self._writer.close()
