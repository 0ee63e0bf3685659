"""The real RTP process, its card and switch played by the test, and phones on real UDP sockets."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self, TypeVar

import numpy as np

from drivers.sip.media_messages import MEDIA_REPORTS, EndpointOpened, MediaReady, OpenEndpoint
from firmware.contract.message import Message
from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, Samples
from firmware.dsp import g711
from firmware.highway.lines import LineSplitter
from firmware.highway.span import Span
from firmware.highway.switch_side import SwitchSide
from tests.drivers.sip.rtp.wire import rtp

N = TypeVar("N", bound=Message)
DEADLINE_S: Final = 20.0
LOOPBACK: Final = "127.0.0.1"


def free_ports(count: int) -> str:
    """Return a range of ports nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        low = min(probe.getsockname()[1], 65_000 - count)
    return f"{low}-{low + count}"


class RtpStand:
    """The process with its span, of which the test is the switch."""

    def __init__(self, timeslots: int = 8, ports: int = 40) -> None:
        self.span = Span.create("sip", timeslots)
        self.switch = SwitchSide(self.span)
        self._link, theirs = socket.socketpair()
        self._link.settimeout(0.05)
        self._splitter = LineSplitter()
        self.heard: list[Message] = []
        command = [sys.executable, "-m", "drivers.sip.rtp", "--address", LOOPBACK]
        command += ["--span-fd", str(self.span.fd), "--link-fd", str(theirs.fileno())]
        command += ["--ports", free_ports(ports)]
        os.set_inheritable(self.span.fd, True)
        self.process = subprocess.Popen(command, pass_fds=(self.span.fd, theirs.fileno()))
        theirs.close()
        self.wait(MediaReady)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hang_up()
        try:
            self.process.wait(DEADLINE_S)
        finally:
            self.process.kill()
            self.process.wait(DEADLINE_S)
            self.span.close()

    def send(self, message: Message) -> None:
        self.send_bytes(message.to_line())

    def send_bytes(self, data: bytes) -> None:
        self._link.sendall(data)

    def hang_up(self) -> None:
        """Close the link, as a card that dies does."""
        self._link.close()

    def open(self, endpoint: int) -> int:
        """Open an endpoint; return its port."""
        self.send(OpenEndpoint(endpoint=endpoint))
        return self.wait(EndpointOpened, lambda opened: opened.endpoint == endpoint).port

    def poll(self) -> None:
        """Read what the process has said."""
        try:
            data = self._link.recv(65_536)
        except TimeoutError:
            return
        assert data, "the RTP process is gone"
        self.heard += [MEDIA_REPORTS.validate_json(line) for line in self._splitter.feed(data)]

    def wait(self, kind: type[N], fits: Callable[[N], bool] = lambda _: True) -> N:
        """Return the first such report, heard already or still to come."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            for report in self.heard:
                if isinstance(report, kind) and fits(report):
                    return report
            self.poll()
        raise AssertionError(f"no such {kind.__name__} among {self.heard}")

    def told(self, kind: type[N]) -> list[N]:
        return [report for report in self.heard if isinstance(report, kind)]


class Phone:
    """A far end that sends G.711 mu-law at the pace it is stepped."""

    def __init__(self, port: int, address: str = LOOPBACK, ssrc: int = 7) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.socket.setblocking(False)
        self.target = (LOOPBACK, port)
        self.ssrc = ssrc
        self.sequence, self.timestamp = 65_530, 2**32 - 1600
        self.got: list[bytes] = []

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def say(self, block: Samples) -> None:
        self.say_codes(g711.to_mulaw(block).tobytes())

    def say_codes(self, codes: bytes) -> None:
        self.send(rtp(0, self.sequence, self.timestamp, self.ssrc, codes))
        self.sequence += 1
        self.timestamp += len(codes)

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self.target)

    def listen(self) -> None:
        """Keep what has come."""
        while True:
            try:
                self.got.append(self.socket.recv(2048))
            except BlockingIOError:
                return

    def drain(self) -> None:
        """Read what has come and forget it."""
        self.listen()
        self.got.clear()

    def sound(self) -> Samples:
        """Return what came as sound so far, in the order it came."""
        codes = b"".join(data[12:] for data in self.got if data[1] & 0x7F == 0)
        return g711.from_mulaw(np.frombuffer(codes, np.uint8))

    def close(self) -> None:
        self.socket.close()


class Talk:
    """20 ms by 20 ms: a phone says its sound, the switch its own and hears the phone's."""

    def __init__(self, stand: RtpStand, phone: Phone, timeslot: int) -> None:
        self._stand, self._phone = stand, phone
        self._indices = np.array([timeslot])
        stand.switch.open(timeslot)
        self.heard: list[Samples] = []
        self._next_s = time.monotonic()

    def step(self, said: Samples | None, played: Samples) -> None:
        self._next_s += FRAME_MS / 1000
        time.sleep(max(0.0, self._next_s - time.monotonic()))
        if said is not None:
            self._phone.say(said)
        self._stand.switch.scatter(self._indices, played[None, :])
        self.heard.append(self._stand.switch.gather(self._indices)[0])
        self._phone.listen()

    def run(self, said: Samples, played: Samples) -> None:
        """Say both sounds, block after block, as long as both last."""
        for at in range(0, min(len(said), len(played)) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
            piece = slice(at, at + BLOCK_SAMPLES)
            self.step(said[piece], played[piece])

    def sound(self) -> Samples:
        return np.concatenate(self.heard)
