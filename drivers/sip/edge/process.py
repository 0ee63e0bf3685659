"""Kamailio as a child process: started, its log passed on, started again when it dies."""

import asyncio
import errno
import logging
import os
import re
import shutil
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from drivers.sip.edge.place import EdgePlace
from firmware.contract.texts import Text, word

log = logging.getLogger(__name__)

SHARED_MB: Final = 24
PRIVATE_MB: Final = 4
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 5.0
STEADY_S: Final = 10.0
"""A Kamailio that lived this long is restarted without a growing pause."""
STOP_S: Final = 4.0
"""Longer than the exit_timeout in routes/settings.cfg."""
LINES_AT_ONCE: Final = 20
LINES_WITHIN_S: Final = 10.0
"""A flood of bad messages must not become a flood of log lines."""

_LEVELS: Final = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "NOTICE": logging.INFO,
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
    "CRITICAL": logging.ERROR,
    "ALERT": logging.ERROR,
    "BUG": logging.ERROR,
}
_NO_NEWS: Final = ("openssl bug #1491", "registered server_name callback")
"""What it says at every start."""
_LINE: Final = re.compile(r"^\s*\d+\(\d+\) (?P<level>[A-Z]+): (?P<rest>.*)$")


def find_kamailio() -> str | None:
    """Return the program's path; Debian keeps it out of an ordinary user's PATH."""
    path = os.environ.get("PATH", os.defpath)
    return shutil.which("kamailio", path=f"{path}:/usr/sbin")


def taken_port(place: EdgePlace) -> Text | None:
    """Return the sentence about the first address that cannot be listened on."""
    wanted = [(address, place.port) for address in place.listen]
    if place.tls_port is not None:
        wanted += [(address, place.tls_port) for address in place.listen]
    for address, port in [*wanted, ("127.0.0.1", place.inner_port)]:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            code = _cannot_bind(address, port, kind)
            if code is not None:
                return Text(code=code, args={"address": address, "port": port})
    return None


def _cannot_bind(address: str, port: int, kind: socket.SocketKind) -> str | None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as trial:
        if kind is socket.SOCK_STREAM:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
        except OSError as error:
            return "sip.port-taken" if error.errno == errno.EADDRINUSE else "sip.no-such-address"
    return None


class KamailioProcess:
    """`began` is called after each start, `troubled` with what keeps it from starting."""

    def __init__(
        self,
        program: str,
        configuration: Path,
        began: Callable[[], None],
        troubled: Callable[[Text | None], None],
    ) -> None:
        self._arguments = _arguments(program, configuration)
        self._began, self._troubled = began, troubled
        self._told = _Quota()
        self.pid: int | None = None

    async def keep_running(self, place: EdgePlace) -> None:
        """Until cancelled; then it is stopped."""
        pause_s = FIRST_PAUSE_S
        while True:
            trouble = taken_port(place)
            self._troubled(trouble)
            steady = False
            if trouble is not None:
                log.error("the edge cannot start: %s", word(trouble))
            else:
                started_at = time.monotonic()
                code = await self._live()
                steady = time.monotonic() - started_at > STEADY_S
                log.warning("kamailio ended (code %s), starting it again", code)
            pause_s = FIRST_PAUSE_S if steady else min(2 * pause_s, LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s)

    def kill(self) -> None:
        """End the one that runs now, without asking it."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    async def _live(self) -> int:
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=writing,
                # Its children are found by their process group when the first of them is killed.
                start_new_session=True,
            )
        finally:
            os.close(writing)
        self.pid = process.pid
        self._began()
        telling = asyncio.create_task(self._pass_on(reading), name="kamailio's log")
        try:
            return await process.wait()
        finally:
            self.pid = None
            await asyncio.shield(_stop(process))
            await asyncio.gather(telling)

    async def _pass_on(self, pipe: int) -> None:
        """Log what it says until the last of its processes has ended.

        The pipe is ours: asyncio's own would hide the end of the first process as long
        as its orphans hold it open.
        """
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb")
        )
        try:
            async for line in reader:
                level, text = read_log_line(line.decode("utf-8", "replace"))
                if self.pid is None:  # what the others say when the first has ended
                    log.debug("kamailio: %s", text)
                elif text and (level < logging.INFO or self._told.may_tell()):
                    log.log(level, "kamailio: %s", text)
        finally:
            transport.close()


def read_log_line(line: str) -> tuple[int, str]:
    """Return the level and the message of one line of Kamailio's log."""
    match = _LINE.match(line.rstrip())
    if match is None:
        return logging.DEBUG, line.strip()
    if any(known in match["rest"] for known in _NO_NEWS):
        return logging.DEBUG, match["rest"]
    return _LEVELS.get(match["level"], logging.INFO), match["rest"]


class _Quota:
    def __init__(self) -> None:
        self._since, self._count = 0.0, 0

    def may_tell(self) -> bool:
        now = time.monotonic()
        if now - self._since > LINES_WITHIN_S:
            if self._count > LINES_AT_ONCE:
                log.warning("kamailio: %s lines left out", self._count - LINES_AT_ONCE)
            self._since, self._count = now, 0
        self._count += 1
        return self._count <= LINES_AT_ONCE


def _arguments(program: str, configuration: Path) -> tuple[str, ...]:
    # fmt: off
    return (
        "setpriv", "--pdeathsig", "TERM", "--",
        program, "-DD", "-E", "-f", str(configuration), "-w", str(configuration.parent),
        "-Y", str(configuration.parent), "-m", str(SHARED_MB), "-M", str(PRIVATE_MB),
    )
    # fmt: on


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End it and every child it has, which outlive it when it is killed."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            log.warning("kamailio did not stop in %s s, killed", STOP_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
