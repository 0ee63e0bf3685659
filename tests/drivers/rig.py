"""A rig: one line of a driver, wired to a simulated device on a simulated network.

The contract suite (test_line_contract.py, test_phone_contract.py) moves the far
end and looks at the reports. A driver of lines to the network joins the first
with a TrunkRig in TRUNK_RIGS there, a driver of phones the second with a PhoneRig.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

from drivers.simulators.network import Network
from firmware.contract.errors import LineError
from firmware.contract.line import Line, SeizedTimeslot
from firmware.contract.messages import Report
from firmware.contract.pcm import BLOCK_SAMPLES, SAMPLE_RATE_HZ, Samples

DEADLINE_S = 30.0
"""No test measures speed; this only ends a test that would wait for ever."""
OUTSIDE_NUMBER = "01632960100"
OUTSIDE_E164 = "+441632960100"

R = TypeVar("R")


class RecordedTimeslot:
    """A SeizedTimeslot that keeps what the line heard and feeds it what the call says."""

    def __init__(self, index: int, free: Callable[[int], None]) -> None:
        self.index = index
        self.heard: list[Samples] = []
        self.to_say: list[Samples] = []
        self.is_free = False
        self.written = asyncio.Event()
        self._free = free

    def write(self, block: Samples) -> None:
        assert block.shape == (BLOCK_SAMPLES,), block.shape
        assert block.dtype == np.int16, block.dtype
        if not self.is_free:
            self.heard.append(block.copy())
            self.written.set()
            self.written = asyncio.Event()

    def read(self) -> Samples:
        return self.to_say.pop(0) if self.to_say else np.zeros(BLOCK_SAMPLES, np.int16)

    def say(self, samples: Samples) -> None:
        """Let the line's far end hear `samples` from now on; padded to whole blocks."""
        padded = np.concatenate([samples, np.zeros(-len(samples) % BLOCK_SAMPLES, np.int16)])
        self.to_say += list(padded.reshape(-1, BLOCK_SAMPLES))

    def free(self) -> None:
        if not self.is_free:
            self.is_free = True
            self._free(self.index)


class RecordingCard:
    """CardServices that keep every report and hand out timeslots."""

    def __init__(self, country: str = "GB", timeslots: int = 4) -> None:
        self.country = country
        self.reports: list[Report] = []
        self.timeslots: dict[int, RecordedTimeslot] = {}
        """By index: the last one seized there, free or not."""
        self.capacity = timeslots
        self._seized: set[int] = set()
        self._reported = asyncio.Event()

    def report(self, report: Report) -> None:
        self.reports.append(report)
        self._reported.set()
        self._reported = asyncio.Event()

    def seize_timeslot(self) -> SeizedTimeslot:
        free = set(range(self.capacity)) - self._seized
        if not free:
            raise LineError("no-timeslot")
        index = min(free)
        self._seized.add(index)
        self.timeslots[index] = RecordedTimeslot(index, self._seized.discard)
        return self.timeslots[index]

    @property
    def seized(self) -> frozenset[int]:
        return frozenset(self._seized)

    async def hears_for(self, timeslot: int, seconds: float) -> Samples:
        """Wait until the line wrote so much more sound, and return just that."""
        place = self.timeslots[timeslot]
        begin, blocks = len(place.heard), round(seconds * SAMPLE_RATE_HZ / BLOCK_SAMPLES)
        async with asyncio.timeout(DEADLINE_S):
            while len(place.heard) < begin + blocks:
                await place.written.wait()
        return np.concatenate(place.heard[begin : begin + blocks])

    async def reported(self, kind: type[R], after: int = 0) -> R:
        """Return the first report of `kind` at or after index `after`, waiting for it."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                while True:
                    found = [report for report in self.reports[after:] if isinstance(report, kind)]
                    if found:
                        return found[0]
                    await self._reported.wait()
        except TimeoutError:
            raise AssertionError(f"no {kind.__name__} among {self.reports[after:]}") from None

    def kinds(self, leg_id: str) -> list[str]:
        """The kinds of one leg's reports, in their order."""
        return [r.kind for r in self.reports if getattr(r, "leg_id", None) == leg_id]


class TrunkRig(Protocol):
    """A line to the network. Everything outside is reached through `network` and `number`."""

    line: Line
    card: RecordingCard
    network: Network
    number: str
    """The line's own number on `network`."""

    async def start(self) -> None:
        """Start the simulated device, open the line, run `serve`, return when it is READY."""

    async def stop(self) -> None:
        """End `serve`, close the line, stop the device. May be called in any state."""

    async def break_wire(self) -> None:
        """The device stops answering for good, as a hung or unplugged one does."""

    async def served(self) -> BaseException | None:
        """Wait until `serve` has ended by itself; return what it raised."""


class PhoneRig(Protocol):
    """A phone of ours on a line, with hands on it."""

    line: Line
    card: RecordingCard

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def break_wire(self) -> None: ...
    async def served(self) -> BaseException | None: ...

    async def lift(self) -> None: ...
    async def hang_up(self) -> None: ...
    async def press(self, digit: str) -> None: ...
    async def flash(self) -> None: ...
    async def rings(self) -> bool:
        """Wait until the bell rings (True) or the deadline passes (False)."""

    async def stops_ringing(self) -> None: ...
    async def say(self, samples: Samples) -> None: ...
    async def hears_for(self, seconds: float) -> Samples:
        """Wait for so much more sound in the earpiece, and return just that."""
