"""The keeper of a line, with a line that misbehaves in every way a driver can."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from drivers.line_keeper import Deadlines, LineKeeper
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError, LineTimeout
from firmware.contract.leg_state import LegState
from firmware.contract.line import CardServices, Line, LineCommand
from firmware.contract.line_state import Health, LineState
from firmware.contract.messages import (
    AnswerCall,
    ClearCall,
    LineStateChanged,
    LiveLeg,
    PlaceCall,
    Proceeding,
    Release,
    Report,
    RunSelfTest,
    SelfTestDone,
    SendDigits,
)
from firmware.contract.settings import LineSettings
from tests.drivers.rig import RecordingCard

Act = Callable[[], Awaitable[None]]
HASTE = Deadlines(open_s=0.2, command_s=0.2, close_s=0.2)


async def hang() -> None:
    await asyncio.Event().wait()


async def go_on() -> None:
    """Do what a good line does."""


class BadLine(Line):
    """A line whose every part can be told to fail."""

    def __init__(self, card: CardServices) -> None:
        super().__init__(LineSettings(id="bad-1"), card)
        self.opening: Act = go_on
        self.serving: Act = hang
        self.closing: Act = go_on
        self.placing: Act = go_on
        self.other: Act = go_on
        self.opened = 0
        self.is_open = False
        self.obeyed: list[str] = []
        self._legs: dict[str, LiveLeg] = {}

    def state(self) -> LineState:
        health = Health.READY if self.is_open else Health.STARTING
        return LineState(line_id="bad-1", driver="bad", health=health)

    def legs(self) -> tuple[LiveLeg, ...]:
        return tuple(self._legs.values())

    async def open(self) -> None:
        self.opened += 1
        await self.opening()
        self.is_open = True

    async def serve(self) -> None:
        await self.serving()

    async def close(self) -> None:
        self.is_open = False
        for leg_id in list(self._legs):
            self._release(leg_id, Cause.TEMPORARY_FAILURE)
        await self.closing()

    async def place_call(self, command: PlaceCall) -> None:
        await self.placing()
        state = LegState.CALL_PROCEEDING
        self._legs[command.leg_id] = LiveLeg(leg_id=command.leg_id, line_id="bad-1", state=state)
        self.obeyed.append(command.kind)
        self.card.report(Proceeding(leg_id=command.leg_id))

    async def answer_call(self, command: AnswerCall) -> None:
        self.obeyed.append(command.kind)

    async def clear_call(self, command: ClearCall) -> None:
        await self.other()
        self.obeyed.append(command.kind)
        self._release(command.leg_id, command.cause)

    async def send_digits(self, command: SendDigits) -> None:
        await self.other()
        self.obeyed.append(command.kind)

    def _release(self, leg_id: str, cause: Cause) -> None:
        if self._legs.pop(leg_id, None) is None:
            raise LineError("no-such-leg")
        self.card.report(Release(leg_id=leg_id, cause=cause))


class KeptCard(RecordingCard):
    """Tells the keeper of every report, as a card does."""

    keeper: LineKeeper

    def report(self, report: Report) -> None:
        self.keeper.reported(report)
        super().report(report)


class Bench:
    def __init__(self) -> None:
        self.card = KeptCard()
        self.line = BadLine(self.card)
        self.keeper = self.card.keeper = LineKeeper(self.line, self.card.report, HASTE)
        self.keeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.keeping = asyncio.create_task(self.keeper.keep())

    async def started(self) -> None:
        self.start()
        await self.reaches(Health.READY)

    async def reaches(self, health: Health) -> LineState:
        after = 0
        while True:
            change = await self.card.reported(LineStateChanged, after)
            if change.line.health is health:
                return change.line
            after = self.card.reports.index(change, after) + 1

    async def obeys(self, *commands: LineCommand) -> None:
        for command in commands:
            self.keeper.obey(command)

    async def released(self, leg_id: str) -> Cause:
        after = 0
        while (release := await self.card.reported(Release, after)).leg_id != leg_id:
            after = self.card.reports.index(release, after) + 1
        return release.cause


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    if made.keeping is not None:
        made.keeping.cancel()
        await asyncio.gather(made.keeping, return_exceptions=True)


def place(leg_id: str = "leg-1") -> PlaceCall:
    return PlaceCall(leg_id=leg_id, line_id="bad-1", called="01632960100")


def once(act: Act) -> Act:
    """Do `act` the first time, go on after that."""
    acts = [act]

    async def do() -> None:
        if acts:
            await acts.pop()()

    return do


def raises(error: Exception) -> Act:
    async def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        (raises(LineError("gsm.no-sim")), "gsm.no-sim"),
        (hang, "line.silent"),
        (raises(ZeroDivisionError()), "line.fault"),
        (raises(TimeoutError()), "line.silent"),
    ],
)
async def test_a_line_that_does_not_open_says_why_and_is_tried_again(
    bench: Bench, opening: Act, code: str
) -> None:
    bench.line.opening = once(opening)
    bench.start()
    why = (await bench.reaches(Health.RECOVERING)).why
    assert why is not None
    assert why.code == code
    await bench.reaches(Health.READY)
    assert bench.line.opened == 2


async def test_a_fault_in_the_driver_costs_its_legs_and_is_recovered_from(bench: Bench) -> None:
    fault = asyncio.Event()

    async def serve() -> None:
        await fault.wait()
        fault.clear()
        raise IndexError

    bench.line.serving = serve
    await bench.started()
    await bench.obeys(place())
    await bench.card.reported(Proceeding)
    fault.set()
    assert await bench.released("leg-1") is Cause.TEMPORARY_FAILURE
    assert (await bench.reaches(Health.RECOVERING)).why is not None


async def test_a_command_that_hangs_reopens_the_line(bench: Bench) -> None:
    await bench.started()
    bench.line.other = once(hang)
    await bench.obeys(place(), SendDigits(leg_id="leg-1", digits="1"))
    assert await bench.released("leg-1") is Cause.TEMPORARY_FAILURE
    why = (await bench.reaches(Health.RECOVERING)).why
    assert why is not None
    assert why.code == "line.silent"


async def test_a_device_that_times_out_on_a_command_reopens_the_line(bench: Bench) -> None:
    await bench.started()
    bench.line.other = once(raises(LineTimeout("gsm.silent")))
    await bench.obeys(place(), SendDigits(leg_id="leg-1", digits="1"))
    assert await bench.released("leg-1") is Cause.TEMPORARY_FAILURE
    await bench.reaches(Health.RECOVERING)


async def test_a_refused_digit_leaves_the_call_up(bench: Bench) -> None:
    await bench.started()
    bench.line.other = once(raises(LineError("line-cannot", command="send-digits")))
    await bench.obeys(
        place(),
        SendDigits(leg_id="leg-1", digits="1"),
        SendDigits(leg_id="leg-1", digits="2"),
        RunSelfTest(line_id="bad-1"),
    )
    await bench.card.reported(SelfTestDone)
    assert bench.line.obeyed == ["place-call", "send-digits"]
    assert [leg.leg_id for leg in bench.line.legs()] == ["leg-1"]


async def test_a_call_that_cannot_be_cleared_is_cleared_by_reopening(bench: Bench) -> None:
    await bench.started()
    bench.line.other = once(raises(LineError("gsm.refused")))
    await bench.obeys(place(), ClearCall(leg_id="leg-1"))
    assert await bench.released("leg-1") is Cause.TEMPORARY_FAILURE
    await bench.reaches(Health.RECOVERING)


async def test_a_call_the_line_refuses_is_released_with_its_cause(bench: Bench) -> None:
    await bench.started()
    bench.line.placing = once(raises(LineError("line-busy")))
    await bench.obeys(place("leg-1"), place("leg-2"))
    assert await bench.released("leg-1") is Cause.USER_BUSY
    assert bench.line.opened == 1


async def test_clearing_a_call_that_is_only_being_placed_waits_for_it(bench: Bench) -> None:
    await bench.started()
    dialled = asyncio.Event()

    async def wait() -> None:
        await dialled.wait()

    bench.line.placing = wait
    await bench.obeys(place())
    await asyncio.sleep(0)
    assert bench.keeper.expects("leg-1")
    await bench.obeys(ClearCall(leg_id="leg-1"))
    dialled.set()
    assert await bench.released("leg-1") is Cause.NORMAL_CALL_CLEARING
    assert not bench.keeper.expects("leg-1")


async def test_what_waits_when_the_line_fails_is_answered(bench: Bench) -> None:
    await bench.started()
    bench.line.placing = once(hang)
    await bench.obeys(place("leg-1"), place("leg-2"), RunSelfTest(line_id="bad-1"))
    assert await bench.released("leg-2") is Cause.DESTINATION_OUT_OF_ORDER
    assert not (await bench.card.reported(SelfTestDone)).passed


async def test_a_line_that_does_not_close_is_left_and_opened_again(bench: Bench) -> None:
    bench.line.opening = once(raises(LineError("gsm.no-sim")))
    bench.line.closing = once(hang)
    bench.start()
    await bench.reaches(Health.READY)
    assert bench.line.opened == 2


async def test_a_retiring_line_takes_no_new_call_and_ends_with_its_last(bench: Bench) -> None:
    await bench.started()
    await bench.obeys(place("leg-1"))
    await bench.card.reported(Proceeding)
    retiring = asyncio.create_task(bench.keeper.retire())
    await asyncio.sleep(0)
    await bench.obeys(place("leg-2"))
    assert await bench.released("leg-2") is Cause.DESTINATION_OUT_OF_ORDER
    assert not retiring.done()
    await bench.obeys(ClearCall(leg_id="leg-1"))
    async with asyncio.timeout(5):
        await retiring
