"""A web server of a test: answers each path with the bytes it is given, or with a function's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class WebServer:
    port: int = 0
    answers: dict[str, bytes | None] = field(default_factory=dict)
    """Path -> the whole answer; None: it is asked and says nothing more."""
    asked: list[bytes] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Whoever was kept waiting has cut the connection."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def listed(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(one.split(b":")[1]) for one in head.split(b"\r\n") if b"ontent-Length" in one), 0
        )
        self.asked.append(head + await reader.readexactly(length))
        said = self.answers.get(head.split(b" ")[1].decode().partition("?")[0])
        if said is None:
            await reader.read()
            self.gone.set()
        else:
            writer.write(said)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def web_server() -> AsyncIterator[WebServer]:
    server = WebServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
