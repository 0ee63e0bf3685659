"""`tipring run`: the processes of the box, from their start to the last one's end."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware.contract.errors import TipringError
from firmware.contract.line_state import Ability, Health, LineState
from firmware.contract.texts import Text
from firmware.contract.views import Snapshot
from firmware.control.ask import take_snapshot
from firmware.supervisor.child import Child, Program
from firmware.supervisor.plan import Place, base_programs, card_program, cards_needed, stop_order

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.1
CONFIGURATION_EVERY_S: Final = 1.0
ASK_TIMEOUT_S: Final = 2.0
SETTLE_S: Final = 15.0
"""Devices may still be appearing; later, only a line that is starting keeps us waiting."""
SETTLED: Final = frozenset({Health.READY, Health.NEEDS_ATTENTION, Health.UNASSIGNED})


class Supervisor:
    """Owns every child process. `say` gets the sentences for the person at the console."""

    def __init__(self, place: Place, say: Callable[[Text], None]) -> None:
        self._place = place
        self._say = say
        self._children: dict[str, Child] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self._page_said = threading.Event()

    async def run(self) -> None:
        """Return when SIGTERM or SIGINT has come and every child has ended."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        for program in base_programs(self._place):
            self._keep(program)
        # Threads that nobody waits for: a box told to stop while it starts stops at once.
        for announce in (self._announce_page, self._announce_lines):
            threading.Thread(target=announce, daemon=True).start()
        cards = loop.create_task(self._keep_needed_cards())
        await self._stop.wait()
        cards.cancel()
        await self._stop_all()

    def _keep(self, program: Program) -> None:
        child = Child(program, self._tell_death)
        self._children[program.name] = child
        self._tasks.add(asyncio.create_task(child.keep_running()))

    def _tell_death(self, program: Program, code: int) -> None:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        self._say(Text(code="run.restarted", args={"process": program.name, "how": how}))

    async def _keep_needed_cards(self) -> None:
        """Start a card when the configuration names its kind for the first time."""
        configuration, practice = self._place.state / "tipring.toml", self._place.practice
        started: frozenset[str] = frozenset()
        while True:
            needed = cards_needed(configuration, practice=practice) or frozenset()
            for kind in sorted(needed - started):
                self._keep(card_program(kind, self._place))
            started |= needed
            await asyncio.sleep(CONFIGURATION_EVERY_S)

    def _announce_page(self) -> None:
        anywhere = self._place.listen in {"0.0.0.0", "::"}
        host = "127.0.0.1" if anywhere else self._place.listen
        address = f"http://{host}:{self._place.port}/"
        _wait_for_answer(address + "api/health")
        self._say(Text(code="run.page", args={"address": address}))
        self._page_said.set()

    def _announce_lines(self) -> None:
        snapshot = _settled_snapshot(self._place.state)
        ready = sum(1 for line in snapshot.lines if line.line.health is Health.READY)
        facts = {"ready": ready, "lines": len(snapshot.lines), "seconds": f"{age_s():.1f}"}
        self._page_said.wait(
            SETTLE_S
        )  # code and address first: they are what a person needs to go on
        self._say(Text(code="run.lines-ready", args=facts))

    async def _stop_all(self) -> None:
        for stage in sorted({stop_order(name) for name in self._children}):
            ending = [c for name, c in self._children.items() if stop_order(name) == stage]
            await asyncio.gather(*(child.stop() for child in ending))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def age_s() -> float:
    """Return how long ago this process was started, interpreter and imports included."""
    fields = Path("/proc/self/stat").read_text("ascii").rpartition(")")[2].split()
    started_s = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s


def _settled_snapshot(state: Path) -> Snapshot:
    """Return the first snapshot in which no line is still on its way. Blocks."""
    while True:
        with contextlib.suppress(TipringError):
            snapshot = take_snapshot(state, ASK_TIMEOUT_S)
            if _settled(snapshot):
                return snapshot
        time.sleep(LOOK_EVERY_S)


def _settled(snapshot: Snapshot) -> bool:
    healths = {view.line.health for view in snapshot.lines if not may_register(view.line)}
    return healths <= SETTLED or (age_s() > SETTLE_S and Health.STARTING not in healths)


def may_register(line: LineState) -> bool:
    """A phone that is switched off registers whenever somebody likes to."""
    return line.health is Health.NO_SERVICE and Ability.PHONE in line.abilities


def _wait_for_answer(address: str) -> None:
    """Return once a web server answers there, whatever it says. Blocks."""
    while True:
        try:
            urllib.request.urlopen(address, timeout=ASK_TIMEOUT_S).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(LOOK_EVERY_S)
        else:
            return
