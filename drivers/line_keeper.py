"""Keeps one line alive: open, serve, close, and open again after a pause, for ever.

Each line has its own task and its own queue of commands, so a hung one holds
up no other. Nothing waits without a deadline.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from firmware.contract.causes import Cause
from firmware.contract.errors import LineError, LineTimeout
from firmware.contract.line import Line, LineCommand, execute
from firmware.contract.line_state import Health, LineState
from firmware.contract.message import LegMessage
from firmware.contract.messages import (
    AlertCall,
    ClearCall,
    LineStateChanged,
    PlaceCall,
    Release,
    Report,
    RunSelfTest,
    SelfTestDone,
)

log = logging.getLogger(__name__)

LOOK_AGAIN_S: Final = 1.0
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 3.0
STEADY_S: Final = 10.0
"""A line that served this long is reopened without a growing pause."""

CAUSE_OF: Final[Mapping[str, Cause]] = {
    "line-busy": Cause.USER_BUSY,
    "line-cannot": Cause.FACILITY_NOT_IMPLEMENTED,
    "no-such-leg": Cause.INVALID_CALL_REFERENCE,
    "no-timeslot": Cause.NO_CIRCUIT_AVAILABLE,
    "line.closed": Cause.DESTINATION_OUT_OF_ORDER,
    "line.absent": Cause.DESTINATION_OUT_OF_ORDER,
    "line.device-gone": Cause.DESTINATION_OUT_OF_ORDER,
}
"""Why a leg could not begin, by the code of the LineError; any other is a temporary failure."""
_SAYS_WHY_ITSELF: Final = frozenset({Health.ABSENT, Health.NEEDS_ATTENTION})


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a line may take before it counts as hung."""

    open_s: float = 60.0
    """A modem that is reset comes back within half a minute."""
    command_s: float = 30.0
    close_s: float = 10.0


class LineKeeper:
    def __init__(
        self, line: Line, report: Callable[[Report], None], deadlines: Deadlines | None = None
    ) -> None:
        self.line = line
        self._deadlines = deadlines or Deadlines()
        self._trouble: LineError | None = None
        self.state = line.state()
        """As last reported."""
        self._report = report
        self._commands: asyncio.Queue[LineCommand] = asyncio.Queue()
        self._beginning: set[str] = set()
        """Legs whose first command still waits or is being carried out."""
        self._is_open = False
        self._released = asyncio.Event()
        self._retiring = False

    def reported(self, report: Report) -> None:
        """Learn from what the line reports."""
        if isinstance(report, LineStateChanged):
            self.state = report.line
        elif isinstance(report, Release):
            self._released.set()

    def has(self, leg_id: str) -> bool:
        return any(leg.leg_id == leg_id for leg in self.line.legs())

    def expects(self, leg_id: str) -> bool:
        """The leg is, or is about to be, on this line."""
        return leg_id in self._beginning or self.has(leg_id)

    def obey(self, command: LineCommand) -> None:
        """Carry out `command` after those given before; never waits."""
        if self._is_open and not (self._retiring and isinstance(command, PlaceCall | AlertCall)):
            if isinstance(command, PlaceCall | AlertCall):
                self._beginning.add(command.leg_id)
            self._commands.put_nowait(command)
        else:
            self._refuse(command, LineError("line.closed"))

    async def keep(self) -> None:
        """Run until cancelled or, after `retire`, idle; then the line is closed."""
        loop = asyncio.get_running_loop()
        pause_s = FIRST_PAUSE_S
        try:
            while not self._retiring:
                began_s = loop.time()
                error = await self._live()
                await self._close()
                self._tell(self._troubled(error))
                steady = loop.time() - began_s > STEADY_S
                pause_s = FIRST_PAUSE_S if steady else min(2 * pause_s, LONGEST_PAUSE_S)
                if not self._retiring:
                    await asyncio.sleep(pause_s)
        finally:
            await self._close()

    async def retire(self) -> None:
        """Take no new call and return once the line has none; `keep` may then be cancelled."""
        self._retiring = True
        while self.line.legs():
            self._released.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN_S):
                    await self._released.wait()

    # ---- one life of the line

    async def _live(self) -> LineError:
        """Open and serve; return why that ended."""
        serving: list[asyncio.Task[None]] = []
        try:
            async with asyncio.timeout(self._deadlines.open_s):
                await self.line.open()
            self._is_open, self._trouble = True, None
            self._tell(self.line.state())
            serving = [
                asyncio.create_task(self.line.serve(), name=f"serve {self.state.line_id}"),
                asyncio.create_task(self._obey_all(), name=f"obey {self.state.line_id}"),
            ]
            await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.gather(*(task for task in serving if task.done()))
            return LineError("line.device-gone")
        except LineError as error:
            return error
        except TimeoutError:
            return LineTimeout("line.silent", seconds=self._deadlines.open_s)
        except Exception:  # the one supervisor: a driver's bug costs its own line only
            log.exception("%s: fault in the driver", self.state.line_id)
            return LineError("line.fault")
        finally:
            self._is_open = False
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)
            self._refuse_what_waits()

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(self._deadlines.close_s):
                await self.line.close()
        except (LineError, TimeoutError) as error:
            log.warning("%s: does not close: %s", self.state.line_id, error)
        except Exception:  # as above
            log.exception("%s: fault in the driver", self.state.line_id)

    def _troubled(self, error: LineError) -> LineState:
        state = self.line.state()
        known = self._trouble is not None and self._trouble.text == error.text
        log.log(logging.DEBUG if known else logging.WARNING, "%s: %s", state.line_id, error)
        self._trouble = error
        if state.health in _SAYS_WHY_ITSELF:
            return state
        return state.model_copy(update={"health": Health.RECOVERING, "why": error.text})

    def _tell(self, state: LineState) -> None:
        if state != self.state:
            self._report(LineStateChanged(line=state))

    # ---- commands

    async def _obey_all(self) -> None:
        """Raise LineError when a command failed in a way only a reopened line recovers from."""
        while True:
            command = await self._commands.get()
            try:
                async with asyncio.timeout(self._deadlines.command_s):
                    await execute(self.line, command)
            except TimeoutError as error:
                raise LineTimeout("line.silent", seconds=self._deadlines.command_s) from error
            except LineError as error:
                log.warning("%s: %s refused: %s", self.state.line_id, command.kind, error)
                if isinstance(error, LineTimeout) or self._left_half_done(command):
                    raise
                self._refuse(command, error)
            finally:
                self._forget(command)

    def _left_half_done(self, command: LineCommand) -> bool:
        """A begun leg that was not placed, or one that cannot be cleared, is still the line's."""
        half = PlaceCall | AlertCall | ClearCall
        return isinstance(command, half) and self.has(command.leg_id)

    def _refuse(self, command: LineCommand, error: LineError) -> None:
        if isinstance(command, RunSelfTest):
            done = SelfTestDone(line_id=command.line_id, findings=(error.text,), passed=False)
            self._report(done)
        elif isinstance(command, LegMessage) and not self.has(command.leg_id):
            cause = CAUSE_OF.get(error.text.code, Cause.TEMPORARY_FAILURE)
            self._report(Release(leg_id=command.leg_id, cause=cause))

    def _refuse_what_waits(self) -> None:
        while not self._commands.empty():
            command = self._commands.get_nowait()
            self._refuse(command, LineError("line.closed"))
            self._forget(command)

    def _forget(self, command: LineCommand) -> None:
        if isinstance(command, PlaceCall | AlertCall):
            self._beginning.discard(command.leg_id)
