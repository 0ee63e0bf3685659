"""One child process of the SIP card: started, asked whether it is there, started again.

It inherits one end of a socket pair and, if it needs them, other descriptors. It
dies with the card: the kernel tells it (setpriv), and its link ends.
"""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter

from drivers.sip.media_messages import AreYouThere
from firmware.contract.message import Message
from firmware.highway.link import Link

log = logging.getLogger(__name__)

R = TypeVar("R", bound=Message)

ASK_EVERY_S: Final = 2.0
START_S: Final = 20.0
"""A small box under load may take long to import everything."""
FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0
STEADY_S: Final = 10.0
"""A process that lived this long is restarted without a growing pause."""
STOP_S: Final = 2.0
DIES_WITH_US: Final = ("setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True, slots=True)
class ChildProgram:
    """What to start: the arguments, given the number of the link's descriptor."""

    name: str
    arguments: Callable[[int], Sequence[str]]
    descriptors: tuple[int, ...] = ()
    hung_after_s: float = 5.0
    """One that says nothing for so long, though asked twice, is killed."""


class LinkedChild(Generic[R]):
    """`heard` gets what the child says, `died` is told when it is gone, each time."""

    def __init__(
        self,
        program: ChildProgram,
        kinds: TypeAdapter[R],
        heard: Callable[[R], None],
        died: Callable[[], None],
    ) -> None:
        self.name = program.name
        self._program, self._kinds = program, kinds
        self._heard, self._died = heard, died
        self._link: Link[R] | None = None
        self._heard_at = 0.0
        self._patience_s = START_S
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start_again(self) -> None:
        """End this life of it."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def send(self, message: Message) -> None:
        """Queue `message`; for a child that is not there nothing happens."""
        if self._link is not None:
            self._link.send(message)

    async def keep_running(self) -> None:
        """Until cancelled; then the child is stopped."""
        pause_s = FIRST_PAUSE_S
        while True:
            began = time.monotonic()
            code = await self._live()
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            log.warning("%s: ended (%s), starting it again", self.name, how)
            steady = time.monotonic() - began > STEADY_S
            pause_s = FIRST_PAUSE_S if steady else min(2 * pause_s, LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s)

    async def _live(self) -> int:
        """Run it once; return its exit code."""
        ours, theirs = socket.socketpair()
        with ExitStack() as not_begun, theirs:
            not_begun.callback(ours.close)
            fd = theirs.fileno()
            process = await asyncio.create_subprocess_exec(
                *DIES_WITH_US,
                *self._program.arguments(fd),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(fd, *self._program.descriptors),
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
            not_begun.pop_all()
        self._process = process
        tasks: list[asyncio.Task[None]] = []
        try:
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            self._link = Link(reader, writer, self._kinds, self.name)
            self._heard_at, self._patience_s = time.monotonic(), START_S
            tasks = [
                asyncio.create_task(self._listen(self._link), name=f"{self.name} listens"),
                asyncio.create_task(self._ask(self._link, process), name=f"{self.name} is asked"),
            ]
            await asyncio.wait(
                [*tasks, ended := asyncio.create_task(_ended(process))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            tasks.append(ended)
        finally:
            await self._bury(process, tasks)
        return process.returncode or 0

    async def _bury(
        self, process: asyncio.subprocess.Process, tasks: list[asyncio.Task[None]]
    ) -> None:
        for task in tasks:
            task.cancel()
        link, self._link = self._link, None
        if link is not None:
            link.close()
        await asyncio.shield(_stop(process))
        results = await asyncio.gather(*tasks, return_exceptions=True)
        self._process = None
        for bug in results:
            if isinstance(bug, Exception):
                log.error("%s: fault in what it said", self.name, exc_info=bug)
        self._died()

    async def _listen(self, link: Link[R]) -> None:
        async for message in link:
            self._heard_at = time.monotonic()
            self._patience_s = self._program.hung_after_s
            self._heard(message)

    async def _ask(self, link: Link[R], process: asyncio.subprocess.Process) -> None:
        """Kill it when it is hung."""
        while time.monotonic() - self._heard_at < self._patience_s:
            link.send(AreYouThere())
            await asyncio.sleep(ASK_EVERY_S)
        log.warning("%s: no sign of life for %s s, killed", self.name, self._patience_s)
        process.kill()


async def _ended(process: asyncio.subprocess.Process) -> None:
    await process.wait()


async def _stop(process: asyncio.subprocess.Process) -> None:
    """It has seen its link end; one that does not go is killed."""
    try:
        async with asyncio.timeout(STOP_S):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()
