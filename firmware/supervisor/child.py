"""One supervised process: started, watched, started again when it dies, stopped by its own id."""

import asyncio
import ctypes
import logging
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0
STEADY_S: Final = 10.0
"""A process that lived this long is restarted without a growing pause."""
STOP_TIMEOUT_S: Final = 6.0

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Program:
    """What to start: a name for logs and the arguments of the process."""

    name: str
    arguments: tuple[str, ...]


class Child:
    def __init__(self, program: Program, died: Callable[[Program, int], None]) -> None:
        self.program = program
        self._died = died
        self._process: asyncio.subprocess.Process | None = None
        self._wanted = True

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def is_wanted(self) -> bool:
        """Until `stop` has been called."""
        return self._wanted

    async def keep_running(self) -> None:
        """Start the program again whenever it ends, with a growing pause; until `stop`."""
        pause_s = FIRST_PAUSE_S
        while self._wanted:
            started_at = time.monotonic()
            self._process = await _start(self.program.arguments)
            code = await self._process.wait()
            if not self.is_wanted:
                return
            self._died(self.program, code)
            steady = time.monotonic() - started_at > STEADY_S
            pause_s = FIRST_PAUSE_S if steady else min(pause_s * 2, LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL for one that does not listen; gone already is fine."""
        self._wanted = False
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await process.wait()
        except TimeoutError:
            log.warning("%s: did not stop in %s s, killed", self.program.name, STOP_TIMEOUT_S)
            process.kill()
            await process.wait()


async def _start(arguments: Sequence[str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        cwd=Path.cwd(),
        # Ctrl-C reaches the whole terminal group; only we decide who stops when.
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )


def _die_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
