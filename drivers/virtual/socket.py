"""The socket of one virtual line: whole packets out and in, or a LineError."""

import asyncio
import socket
from pathlib import Path
from typing import Final

from drivers.virtual.wire import MAX_PACKET_BYTES
from firmware.contract.errors import LineError, LineTimeout


class FarEndSocket:
    """Connected to the far end; one task reads."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket: Final = connected

    @classmethod
    async def connect(cls, path: Path) -> "FarEndSocket":
        """Raises LineError("line.absent") when nothing listens at `path`."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        made.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(made, str(path))
        except OSError as error:
            made.close()
            raise LineError("line.absent", device=path.name) from error
        return cls(made)

    async def receive(self, timeout_s: float | None) -> bytes:
        """Return the next packet; LineTimeout after `timeout_s`, LineError if the far end left."""
        try:
            async with asyncio.timeout(timeout_s):
                loop = asyncio.get_running_loop()
                packet = await loop.sock_recv(self._socket, MAX_PACKET_BYTES)
        except TimeoutError as error:
            raise LineTimeout("line.silent", seconds=timeout_s or 0) from error
        except OSError as error:
            raise LineError("line.device-gone") from error
        if not packet:
            raise LineError("line.device-gone")
        return packet

    def send_audio(self, packet: bytes) -> None:
        """Send it or, when the far end does not read, drop it."""
        try:
            self._socket.send(packet)
        except BlockingIOError:
            return
        except OSError as error:
            raise LineError("line.device-gone") from error

    def send(self, packet: bytes) -> None:
        try:
            self._socket.send(packet)
        except BlockingIOError as error:
            raise LineTimeout("line.not-taking") from error
        except OSError as error:
            raise LineError("line.device-gone") from error

    def close(self) -> None:
        self._socket.close()
