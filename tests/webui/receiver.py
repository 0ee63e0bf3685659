"""A program of the office that takes what webhooks post, on loopback, and answers as told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.webui.served import DEADLINE_S, until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Receiver:
    url: str = ""
    answers: list[bytes] = field(default_factory=list)
    """What the next requests are answered with; OK when there is none left."""
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    async def has(self, count: int) -> None:
        await until(lambda: len(self.bodies) >= count)

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(int(one[16:]) for one in head.lower().split("\r\n") if "t-length" in one)
            self.heads.append(head)
            self.bodies.append(await reader.readexactly(length))
            writer.write(self.answers.pop(0) if self.answers else OK)
            async with asyncio.timeout(DEADLINE_S):
                await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.attend, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in?from=box"
    async with server:
        yield receiver
