"""Connections made again for ever: a card's to the exchange, its span's to the switch."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

from pydantic import TypeAdapter

from firmware.contract.message import Message
from firmware.highway.link import Link

log = logging.getLogger(__name__)

M = TypeVar("M")

FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
LASTED_S: Final = 1.0
"""A hand-over that was refused at once is not tried again at once."""


class Pause:
    """How long to wait before the next try: twice as long each time, up to a second."""

    def __init__(self) -> None:
        self._next_s = FIRST_PAUSE_S

    def reset(self) -> None:
        self._next_s = FIRST_PAUSE_S

    async def wait(self) -> None:
        await asyncio.sleep(self._next_s)
        self._next_s = min(2 * self._next_s, LONGEST_PAUSE_S)


async def connect_forever(
    path: Path,
    kinds: TypeAdapter[M],
    hello: Callable[[], Message],
    on_message: Callable[[M], Awaitable[None]],
    on_link: Callable[[Link[M] | None], None],
) -> None:
    """Stay connected to `path` until cancelled; whatever ends the connection, it is made again.

    Each time `hello()` is the first line sent; then `on_link` gets the link, and
    None once it is gone. Messages are handed over one after another.
    """
    pause = Pause()
    while True:
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError:
            await pause.wait()
            continue
        link = Link(reader, writer, kinds, path.name)
        try:
            link.send(hello())
            on_link(link)
            log.debug("%s: connected", path.name)
            async for message in link:
                pause.reset()
                await on_message(message)
        finally:
            link.close()
            on_link(None)
        log.debug("%s: connection lost", path.name)
        await pause.wait()


async def hand_over_span(path: Path, name: str, fd: int) -> None:
    """Give the switch at `path` the span's memory, again whenever it restarts, until cancelled.

    The open connection tells the switch that the card lives.
    """
    pause, loop = Pause(), asyncio.get_running_loop()
    while True:
        began_s = loop.time()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
            connection.setblocking(False)
            if await _handed_over(connection, path, name, fd):
                log.debug("span %s: handed to the switch", name)
                await _gone(connection)
                if loop.time() - began_s > LASTED_S:
                    pause.reset()
                log.debug("span %s: the switch is gone", name)
        await pause.wait()


async def _handed_over(connection: socket.socket, path: Path, name: str, fd: int) -> bool:
    try:
        await asyncio.get_running_loop().sock_connect(connection, str(path))
        socket.send_fds(connection, [name.encode()], [fd])
    except OSError:
        return False
    return True


async def _gone(connection: socket.socket) -> None:
    """Return when the other side has closed; what it may have said does not matter."""
    loop = asyncio.get_running_loop()
    try:
        while await loop.sock_recv(connection, 64):
            pass
    except ConnectionError:
        return
