"""A whole box with the practice network, started as a user starts it: for journeys and benches."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from firmware.store.archive import Archive
from firmware.store.rows import CallStory
from tests.practice_prompts import lend_prompts

TIPRING: Final = (sys.executable, "-m", "firmware")
BEFORE_OTHERS: Final = ("nice", "-n", "-10")
"""A box has its machine to itself; here it only gets the processor before the other tests do.
Who may not ask for that gets a box all the same."""
START_DEADLINE_S: Final = 60.0
MENU_DEADLINE_S: Final = 40.0
STEP_S: Final = 0.05
Json = dict[str, Any]


class NotInTime(AssertionError):
    """What the test waited for did not happen before its deadline."""


def wait_for(what: str, is_so: Callable[[], bool], deadline_s: float) -> float:
    """Return the seconds until `is_so`; raises NotInTime naming `what`."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > deadline_s:
            raise NotInTime(f"{what}: not within {deadline_s} s")
        time.sleep(STEP_S)
    return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def free_sip_port() -> int:
    """Return a port that is free for UDP and TCP, as is the next one for TLS."""
    while True:
        port = free_port()
        with socket.socket(type=socket.SOCK_DGRAM) as trial, socket.socket() as above:
            try:
                trial.bind(("127.0.0.1", port))
                above.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
        return port


class ControlLine:
    """A client of the control socket that knows nothing but the protocol."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(20)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._lines = self._socket.makefile("rb")
        self._last_id = 0

    def ask(self, do: str, **args: object) -> Json:
        self._last_id += 1
        self.send(json.dumps({"id": self._last_id, "do": do, **args}).encode())
        while True:
            answer = self.read()
            if answer.get("re") == self._last_id:
                return answer

    def send(self, line: bytes) -> None:
        self._socket.sendall(line + b"\n")

    def read(self) -> Json:
        answer: Json = json.loads(self._lines.readline() or b"{}")
        if not answer:
            raise ConnectionError("the control socket was closed")
        return answer

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@dataclass
class OutsideCall:
    """A `tipring practice call` that is under way."""

    process: subprocess.Popen[str]

    def outcome(self, deadline_s: float = 60) -> Json:
        """Wait for the outside party's account of the call."""
        out, err = self.process.communicate(timeout=deadline_s)
        assert self.process.returncode == 0, err
        account: Json = json.loads(out)
        return account

    def forget(self) -> None:
        """End it if it is still on, and let go of what it said."""
        if self.process.poll() is None:
            self.process.kill()
        if self.process.stdout and not self.process.stdout.closed:
            self.process.communicate()


