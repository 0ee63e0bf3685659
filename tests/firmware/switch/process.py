"""The real switch process, with a card and an exchange played by the test over real sockets."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from firmware.contract.message import Message
from firmware.contract.pcm import FRAME_MS, Samples
from firmware.contract.switching import NOTICES, Order
from firmware.highway.card_side import CardTimeslot, TimeslotPool
from firmware.highway.lines import LineSplitter
from firmware.highway.link import listen_at
from firmware.highway.span import Span

N = TypeVar("N", bound=Message)
DEADLINE_S = 20.0
POLL_S = 0.05


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for socket names (108 bytes in all)."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


class SwitchProcess:
    def __init__(self, state: Path) -> None:
        self.state = state
        (state / "run").mkdir(exist_ok=True)
        self.exchange = ExchangeStand(state / "run" / "exchange.sock")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "firmware.switch", "--state", str(self.state)]
        self._process = subprocess.Popen(command)

    def signal(self, number: signal.Signals) -> int:
        """Send the process a signal and return its exit status once it has ended."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(DEADLINE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(DEADLINE_S)
        self.exchange.close()


class ExchangeStand:
    """Listens where the exchange would and keeps what the switch says."""

    def __init__(self, path: Path) -> None:
        self._listener = listen_at(path)
        self._listener.settimeout(DEADLINE_S)
        self._connection: socket.socket | None = None
        self._splitter = LineSplitter()
        self.heard: list[Message] = []

    def accept(self) -> None:
        """Take the switch's connection; what an earlier one said is forgotten."""
        self.hang_up()
        self._connection, _ = self._listener.accept()
        self._connection.settimeout(POLL_S)
        self._splitter, self.heard = LineSplitter(), []

    def hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def send(self, *orders: Order) -> None:
        self.send_bytes(b"".join(order.to_line() for order in orders))

    def send_bytes(self, data: bytes) -> None:
        assert self._connection is not None
        self._connection.settimeout(DEADLINE_S)
        self._connection.sendall(data)
        self._connection.settimeout(POLL_S)

    def poll(self) -> bool:
        """Read what has come; False once the switch is gone."""
        assert self._connection is not None
        try:
            data = self._connection.recv(65_536)
        except TimeoutError:
            return True
        except ConnectionError:
            return False
        self.heard += [NOTICES.validate_json(line) for line in self._splitter.feed(data)]
        return bool(data)

    def wait(self, kind: type[N], fits: Callable[[N], bool] = lambda _: True) -> N:
        """Return the first such notice, heard already or still to come."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            for notice in self.heard:
                if isinstance(notice, kind) and fits(notice):
                    return notice
            if not self.poll():
                break
        raise AssertionError(f"no such {kind.__name__} among {self.heard}")

    def wait_for_end(self) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while self.poll():
            assert time.monotonic() < deadline

    def close(self) -> None:
        self.hang_up()
        self._listener.close()


class CardStand:
    """A card's memory and its connection to the switch."""

    def __init__(self, state: Path, name: str = "virtual", timeslots: int = 8) -> None:
        self._path = state / "run" / "switch.sock"
        self.name = name
        self.span = Span.create(name, timeslots)
        self.pool = TimeslotPool(self.span)
        self._connection: socket.socket | None = None

    def connect(self, packet: bytes | None = None, fds: tuple[int, ...] | None = None) -> None:
        self.die()
        deadline = time.monotonic() + DEADLINE_S
        self._connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        while True:
            try:
                self._connection.connect(str(self._path))
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        name = self.name.encode() if packet is None else packet
        socket.send_fds(self._connection, [name], fds if fds is not None else [self.span.fd])

    def refused(self) -> bool:
        """Wait until the switch closes the connection; False if it never does."""
        assert self._connection is not None
        self._connection.settimeout(DEADLINE_S)
        try:
            return not self._connection.recv(1)
        except TimeoutError:
            return False

    def die(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def close(self) -> None:
        self.die()
        self.span.close()


class Talk:
    """Legs that talk in real time: each says its next block every 20 ms."""

    def __init__(self, card: CardStand, sounds: dict[str, Callable[[int], Samples]]) -> None:
        self._card = card
        self.timeslots: dict[str, CardTimeslot] = {leg: card.pool.seize() for leg in sounds}
        self.sounds = sounds
        self.frame = 0
        self._next_s = time.monotonic()

    def step(self) -> dict[str, Samples]:
        """Wait for the next frame, say it and return what each leg hears."""
        self._next_s += FRAME_MS / 1000
        time.sleep(max(0.0, self._next_s - time.monotonic()))
        heard = {}
        for leg, timeslot in self.timeslots.items():
            timeslot.write(self.sounds[leg](self.frame))
            heard[leg] = timeslot.read()
        self.frame += 1
        self._card.span.beat()
        return heard

    def until(self, done: Callable[[dict[str, Samples]], bool]) -> dict[str, Samples]:
        """Talk on until that is heard; return it."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if done(heard := self.step()):
                return heard
        raise AssertionError("never heard it")
