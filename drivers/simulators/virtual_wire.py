"""The far end of a virtual line's wire: listens on the socket that the card connects to.

Written apart from drivers/virtual/wire.py: two readings of one page (README.md there).
"""

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from firmware.contract.pcm import Samples

log = logging.getLogger(__name__)

PACKET_BYTES: Final = 4096
Happened = dict[str, Any]


class VirtualWire:
    """One listening socket; the last card that connected is the one talked to."""

    def __init__(
        self, path: Path, on_event: Callable[[Happened], None], on_block: Callable[[Samples], None]
    ) -> None:
        self._path = path
        self._on_event = on_event
        self._on_block = on_block
        self._card: socket.socket | None = None
        self._reading: asyncio.Task[None] | None = None
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        path.unlink(missing_ok=True)
        self._listener.bind(str(path))
        self._listener.listen()
        self._listener.setblocking(False)
        self._accepting = asyncio.create_task(self._accept(), name=f"far end {path.name}")

    @property
    def is_connected(self) -> bool:
        return self._card is not None

    def tell(self, event: str, **fields: str | int | None) -> None:
        self._send(b"J" + json.dumps({"event": event, **fields}).encode())

    def say(self, block: Samples) -> None:
        self.say_bytes(block.astype("<i2").tobytes())

    def say_bytes(self, block: bytes) -> None:
        self._send(b"A" + block)

    def send_raw(self, packet: bytes) -> None:
        """For tests of nonsense on the wire."""
        self._send(packet)

    async def close(self) -> None:
        self._accepting.cancel()
        await asyncio.gather(self._accepting, return_exceptions=True)
        self._listener.close()
        await self._drop_card()
        self._path.unlink(missing_ok=True)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            card, _ = await loop.sock_accept(self._listener)
            await self._drop_card()
            card.setblocking(False)
            self._card = card
            self._reading = asyncio.create_task(self._read(card), name=f"card {self._path.name}")

    async def _drop_card(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._card is not None:
            self._card.close()
        self._card = self._reading = None

    async def _read(self, card: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while packet := await self._packet(loop, card):
            if packet[:1] == b"A":
                self._on_block(np.frombuffer(packet[1:], "<i2").astype(np.int16))
            else:
                self._on_event(json.loads(packet[1:]))
        self._card = None
        card.close()
        self._on_event({"event": "card-gone"})

    async def _packet(self, loop: asyncio.AbstractEventLoop, card: socket.socket) -> bytes:
        try:
            return await loop.sock_recv(card, PACKET_BYTES)
        except ConnectionError:
            return b""

    def _send(self, packet: bytes) -> None:
        if self._card is None:
            return
        try:
            self._card.send(packet)
        except OSError as error:  # full or gone; the reader notices the latter
            log.debug("%s: %s", self._path.name, error)
