"""The far end of a signalling worker: SIP by hand over UDP, and the card's end of its link.

It builds and reads messages by itself and shares nothing with the driver's reader.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE_S = 15.0
PORTS = (40_000, 40_002, 40_004, 40_006, 40_008, 40_010)
RTP_ADDRESS = "192.0.2.10"
BOX = "box.example"


def description(
    port: int = 5_004,
    formats: str = "8 0 101",
    extra: str = "a=rtpmap:101 telephone-event/8000\r\n",
    address: str = "127.0.0.1",
    version: int = 1,
) -> str:
    """Return an SDP body with one audio stream."""
    return (
        f"v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {formats}\r\n{extra}"
    )


@dataclass(frozen=True)
class Heard:
    """One message from the worker."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def read(cls, data: bytes) -> "Heard":
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        start, *lines = head.split("\r\n")
        fields = (line.split(":", 1) for line in lines)
        return cls(start, tuple((k.strip().lower(), v.strip()) for k, v in fields), body)

    def header(self, name: str) -> str:
        """Return the header's value; "" when it is not there."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        return "" if self.status else self.start.split()[0]

    @property
    def cseq(self) -> tuple[int, str]:
        number, method = self.header("cseq").split()
        return int(number), method

    def tag(self, name: str) -> str:
        found = re.search(r";tag=([^;>\s]+)", self.header(name))
        return found[1] if found else ""

    @property
    def audio_port(self) -> int:
        found = re.search(r"^m=audio (\d+)", self.body, re.MULTILINE)
        assert found, self.body
        return int(found[1])


class FarEnd:
    """A UDP socket that is the edge (or a phone on the LAN) to the worker."""

    def __init__(self, worker_port: int = 0) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.worker_port = worker_port
        self.seen: list[Heard] = []
        self.agreed_to: set[str] = set()
        """Methods the worker has said 200 to."""
        self._calls = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def send(self, text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        self.socket.sendto(data, ("127.0.0.1", self.worker_port))

    def call_id(self) -> str:
        self._calls += 1
        return f"far-{os.getpid()}-{self.socket.getsockname()[1]}-{self._calls}"

    def expect(self, what: int | str, call_id: str | None = None, method: str = "") -> Heard:
        """Return the next message with that status (to `method`) or of that method."""
        return self._next(
            str(what),
            lambda heard: (
                what in (heard.status, heard.method)
                and call_id in (None, heard.header("call-id"))
                and method in ("", heard.cseq[1])
            ),
        )

    def expect_any(self, *what: int | str) -> Heard:
        """Return the next message that is one of these."""
        return self._next(str(what), lambda heard: heard.status in what or heard.method in what)

    def _next(self, what: str, fits: Callable[[Heard], bool]) -> Heard:
        """Return the first message that fits, and forget those before it."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for index, heard in enumerate(self.seen):
                if fits(heard):
                    del self.seen[: index + 1]
                    return heard
            self._read(deadline - time.monotonic(), what)

    def silent_for(self, seconds: float) -> bool:
        """Say whether nothing at all comes for so long."""
        self.socket.settimeout(seconds)
        try:
            self.seen.append(Heard.read(self.socket.recv(65_535)))
        except TimeoutError:
            return not self.seen
        return False

    def request(
        self,
        method: str,
        call_id: str,
        cseq: int = 1,
        *,
        to_tag: str = "",
        from_tag: str = "far",
        headers: tuple[str, ...] = (),
        body: str = "",
        content_type: str = "application/sdp",
        branch: str = "",
        user: str = "201",
        caller: str = f'"Front desk" <sip:101@{BOX}>',
    ) -> str:
        """Return the text of a request to the worker."""
        lines = [
            f"{method} sip:{user}@127.0.0.1:{self.worker_port} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.address};branch=z9hG4bK{branch or f'{call_id}{method}{cseq}'}",
            "Max-Forwards: 70",
            f"From: {caller};tag={from_tag}",
            f"To: <sip:{user}@{BOX}>" + (f";tag={to_tag}" if to_tag else ""),
            f"Call-ID: {call_id}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:101@{self.address}>",
            *headers,
            *([f"Content-Type: {content_type}"] if body else []),
            f"Content-Length: {len(body.encode())}",
        ]
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def reply(
        self, request: Heard, status: str, tag: str = "far", body: str = "", headers: str = ""
    ) -> None:
        """Answer a request of the worker; `headers` are whole lines."""
        kept = [f"{k}: {v}" for k, v in request.headers if k in ("via", "from", "call-id", "cseq")]
        to = request.header("to")
        to += f";tag={tag}" if tag and ";tag=" not in to else ""
        contact = f"Contact: <sip:101@{self.address}>"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        head = "\r\n".join([f"SIP/2.0 {status}", *kept, f"To: {to}", contact])
        self.send(f"{head}\r\n{headers}{kind}Content-Length: {len(body)}\r\n\r\n{body}")

    def acknowledge(self, answer: Heard, body: str = "") -> None:
        """ACK a final answer to an INVITE of ours; only that of a refusal has its branch."""
        call_id, number = answer.header("call-id"), answer.cseq[0]
        branch = f"{call_id}{'INVITE' if answer.status >= 300 else 'ACK'}{number}"
        to_tag, from_tag = answer.tag("to"), answer.tag("from")
        self.send(
            self.request(
                "ACK", call_id, number, to_tag=to_tag, from_tag=from_tag, branch=branch, body=body
            )
        )

    def _read(self, within_s: float, what: str) -> None:
        if within_s <= 0:
            told = [heard.start for heard in self.seen]
            raise AssertionError(f"no {what} from the worker, only {told}")
        self.socket.settimeout(within_s)
        try:
            heard = Heard.read(self.socket.recv(65_535))
        except TimeoutError:
            return
        self.seen.append(heard)
        if heard.status == 200:
            self.agreed_to.add(heard.cseq[1])


