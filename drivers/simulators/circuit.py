"""One call through the practice network: two ends, and what each of them hears."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Final

from drivers.simulators.elastic import ElasticBuffer
from drivers.simulators.impairments import ImpairedPath
from drivers.simulators.sounds import SILENCE, Loop, Tape, dtmf, tone
from drivers.simulators.terminal import BlockSource, Terminal
from firmware.contract.causes import Cause
from firmware.contract.pcm import Samples

TONE_OF_CAUSE: Final[Mapping[Cause, str]] = {
    Cause.UNALLOCATED_NUMBER: "sit",
    Cause.NUMBER_CHANGED: "sit",
    Cause.INVALID_NUMBER_FORMAT: "sit",
    Cause.NO_CIRCUIT_AVAILABLE: "congestion",
    Cause.NETWORK_OUT_OF_ORDER: "congestion",
    Cause.SWITCHING_EQUIPMENT_CONGESTION: "congestion",
    Cause.SUBSCRIBER_ABSENT: "congestion",
}
"""What who is left on the line hears; any other cause is busy tone."""


class Phase(Enum):
    SET_UP = auto()
    ALERTING = auto()
    CONNECTED = auto()
    CLEARED = auto()


class CallEnd:
    """One terminal's side of a call (the NetworkCall it holds)."""

    def __init__(
        self, circuit: "Circuit", terminal: Terminal, path: ImpairedPath | None, calling: str | None
    ) -> None:
        self.calling = calling
        self.terminal = terminal
        self.heard = ElasticBuffer()
        self.digits = Tape()
        self.tone: BlockSource | None = None
        self.is_over = False
        self._circuit = circuit
        self._path = path

    def answer(self) -> None:
        if not self.is_over:
            self._circuit.answered_by(self)

    def clear(self, cause: Cause = Cause.NORMAL_CALL_CLEARING) -> None:
        if not self.is_over:
            self.is_over = True
            self._circuit.cleared_by(self, cause)

    def send_digit(self, digit: str) -> None:
        self._circuit.digit_from(self, digit)

    def hear_instead(self, source: BlockSource) -> None:
        self.tone = source

    def swap(self, said: Samples) -> Samples:
        if self.is_over:
            return SILENCE
        if self._path is None:
            return self._circuit.carry(self, said)
        heard = self._circuit.carry(self, self._path.outward(said))
        return self._path.inward(heard, said)


class Circuit:
    """What connects the two ends; terminals are told through the event loop, never in a call."""

    def __init__(self, country: str) -> None:
        self.phase = Phase.SET_UP
        self.caller: CallEnd | None = None
        self.callee: CallEnd | None = None
        self._country = country
        self._timers: deque[asyncio.TimerHandle] = deque()

    def after(self, delay_s: float, what: Callable[[], None]) -> None:
        """Do `what` unless the call is cleared before."""
        self._timers.append(asyncio.get_running_loop().call_later(delay_s, what))

    def other(self, end: CallEnd) -> CallEnd | None:
        return self.callee if end is self.caller else self.caller

    def offer(self, callee: CallEnd) -> None:
        """Ring the called terminal; the caller hears ringback or why not."""
        self.callee = callee
        self.phase = Phase.ALERTING
        if not callee.terminal.ring(callee):
            callee.is_over = True
            self.fail(Cause.USER_BUSY)
        elif self.caller is not None and self.phase is Phase.ALERTING:
            self.caller.tone = self._loop("ringback")
            self._tell(self.caller, self.caller.terminal.alerting)

    def answered_by(self, end: CallEnd) -> None:
        if end is not self.callee or self.phase is not Phase.ALERTING or self.caller is None:
            return
        self._stop_timers()
        self.phase = Phase.CONNECTED
        self.caller.tone = None
        self._tell(self.caller, self.caller.terminal.answered)

    def cleared_by(self, end: CallEnd, cause: Cause) -> None:
        if self.phase is Phase.CLEARED:
            return
        self._end(self.other(end), cause)

    def fail(self, cause: Cause) -> None:
        """The network itself gives up: nobody there, nobody answers, no way through."""
        if self.phase is Phase.CLEARED:
            return
        if self.callee is not None and not self.callee.is_over:
            self._tell_cleared(self.callee, Cause.NORMAL_CALL_CLEARING)
        self._end(self.caller, cause)

    def digit_from(self, end: CallEnd, digit: str) -> None:
        listener = self.other(end)
        if listener is not None and self.phase is Phase.CONNECTED:
            listener.digits.add(dtmf(digit))

    def carry(self, end: CallEnd, said: Samples) -> Samples:
        """Take what `end` said, return what it hears."""
        if self.phase is not Phase.CONNECTED:
            return SILENCE if end.tone is None else end.tone.next_block()
        listener = self.other(end)
        if listener is not None:
            listener.heard.put(said)
        heard = end.heard.take()
        return heard if end.digits.is_over else end.digits.next_block()

    def _end(self, left: CallEnd | None, cause: Cause) -> None:
        self._stop_timers()
        self.phase = Phase.CLEARED
        if left is not None and not left.is_over:
            left.tone = self._loop(TONE_OF_CAUSE.get(cause, "busy"))
            self._tell_cleared(left, cause)

    def _loop(self, name: str) -> Loop:
        return Loop(tone(self._country, name))

    def _tell(self, end: CallEnd, what: Callable[[CallEnd], None]) -> None:
        def tell() -> None:
            if not end.is_over:
                what(end)

        asyncio.get_running_loop().call_soon(tell)

    def _tell_cleared(self, end: CallEnd, cause: Cause) -> None:
        self._tell(end, lambda left: left.terminal.cleared(left, cause))

    def _stop_timers(self) -> None:
        while self._timers:
            self._timers.popleft().cancel()
