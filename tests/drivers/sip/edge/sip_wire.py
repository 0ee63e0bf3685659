"""SIP over raw sockets for tests: text in, text out, sharing no parser with the product."""

import asyncio
import hashlib
import re
import socket
from dataclasses import dataclass
from itertools import count
from typing import Self

PATIENCE_S = 20.0
SILENCE_S = 0.7
"""How long nothing must come before it counts as silence."""

_numbers = count(1)


@dataclass(frozen=True)
class Received:
    """One message as it came off the wire."""

    text: str
    source: tuple[str, int]

    @property
    def start_line(self) -> str:
        return self.text.partition("\r\n")[0]

    @property
    def status(self) -> int:
        """The status code, 0 for a request."""
        match = re.match(r"SIP/2\.0 (\d{3})", self.text)
        return int(match[1]) if match else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.start_line.split()[0]

    @property
    def uri(self) -> str:
        return self.start_line.split()[1]

    def all(self, name: str) -> list[str]:
        head = self.text.partition("\r\n\r\n")[0]
        return re.findall(rf"(?im)^{re.escape(name)}\s*:\s*(.*?)\r?$", head)

    def header(self, name: str) -> str | None:
        values = self.all(name)
        return values[0] if values else None


class Wire(asyncio.DatagramProtocol):
    """A UDP socket and what came in on it."""

    def __init__(self) -> None:
        self.inbox: asyncio.Queue[Received] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport | None = None
        self.port = 0
        self.address = ""

    @classmethod
    async def open(cls, address: str = "127.0.0.1", port: int = 0) -> Self:
        loop = asyncio.get_running_loop()
        transport, wire = await loop.create_datagram_endpoint(cls, local_addr=(address, port))
        wire.transport = transport
        wire.address, wire.port = transport.get_extra_info("sockname")[:2]
        return wire

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if data.strip(b"\0\r\n"):
            self.inbox.put_nowait(Received(data.decode("utf-8", "replace"), addr))

    def send(self, text: str, to: tuple[str, int]) -> None:
        assert self.transport is not None
        self.transport.sendto(text.encode(), to)

    async def next(self, within_s: float = PATIENCE_S) -> Received:
        async with asyncio.timeout(within_s):
            return await self.inbox.get()

    async def next_with(self, what: int | str, within_s: float = PATIENCE_S) -> Received:
        """Return the next message of that status or method; others are dropped."""
        async with asyncio.timeout(within_s):
            while True:
                message = await self.inbox.get()
                if what in (message.status, message.method):
                    return message

    async def is_silent(self, for_s: float = SILENCE_S) -> bool:
        try:
            await self.next(for_s)
        except TimeoutError:
            return True
        return False

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