@dataclass
class WorkerUnderTest:
    """A running worker process, as the card sees it."""

    process: subprocess.Popen[bytes]
    link: socket.socket
    far: FarEnd
    ready: dict[str, Any] = field(default_factory=dict)
    _rest: bytes = b""
    _news: list[dict[str, Any]] = field(default_factory=list)

    def order(self, kind: str, **fields: Any) -> None:
        self.link.sendall(json.dumps({"kind": kind, **fields}).encode() + b"\n")

    def news(self, kind: str, leg_id: str | None = None) -> dict[str, Any]:
        """Return the next news of that kind; other news of the leg are skipped."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            for index, one in enumerate(self._news):
                if one["kind"] == kind and leg_id in (None, one.get("leg_id")):
                    del self._news[: index + 1]
                    return one
            self._read(deadline - time.monotonic(), kind)

    def pending(self) -> list[dict[str, Any]]:
        """Return what else was told up to now: the worker answers orders in their order."""
        self.order("are-you-there")
        told: list[dict[str, Any]] = []
        while not told or told[-1]["kind"] != "here-i-am":
            while not self._news:
                self._read(PATIENCE_S, "here-i-am")
            told.append(self._news.pop(0))
        return told[:-1]

    def settled(self) -> list[dict[str, Any]]:
        """Return what was told of all that went over UDP up to now."""
        call_id = self.far.call_id()
        self.far.send(self.far.request("OPTIONS", call_id))
        self.far.expect(200, call_id)
        return self.pending()

    def rss_kb(self) -> int:
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.findall(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)[0])

    def _read(self, within_s: float, what: str) -> None:
        if within_s <= 0:
            raise AssertionError(f"no {what} from the worker, only {self._news}")
        self.link.settimeout(within_s)
        try:
            data = self.link.recv(1 << 16)
        except TimeoutError:
            return
        assert data, f"the worker is gone: {self.process.wait(5)}"
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._news += [json.loads(line) for line in lines]


ACCOUNTS = (
    {"account_id": "phone-1", "domain": BOX},
    {"account_id": "trunk-1", "domain": "provider.example", "user": "441632960100"},
)


@contextmanager
def worker(*arguments: str, far: FarEnd | None = None) -> Iterator[WorkerUnderTest]:
    """A worker behind `far` as its edge, with two accounts and six ports."""
    far = far or FarEnd()
    ours, theirs = socket.socketpair()
    how = arguments or ("--edge", far.address)
    fd = str(theirs.fileno())
    process = subprocess.Popen(
        [sys.executable, "-m", "drivers.sip.signalling", "--link-fd", fd, *how],
        pass_fds=[theirs.fileno()],
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    under_test = WorkerUnderTest(process, ours, far)
    try:
        under_test.ready = under_test.news("worker-ready")
        far.worker_port = under_test.ready["port"]
        under_test.order("use-accounts", accounts=ACCOUNTS)
        under_test.order("use-ports", address=RTP_ADDRESS, ports=PORTS)
        assert under_test.pending() == []
        yield under_test
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
        ours.close()
        far.socket.close()


@dataclass
class FarCall:
    """A call the far end made, answered or not."""

    far: FarEnd
    call_id: str
    leg_id: str
    to_tag: str = ""
    cseq: int = 1

    def request(self, method: str, **more: Any) -> None:
        """Send the next request of the dialog."""
        self.cseq += 1
        self.far.send(self.far.request(method, self.call_id, self.cseq, to_tag=self.to_tag, **more))

    def expect(self, what: int | str, method: str = "") -> Heard:
        return self.far.expect(what, self.call_id, method)


def call_in(under_test: WorkerUnderTest, body: str = "", **more: Any) -> FarCall:
    """Send an INVITE; return once the worker has told of it."""
    far = under_test.far
    call_id = far.call_id()
    far.send(far.request("INVITE", call_id, body=body or description(), **more))
    return FarCall(far, call_id, under_test.news("invited")["leg_id"])


def answered_call(under_test: WorkerUnderTest, body: str = "", **more: Any) -> FarCall:
    """A call in, answered and acknowledged."""
    call = call_in(under_test, body, **more)
    under_test.order("answer", leg_id=call.leg_id)
    ok = call.expect(200)
    call.to_tag = ok.tag("to")
    call.far.acknowledge(ok)
    under_test.news("answered", call.leg_id)
    return call


def hang_up(under_test: WorkerUnderTest, call: FarCall) -> dict[str, Any]:
    """The far end hangs up; return what the worker says of it."""
    call.request("BYE")
    call.expect(200, "BYE")
    return under_test.news("ended", call.leg_id)