@dataclass
class PracticeBox:
    state: Path
    port: int
    sip_port: int
    supervisor: subprocess.Popen[bytes]
    log: Path
    lines: int = 8
    """So many lines besides SIP phones must be ready before it counts as started."""
    started_in_s: float = 0.0
    calls: list[OutsideCall] = field(default_factory=list)

    @classmethod
    def start(cls, config: str | None = None, keep: Path | None = None, lines: int = 8) -> Self:
        """Start the box and return when its lines are ready."""
        state = keep or Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
        lend_prompts(state)
        if config is not None:
            (state / "tipring.toml").write_text(config, "utf-8")
        port, sip_port, log = free_port(), free_sip_port(), state / "console.log"
        command = [
            *BEFORE_OTHERS,
            *TIPRING,
            "run",
            "--practice",
            "--state",
            str(state),
            "--port",
            str(port),
        ]
        command += ["--sip-port", str(sip_port)]
        with log.open("ab") as console:
            supervisor = subprocess.Popen(command, stdout=console, stderr=subprocess.STDOUT)
        box = cls(state, port, sip_port, supervisor, log, lines)
        try:
            box.started_in_s = wait_for("lines ready", box.lines_ready, START_DEADLINE_S)
        except BaseException:
            sys.stderr.write(log.read_text("utf-8", "replace")[-8000:])
            box.stop()
            raise
        return box

    def stop(self) -> None:
        for call in self.calls:
            call.forget()
        if self.supervisor.poll() is None:
            self.supervisor.send_signal(signal.SIGTERM)
            try:
                self.supervisor.wait(15)
            except subprocess.TimeoutExpired:
                self.supervisor.kill()
                self.supervisor.wait()

    def remove(self) -> None:
        shutil.rmtree(self.state, ignore_errors=True)

    # ---- what the box says of itself

    @contextmanager
    def control(self) -> Iterator[ControlLine]:
        line = ControlLine(self.state / "run/control.sock")
        try:
            yield line
        finally:
            line.close()

    def snapshot(self) -> Json:
        with self.control() as control:
            state: Json = control.ask("snapshot")["ok"]
            return state

    def try_snapshot(self) -> Json:
        """Like snapshot; empty while the exchange is away."""
        try:
            return self.snapshot()
        except (OSError, ValueError):
            return {}

    def health(self) -> dict[str, str]:
        lines = self.try_snapshot().get("lines", [])
        return {view["line"]["line_id"]: view["line"]["health"] for view in lines}

    def lines_ready(self) -> bool:
        """SIP phones are ready only once somebody has registered one."""
        assert self.supervisor.poll() is None, "tipring run ended"
        health = self.health()
        states = [state for line, state in health.items() if not line.startswith("sip-")]
        starting = "starting" in health.values()
        return (
            len(states) >= self.lines and not starting and all(state == "ready" for state in states)
        )

    def live_calls(self) -> list[Json]:
        calls: list[Json] = self.try_snapshot().get("calls", [])
        return calls

    def wait_for_call(self, is_so: Callable[[Json], bool], deadline_s: float = 30) -> Json:
        """Return the first live call of which `is_so`."""
        found: list[Json] = []

        def look() -> bool:
            found[:] = [call for call in self.live_calls() if is_so(call)]
            return bool(found)

        try:
            wait_for("a call as wanted", look, deadline_s)
        except NotInTime as late:
            raise NotInTime(f"{late}; instead {self._whats_up()}") from None
        return found[0]

    def _whats_up(self) -> str:
        """Return what the live and the last calls went through: what a late test is read by."""
        live = [
            (call["phase"], [step["what"]["code"] for step in call["story"]])
            for call in self.live_calls()
        ]
        archive = Archive(self.state / "tipring.db")
        last = [
            (row.line_id, row.cause, [step.what.code for step in archive.story(row.call_id).steps])
            for row in archive.calls(limit=2)
        ]
        return f"live {live}, last {last}, lines {self.health()}"

    def wait_until_idle(self) -> None:
        wait_for("no call left", lambda: self.live_calls() == [], 20)

    def last_story(self) -> CallStory:
        """Return the story of the newest call once its end is written: it leaves the view first."""
        archive = Archive(self.state / "tipring.db")
        wait_for("the call's end", lambda: archive.calls(limit=1)[0].ended_at is not None, 20)
        return archive.story(archive.calls(limit=1)[0].call_id)

    # ---- the outside world

    def call_in(self, line: str, caller: str = "07700900123", **options: object) -> OutsideCall:
        """Start a call from outside; options are those of `tipring practice call`."""
        command = [*TIPRING, "practice", "call", "--state", str(self.state), "--json"]
        command += ["--line", line, "--from", caller]
        for name, value in options.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        call = OutsideCall(process)
        self.calls.append(call)
        return call

    def call_menu(
        self, line: str, keys: str, caller: str = "07700900123", **options: object
    ) -> OutsideCall:
        """As call_in; the caller presses `keys` once the menu has the call."""
        known = {view["call_id"] for view in self.live_calls()}
        call = self.call_in(line, caller, **options)
        self.wait_for_call(
            lambda view: view["call_id"] not in known and view["phase"] == "menu", MENU_DEADLINE_S
        )
        self.practice("press", line, keys)
        return call

    def practice(self, *arguments: str) -> None:
        command = [*TIPRING, "practice", *arguments, "--state", str(self.state)]
        subprocess.run(command, check=True, capture_output=True, timeout=20)

    def phone(self, phone: str, *action: str) -> None:
        self.practice("phone", phone, *action)

    # ---- its processes

    def pid_of(self, module: str) -> int:
        """Return the process id of the child started as `python -m <module>`."""
        for pid, command in self.processes().items():
            if command.startswith(module):
                return pid
        raise LookupError(f"no process {module}")

    def processes(self) -> dict[int, str]:
        """Return process id -> what was started, for the supervisor's children."""
        children = Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children")
        return {int(pid): _module_of(int(pid)) for pid in children.read_text().split()}

    def kill(self, module: str) -> int:
        """kill -9 one process of the box; returns its process id."""
        pid = self.pid_of(module)
        os.kill(pid, signal.SIGKILL)
        return pid


def _module_of(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return ""
    return " ".join(words[words.index("-m") + 1 :]) if "-m" in words else " ".join(words)
