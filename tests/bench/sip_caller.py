"""One caller over SIP, to be timed: knows just enough of SIP and RTP to call, listen and hang up.

Plain blocking sockets in one thread; nothing of the product is in it.
"""

import re
import secrets
import socket
import time
from dataclasses import dataclass
from typing import Final

import numpy as np

PACKET_SAMPLES: Final = 160
SILENCE: Final = b"\xff" * PACKET_SAMPLES
HEADER_BYTES: Final = 12
EACH_LINE: Final = re.MULTILINE | re.IGNORECASE
QUIET_CODES: Final = 4
"""µ-law codes so near to 0xFF (or 0x7F) are silence."""


@dataclass
class Answer:
    status: int
    text: str

    def header(self, name: str) -> str:
        found = re.search(rf"^{name}\s*:\s*(.*?)\r?$", self.text, re.MULTILINE | re.IGNORECASE)
        return found.group(1) if found else ""


class SipCaller:
    """A trunk's far end on `port`; one call at a time."""

    def __init__(self, box: tuple[str, int], port: int, called: str) -> None:
        self._box, self._called = box, called
        self._sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sip.bind(("127.0.0.1", port))
        self._sip.settimeout(10)
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._rtp.bind(("127.0.0.1", 0))
        self._rtp.settimeout(5)
        self._port = port
        self._media = ("127.0.0.1", 0)
        self._sequence = 0
        self._call_id = self._tag = self._to = self._target = self._routes = ""

    def close(self) -> None:
        self._sip.close()
        self._rtp.close()

    def call(self) -> Answer:
        """Return the final answer; a 200 is acknowledged."""
        self._call_id, self._tag = secrets.token_hex(8), secrets.token_hex(4)
        self._to = f"<sip:{self._called}@127.0.0.1>"
        self._target, self._routes = f"sip:{self._called}@127.0.0.1:{self._box[1]}", ""
        invite = self._request("INVITE", 1, self._offer())
        self._send(invite)
        while True:
            answer = self._answer()
            if answer.status >= 200:
                break
        self._to = answer.header("To")
        if answer.status == 200:
            self._target = re.sub(r"[<>]", "", answer.header("Contact"))
            routes = re.findall(
                r"^Record-Route\s*:\s*(.*?)\r?$", answer.text, re.MULTILINE | re.IGNORECASE
            )
            self._routes = "".join(f"Route: {one}\r\n" for one in reversed(routes))
            where = (
                re.search(r"c=IN IP4 (\S+)", answer.text),
                re.search(r"m=audio (\d+)", answer.text),
            )
            assert where[0] is not None, answer.text
            assert where[1] is not None, answer.text
            self._media = (where[0].group(1), int(where[1].group(1)))
        self._send(self._request("ACK", 1))
        return answer

    def hang_up(self) -> Answer:
        self._send(self._request("BYE", 2))
        while True:
            answer = self._answer()
            if "BYE" in answer.header("CSeq"):
                return answer

    def first_sound_s(self) -> float:
        """Return how long from now until something that is not silence is heard."""
        began = time.monotonic()
        while time.monotonic() - began < 10:
            codes = np.frombuffer(self.heard(), np.uint8)
            if np.any((codes & 0x7F) < 0x7F - QUIET_CODES):
                return time.monotonic() - began
            self.say(SILENCE)
        raise TimeoutError("ten seconds of silence")

    def heard(self) -> bytes:
        """Return the sound of the next packet; raises TimeoutError after 5 s."""
        return self._rtp.recv(2048)[HEADER_BYTES:]

    def say(self, codes: bytes) -> None:
        self._sequence += 1
        header = bytes([0x80, 0]) + (self._sequence & 0xFFFF).to_bytes(2, "big")
        stamp = (self._sequence * PACKET_SAMPLES & 0xFFFFFFFF).to_bytes(4, "big")
        self._rtp.sendto(header + stamp + b"bnch" + codes, self._media)

    def _answer(self) -> Answer:
        while True:
            text = self._sip.recv(65_535).decode("utf-8", "replace")
            if text.startswith("SIP/2.0 ") and self._call_id in text:
                return Answer(int(text[8:11]), text)
            if text.startswith("OPTIONS"):
                self._send(_ok(text))

    def _send(self, text: str) -> None:
        self._sip.sendto(text.encode(), self._box)

    def _offer(self) -> str:
        port = self._rtp.getsockname()[1]
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
        )

    def _request(self, method: str, sequence: int, body: str = "") -> str:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} {self._target} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{secrets.token_hex(8)}\r\n"
            f"{self._routes}Max-Forwards: 70\r\n"
            f"From: <sip:+441632960177@127.0.0.1:{self._port}>;tag={self._tag}\r\n"
            f"To: {self._to}\r\n"
            f"Call-ID: {self._call_id}\r\nCSeq: {sequence} {method}\r\n"
            f"Contact: <sip:trunk@127.0.0.1:{self._port}>\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        )


def _ok(request: str) -> str:
    kept = re.findall(
        r"^(?:Via|From|To|Call-ID|CSeq)\s*:.*?\r?$", request, re.MULTILINE | re.IGNORECASE
    )
    return (
        "SIP/2.0 200 OK\r\n"
        + "\r\n".join(line.strip() for line in kept)
        + "\r\nContent-Length: 0\r\n\r\n"
    )
