"""Messages over Unix stream sockets: one JSON object a line, checked as it comes in.

A reader that does not keep up is cut off, so memory has a bound; a peer that
talks nonsense is cut off too, with one sentence in the log.
"""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter

from firmware.contract.errors import MessageRefused
from firmware.contract.message import Message
from firmware.highway.lines import LineSplitter, parse

log = logging.getLogger(__name__)

M = TypeVar("M")

MAX_BACKLOG_BYTES: Final = 4 << 20
LAST_WORDS_S: Final = 2.0
"""How long a peer whose line has no end may go on talking, so that it can be told so."""
_READ_BYTES: Final = 1 << 16
_PEER: Final = struct.Struct("3i")  # pid, uid, gid: struct ucred


class Link(Generic[M]):
    """One open connection: what comes in is of the kinds `M`, what goes out is any message."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        kinds: TypeAdapter[M],
        name: str,
    ) -> None:
        self.name = name
        self._reader, self._writer, self._kinds = reader, writer, kinds
        self._splitter = LineSplitter()
        self._lines: list[bytes] = []
        self._lost = False

    @property
    def is_open(self) -> bool:
        return not self._writer.is_closing()

    def send(self, message: Message) -> None:
        """Queue `message`; on a closed link nothing happens. Never waits."""
        self.send_line(message.to_line())

    def send_line(self, line: bytes) -> None:
        """Do as `send` with a message that is a line already."""
        if self._writer.is_closing():
            return
        self._writer.write(line)
        if self._writer.transport.get_write_buffer_size() > MAX_BACKLOG_BYTES:
            log.warning("%s: does not read what it is sent, cut off", self.name)
            self._writer.transport.abort()

    async def receive(self) -> M | None:
        """Return the next message, or None when the peer is gone.

        Raises MessageRefused for nonsense; the link goes on with the next line,
        or, if there was no end to that one, can only be answered and closed.
        """
        if self._lost:
            await self._hear_out()
            return None
        while not self._lines:
            try:
                data = await self._reader.read(_READ_BYTES)
            except ConnectionError:
                return None
            if not data:
                return None
            try:
                self._lines = self._splitter.feed(data)[::-1]
            except MessageRefused:
                self._lost = True
                raise
        return parse(self._lines.pop(), self._kinds)

    async def _hear_out(self) -> None:
        """Let the peer finish, for a moment: one that still writes could not read our answer."""
        try:
            async with asyncio.timeout(LAST_WORDS_S):
                while await self._reader.read(_READ_BYTES):
                    pass
        except (ConnectionError, TimeoutError):
            return

    async def __aiter__(self) -> AsyncIterator[M]:
        """Yield messages until the peer is gone or talks nonsense, which closes the link."""
        try:
            while (message := await self.receive()) is not None:
                yield message
        except MessageRefused as error:
            log.warning("%s: cut off: %s", self.name, error)
        finally:
            self.close()

    def close(self) -> None:
        """End the link once what is queued has gone out; may be called twice."""
        self._writer.close()


Handler = Callable[[Link[M]], Awaitable[None]]


@asynccontextmanager
async def serve(
    path: Path, kinds: TypeAdapter[M], handler: Handler[M]
) -> AsyncIterator[asyncio.Server]:
    """Listen on `path`; `handler` runs once per connection and the link closes when it returns.

    Only this user and root may connect. Leaving cancels the handlers.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(reader, writer, kinds, path.name)
        task = asyncio.current_task()
        assert task is not None  # a coroutine always runs in one
        tasks.add(task)
        try:
            if peer_may_connect(writer.get_extra_info("socket")):
                await handler(link)
            else:
                log.warning("%s: refused another user's connection", path.name)
        except asyncio.CancelledError:
            # We are leaving; the stream's own callback would log it as an error (Python 3.11).
            log.debug("%s: closed with a connection open", path.name)
        finally:
            tasks.discard(task)
            link.close()

    server = await asyncio.start_unix_server(connected, sock=listen_at(path))
    try:
        yield server
    finally:
        server.close()
        for task in tasks.copy():
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def listen_at(path: Path, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    """Return a socket that listens at `path`, in place of one that a dead process left there."""
    listener = socket.socket(socket.AF_UNIX, kind)
    path.unlink(missing_ok=True)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen()
    listener.setblocking(False)
    return listener


def peer_may_connect(connection: socket.socket) -> bool:
    """Tell whether the other end is run by this user or by root."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _pid, uid, _gid = _PEER.unpack(peer)
    return uid in (0, os.geteuid())
