"""Phones over TCP and TLS: registered, and rung over the connection they opened."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.drivers.sip.edge.edge_rig import ALICE, PASSWORD, EdgeRig, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import PATIENCE_S, Received, with_password


class Stream:
    """One connection to the edge, message by message."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.port: int = writer.get_extra_info("sockname")[1]

    def send(self, text: str) -> None:
        self._writer.write(text.encode())

    async def next(self) -> Received:
        async with asyncio.timeout(PATIENCE_S):
            head = await self._reader.readuntil(b"\r\n\r\n")
        return Received(head.decode(), ("", 0))

    async def is_closed(self) -> bool:
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.read(1) == b""


@asynccontextmanager
async def connected(
    rig: EdgeRig, transport: str, source: str = "127.0.0.1"
) -> AsyncIterator[Stream]:
    context = None
    port = rig.place.port
    if transport == "tls":
        assert rig.place.tls_port is not None
        port = rig.place.tls_port
        context = ssl.create_default_context(cafile=str(rig.state / "sip" / "edge.pem"))
    reader, writer = await asyncio.open_connection(
        "127.0.0.1",
        port,
        local_addr=(source, 0),
        ssl=context,
        server_hostname=rig.place.domain if context else None,
    )
    try:
        yield Stream(reader, writer)
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_a_phone_registers_and_is_rung_over_its_own_connection(transport: str) -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        async with connected(rig, transport) as phone:
            first = _register(phone, transport)
            phone.send(first)
            phone.send(with_password(first, await phone.next(), "alice", PASSWORD))
            assert (await phone.next()).status == 200

            one.invite(rig, "sip:alice@tipring.local")

            invite = await phone.next()
            assert invite.method == "INVITE"
            assert f";transport={transport};" in (invite.header("Contact") or "")


async def test_a_stranger_over_tcp_is_hung_up_on_without_a_word() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        async with connected(rig, "tcp", "127.0.0.2") as stranger:
            stranger.send(_register(stranger, "tcp"))

            assert await stranger.is_closed()


def _register(phone: Stream, transport: str) -> str:
    at = f"127.0.0.1:{phone.port}"
    text = f"""REGISTER sip:tipring.local SIP/2.0
Via: SIP/2.0/{transport.upper()} {at};branch=z9hG4bKs{phone.port};rport
Max-Forwards: 70
From: <sip:alice@tipring.local>;tag=1
To: <sip:alice@tipring.local>
Call-ID: stream-{phone.port}
CSeq: 1 REGISTER
Contact: <sip:alice@{at};transport={transport}>
Content-Length: 0

"""
    return re.sub("\n", "\r\n", text)
