"""The line driver contract: what a driver implements, and all its card may call.

tests/drivers/test_line_contract.py runs every driver through it.
"""

from abc import ABC, abstractmethod
from typing import Protocol, assert_never

from firmware.contract.errors import LineError
from firmware.contract.line_state import LineState
from firmware.contract.messages import (
    AlertCall,
    AnswerCall,
    AnswerTransfer,
    ClearCall,
    Flash,
    ForgetTone,
    LearnTone,
    LiveLeg,
    PlaceCall,
    Report,
    RunSelfTest,
    SendDigits,
    SetDirection,
    SetGains,
)
from firmware.contract.pcm import Samples
from firmware.contract.settings import LineSettings


class SeizedTimeslot(Protocol):
    """A leg's place on the highway, from the card's side. Never waits."""

    index: int

    def write(self, block: Samples) -> None:
        """Hand the switch one block heard on the line; a full ring drops it and counts a slip."""

    def read(self) -> Samples:
        """Return the next block for the line; concealed or silent when the switch is late."""

    def free(self) -> None: ...


class CardServices(Protocol):
    """What the card gives each of its lines."""

    country: str

    def report(self, report: Report) -> None:
        """Send a report; in the order of the calls, never from another thread."""

    def seize_timeslot(self) -> SeizedTimeslot:
        """Raise LineError("no-timeslot") when the span is full."""


class Line(ABC):
    """One line: an FXO port, a GSM modem, a virtual phone.

    Life: `open`, then `serve` until it raises LineError or is cancelled, then
    `close`; the card then opens again after a pause. A command returns once
    the hardware has accepted it and raises LineError if it did not; how the
    call goes on is told by reports. `close` may be called twice and in any
    state; it ends every leg with Release(cause 41).
    """

    def __init__(self, settings: LineSettings, card: CardServices) -> None:
        self.settings = settings
        self.card = card

    @abstractmethod
    def state(self) -> LineState:
        """What the line is and how it fares, now."""

    @abstractmethod
    def legs(self) -> tuple[LiveLeg, ...]:
        """The legs that are up, for an exchange that comes back."""

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def serve(self) -> None: ...

    @abstractmethod
    async def close(self) -> None: ...

    @abstractmethod
    async def answer_call(self, command: AnswerCall) -> None: ...

    @abstractmethod
    async def clear_call(self, command: ClearCall) -> None:
        """End the leg; Release follows however the device behaves."""

    async def place_call(self, command: PlaceCall) -> None:
        raise _cannot("place-call")

    async def alert_call(self, command: AlertCall) -> None:
        raise _cannot("alert-call")

    async def send_digits(self, command: SendDigits) -> None:
        raise _cannot("send-digits")

    async def flash(self, command: Flash) -> None:
        raise _cannot("flash")

    async def answer_transfer(self, command: AnswerTransfer) -> None:
        raise _cannot("answer-transfer")

    async def set_direction(self, command: SetDirection) -> None:
        raise _cannot("set-direction")

    async def set_gains(self, command: SetGains) -> None:
        raise _cannot("set-gains")

    async def learn_tone(self, command: LearnTone) -> None:
        raise _cannot("learn-tone")

    async def forget_tone(self, command: ForgetTone) -> None:
        raise _cannot("forget-tone")

    async def run_self_test(self, command: RunSelfTest) -> None:
        raise _cannot("run-self-test")


LineCommand = (
    PlaceCall
    | AlertCall
    | AnswerCall
    | ClearCall
    | SendDigits
    | Flash
    | AnswerTransfer
    | SetDirection
    | SetGains
    | RunSelfTest
    | LearnTone
    | ForgetTone
)


async def execute(line: Line, command: LineCommand) -> None:  # noqa: C901  one case a command
    """Hand `command` to the line; a command nobody handles is a type error here."""
    match command:
        case PlaceCall():
            await line.place_call(command)
        case AlertCall():
            await line.alert_call(command)
        case AnswerCall():
            await line.answer_call(command)
        case ClearCall():
            await line.clear_call(command)
        case SendDigits():
            await line.send_digits(command)
        case Flash():
            await line.flash(command)
        case AnswerTransfer():
            await line.answer_transfer(command)
        case SetDirection():
            await line.set_direction(command)
        case SetGains():
            await line.set_gains(command)
        case RunSelfTest():
            await line.run_self_test(command)
        case LearnTone():
            await line.learn_tone(command)
        case ForgetTone():
            await line.forget_tone(command)
        case _:
            assert_never(command)


def _cannot(command: str) -> LineError:
    return LineError("line-cannot", command=command)