def request(
    wire: Wire,
    method: str,
    uri: str,
    *headers: str,
    user: str = "alice",
    to: str | None = None,
    call_id: str | None = None,
    cseq: int = 1,
    body: str = "",
    contact: str | None = None,
) -> str:
    """Return a whole request, its Via and Contact naming `wire`."""
    number = next(_numbers)
    at = f"{wire.address}:{wire.port}"
    lines = [
        f"{method} {uri} SIP/2.0",
        f"Via: SIP/2.0/UDP {at};branch=z9hG4bK{number}x{wire.port};rport",
        "Max-Forwards: 70",
        f"From: <sip:{user}@tipring.local>;tag=f{number}",
        f"To: <{to or uri}>",
        f"Call-ID: {call_id or f'call-{number}-{wire.port}'}",
        f"CSeq: {cseq} {method}",
        f"Contact: {contact or f'<sip:{user}@{at}>'}",
        *headers,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def reply(
    to: Received, status: int, reason: str, *headers: str, tag: str = "", body: str = ""
) -> str:
    """Return a response with what a response must copy from its request."""
    copied = [f"Via: {via}" for via in to.all("Via")]
    copied += [f"Record-Route: {route}" for route in to.all("Record-Route")]
    suffix = f";tag={tag}" if tag and ";tag=" not in (to.header("To") or "") else ""
    lines = [
        f"SIP/2.0 {status} {reason}",
        *copied,
        f"From: {to.header('From')}",
        f"To: {to.header('To')}{suffix}",
        f"Call-ID: {to.header('Call-ID')}",
        f"CSeq: {to.header('CSeq')}",
        *headers,
        *(["Content-Type: application/sdp"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def with_password(first: str, challenge: Received, user: str, password: str) -> str:
    """Return the request again, as an answer to the digest challenge."""
    proxy = challenge.status == 407
    asked = challenge.header("Proxy-Authenticate" if proxy else "WWW-Authenticate") or ""
    realm, nonce = (re.search(rf'{name}="([^"]*)"', asked) for name in ("realm", "nonce"))
    assert realm is not None
    assert nonce is not None
    method, uri = first.split()[:2]
    secret = _md5(f"{user}:{realm[1]}:{password}")
    response = _md5(f"{secret}:{nonce[1]}:00000001:0a4f113b:auth:{_md5(f'{method}:{uri}')}")
    credentials = (
        f'{"Proxy-" if proxy else ""}Authorization: Digest username="{user}", realm="{realm[1]}",'
        f' nonce="{nonce[1]}", uri="{uri}", response="{response}", algorithm=MD5,'
        ' qop=auth, nc=00000001, cnonce="0a4f113b"'
    )
    again = re.sub(r"branch=z9hG4bK", f"branch=z9hG4bKa{next(_numbers)}", first, count=1)
    cseq = re.search(r"CSeq: (\d+)", again)
    assert cseq is not None
    again = again.replace(cseq[0], f"CSeq: {int(cseq[1]) + 1}", 1)
    return again.replace("\r\nContent-Length", f"\r\n{credentials}\r\nContent-Length", 1)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@dataclass
class Phone:
    """A phone that registers and calls with its password."""

    wire: Wire
    edge: tuple[str, int]
    user: str
    password: str
    last_invite: str = ""
    answered: Received | None = None
    patience_s: float = PATIENCE_S

    async def register(self, *headers: str, expires_s: int = 300) -> Received:
        return await self.register_as(self.user, *headers, expires_s=expires_s)

    async def register_at(self, contact: str) -> Received:
        return await self.register_as(self.user, contact=contact)

    async def register_as(
        self, number: str, *headers: str, expires_s: int = 300, contact: str | None = None
    ) -> Received:
        uri = "sip:tipring.local"
        first = request(
            self.wire,
            "REGISTER",
            uri,
            f"Expires: {expires_s}",
            *headers,
            user=self.user,
            to=f"sip:{number}@tipring.local",
            contact=contact,
        )
        self.wire.send(first, self.edge)
        challenge = await self.wire.next(self.patience_s)
        if challenge.status != 401:
            return challenge
        self.wire.send(with_password(first, challenge, self.user, self.password), self.edge)
        return await self.wire.next(self.patience_s)

    async def invite(self, number: str, *headers: str, body: str = "") -> Received:
        """Call, answering the challenge; return what comes after 100 Trying."""
        uri = f"sip:{number}@tipring.local"
        first = request(self.wire, "INVITE", uri, *headers, user=self.user, body=body)
        self.wire.send(first, self.edge)
        challenge = await self.wire.next_with(407)
        self.wire.send(acknowledge(first, challenge), self.edge)
        second = with_password(first, challenge, self.user, self.password)
        self.last_invite = second
        self.wire.send(second, self.edge)
        while (answer := await self.wire.next()).status == 100:
            pass
        if answer.status == 200:
            self.answered = answer
            self.wire.send(self.in_dialog("ACK", answer), self.edge)
        elif answer.status >= 300:
            self.wire.send(acknowledge(second, answer), self.edge)
        return answer

    async def hang_up(self, answer: Received) -> Received:
        """BYE in the call that `answer` opened; return what comes back."""
        self.wire.send(self.in_dialog("BYE", answer), self.edge)
        return await self.wire.next()

    def cancel(self) -> None:
        """Give up the call while it rings; the ACK of its 487 is hop by hop and not needed."""
        head = re.sub(r"^INVITE", "CANCEL", self.last_invite.partition("\r\n\r\n")[0])
        kept = [
            line
            for line in head.split("\r\n")
            if not re.match(r"Contact|Content|Proxy-Auth|X-", line)
        ]
        text = "\r\n".join([*kept, "Content-Length: 0"]) + "\r\n\r\n"
        self.wire.send(text.replace(" INVITE\r\n", " CANCEL\r\n"), self.edge)

    def in_dialog(self, method: str, answer: Received, *headers: str, body: str = "") -> str:
        """Return a request in the call: to its Contact, over its Record-Route."""
        target = re.search(r"<([^>]*)>", answer.header("Contact") or "")
        assert target is not None
        routes = [f"Route: {one}" for one in reversed(answer.all("Record-Route"))]
        number = re.search(r"\d+", answer.header("CSeq") or "")
        assert number is not None
        text = request(
            self.wire,
            method,
            target[1],
            *routes,
            *headers,
            user=self.user,
            call_id=answer.header("Call-ID"),
            cseq=int(number[0]) + (method != "ACK"),
            body=body,
        )
        text = re.sub(r"(?m)^From: .*\r$", f"From: {answer.header('From')}\r", text)
        return re.sub(r"(?m)^To: .*\r$", f"To: {answer.header('To')}\r", text)


def acknowledge(invite: str, refusal: Received) -> str:
    """Return the ACK of a final answer that is not 2xx: same branch, hop by hop."""
    uri = invite.split()[1]
    via = re.search(r"(?m)^Via: .*$", invite)
    number = re.search(r"CSeq: (\d+)", invite)
    assert via is not None
    assert number is not None
    lines = [
        f"ACK {uri} SIP/2.0",
        via[0].strip(),
        "Max-Forwards: 70",
        f"From: {refusal.header('From')}",
        f"To: {refusal.header('To')}",
        f"Call-ID: {refusal.header('Call-ID')}",
        f"CSeq: {number[1]} ACK",
        "Content-Length: 0",
    ]
    return "\r\n".join(lines) + "\r\n\r\n"


def from_called(wire: Wire, method: str, invite: Received, own_tag: str) -> str:
    """Return a request in a call, from the one who was called with `invite`."""
    target = re.search(r"<([^>]*)>", invite.header("Contact") or "")
    assert target is not None
    routes = [f"Route: {one}" for one in invite.all("Record-Route")]
    text = request(wire, method, target[1], *routes, call_id=invite.header("Call-ID"), cseq=7)
    text = re.sub(r"(?m)^From: .*\r$", f"From: {invite.header('To')};tag={own_tag}\r", text)
    return re.sub(r"(?m)^To: .*\r$", f"To: {invite.header('From')}\r", text)


def free_port(address: str = "127.0.0.1") -> int:
    """Return a port free for UDP and TCP just now."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind((address, port))
            except OSError:
                continue
            return port
