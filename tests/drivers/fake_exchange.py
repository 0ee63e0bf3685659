"""An exchange and a switch as a card sees them: two sockets, and JSON read by hand.

Written against docs/architecture.md alone, so it cannot share a mistake with
the firmware's own ends of these sockets.
"""

import asyncio
import json
import os
import socket
from pathlib import Path
from typing import Any

from tests.drivers.rig import DEADLINE_S

Json = dict[str, Any]


class FakeExchange:
    """Listens on run/exchange.sock for one card; answers each hello with its configuration."""

    def __init__(self, state: Path, lines: list[Json], country: str = "GB") -> None:
        self.lines = lines
        self.country = country
        self.heard: list[Json] = []
        """Every report since the exchange started, in order."""
        self._path = state / "run" / "exchange.sock"
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._news = asyncio.Event()

    async def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)

    async def die(self) -> None:
        """As after kill -9: the socket file stays, nobody listens, connections are cut."""
        assert self._server is not None
        self._server.close()
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None
        await asyncio.sleep(0)

    def send(self, **message: Any) -> None:
        assert self._writer is not None, "no card is connected"
        self._writer.write(json.dumps(message).encode() + b"\n")

    def send_raw(self, line: bytes) -> None:
        assert self._writer is not None, "no card is connected"
        self._writer.write(line)

    def configure(self) -> None:
        self.send(kind="configure", country=self.country, lines=self.lines)

    def mark(self) -> int:
        return len(self.heard)

    async def hears(self, kind: str, after: int = 0, **fields: Any) -> Json:
        """Return the first report of `kind` with these values since `after`, waiting for it."""

        def fits(report: Json) -> bool:
            return report["kind"] == kind and all(
                report.get(name) == value for name, value in fields.items()
            )

        try:
            async with asyncio.timeout(DEADLINE_S):
                while True:
                    found = next(filter(fits, self.heard[after:]), None)
                    if found is not None:
                        return found
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"no {kind} {fields} among {self.heard[after:]}") from None

    async def hears_line(self, line_id: str, health: str, after: int = 0) -> Json:
        """Return the line's state once it is `health`."""
        try:
            async with asyncio.timeout(DEADLINE_S):
                while True:
                    for report in self.heard[after:]:
                        for line in report.get("lines", [report.get("line")]):
                            if line and (line["line_id"], line["health"]) == (line_id, health):
                                return dict(line)
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{line_id} not {health}: {self.heard[after:]}") from None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await _line(reader):
            report = json.loads(line)
            if report["kind"] == "hello":
                self._writer = writer
                self.configure()
            self.heard.append(report)
            self._news.set()
            self._news = asyncio.Event()
        writer.close()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ConnectionError:
        return b""


class FakeSwitch:
    """Listens on run/switch.sock and takes what cards hand over."""

    def __init__(self, state: Path) -> None:
        self._path = state / "run" / "switch.sock"
        self._listener: socket.socket | None = None
        self._card: socket.socket | None = None

    def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(self._path))
        self._listener.listen()
        self._listener.setblocking(False)

    async def takes_span(self) -> tuple[str, int]:
        """Return the name of the next span handed over and the inode of its memory."""
        assert self._listener is not None
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(DEADLINE_S):
            self._card, _ = await loop.sock_accept(self._listener)
        self._card.setblocking(True)
        self._card.settimeout(DEADLINE_S)
        name, fds, _, _ = socket.recv_fds(self._card, 100, 1)
        inode = os.fstat(fds[0]).st_ino
        os.close(fds[0])
        return name.decode(), inode

    def die(self) -> None:
        for end in (self._card, self._listener):
            if end is not None:
                end.close()
