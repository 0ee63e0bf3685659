"""A SIP phone others wrote: one baresip process, steered over its control port, on loopback only.

Needs Debian's baresip-core. What it hears is in `heard()`, what it says is a tone.
"""

import json
import os
import queue
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from firmware.contract.pcm import SAMPLE_RATE_HZ
from tests.practice_box import NotInTime, free_port, wait_for
from tests.sound import marker, read_sound, write_wav

Json = dict[str, Any]
Sound = NDArray[np.float64]

MODULES: Final = Path("/usr/lib/baresip/modules")
TONE_S: Final = 180.0
"""baresip ends a call at the end of its sound file."""
START_S: Final = 15.0
EVENT_S: Final = 20.0
CONFIG: Final = """\
poll_method epoll
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 4
audio_player none,
audio_source aufile,{wav}
audio_alert none,
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
rtp_ports {rtp}-{rtp_end}
jitter_buffer_delay 2-5
module_path {modules}
module g711.so
module g722.so
module aufile.so
module sndfile.so
snd_path {heard}
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app debug_cmd.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
"""
ACCOUNT: Final = (
    "<sip:{user}@127.0.0.1:{server}>;auth_pass={secret};regint={every_s};"
    "answermode={mode};audio_codecs={codecs}\n"
)


class BarePhone:
    """`user` registers at `server`, a port on loopback, with `secret`."""

    def __init__(
        self,
        user: str,
        secret: str,
        server: int,
        tone_hz: float,
        *,
        answers: bool = False,
        registers: bool = True,
        codecs: str = "pcmu/8000/1,pcma/8000/1",
    ) -> None:
        self.user, self.tone_hz, self._server = user, tone_hz, server
        self.folder = Path(tempfile.mkdtemp(prefix=f"bare-{user}-", dir="/tmp"))
        self._heard = self.folder / "heard"
        self._heard.mkdir()
        self._control_port = free_port()
        self._events: queue.Queue[Json] = queue.Queue()
        self._answers: queue.Queue[Json] = queue.Queue()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        wav = write_wav(self.folder / "tone.wav", marker(tone_hz, TONE_S))
        self.sip_port = sip = _free_pair()
        first_rtp = 10_000 + (sip % 150) * 40
        config = CONFIG.format(
            sip=sip,
            wav=wav,
            rtp=first_rtp,
            rtp_end=first_rtp + 38,
            modules=MODULES,
            heard=self._heard,
            control=self._control_port,
        )
        mode = "auto" if answers else "manual"
        every_s = 60 if registers else 0
        account = ACCOUNT.format(
            user=user, server=server, secret=secret, every_s=every_s, mode=mode, codecs=codecs
        )
        (self.folder / "config").write_text(config, "utf-8")
        (self.folder / "accounts").write_text(account, "utf-8")
        (self.folder / "contacts").write_text("\n", "utf-8")

    # ---- its life

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.remove()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["baresip", "-4", "-v", "-s", "-f", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "HOME": str(self.folder)},
            )
        wait_for("baresip's control port", self._connected, START_S)
        threading.Thread(target=self._read, args=(self._control,), daemon=True).start()

    def stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def unplug(self) -> None:
        """It is gone without a word."""
        assert self._process is not None, "not started"
        self._process.kill()
        self._process.wait()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- hands on it

    def dial(self, number: str) -> None:
        """Call; what happened before is forgotten."""
        while not self._events.empty():
            self._events.get_nowait()
        self.command("dial", f"sip:{number}@127.0.0.1:{self._server}")

    def answer(self) -> None:
        self.command("accept")

    def hang_up(self) -> None:
        self.command("hangup")

    def press(self, digits: str, pause_s: float = 0.25) -> None:
        for digit in digits:
            self.command("sndcode", digit)
            time.sleep(pause_s)  # a finger takes its time; the phone sends for as long

    def command(self, command: str, params: str = "") -> Json:
        assert self._control is not None, "not started"
        text = json.dumps({"command": command, "params": params, "token": "t"}).encode()
        self._control.sendall(b"%d:%s," % (len(text), text))
        return self._answers.get(timeout=EVENT_S)

    # ---- what it tells

    def wait(self, *kinds: str, deadline_s: float = EVENT_S) -> Json:
        """Return the next event of one of these kinds; events before it are passed over."""
        end = time.monotonic() + deadline_s
        passed: list[str] = []
        while True:
            try:
                event = self._events.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise NotInTime(f"{self.user}: no {kinds}, but {passed}; {self.said()}") from None
            if event.get("type") in kinds:
                return event
            passed.append(str(event.get("type")))

    def said(self) -> str:
        """The end of its own log."""
        return self.trace()[-3000:]

    def trace(self) -> str:
        """All SIP messages it has sent and received, and what else it logs but its meters."""
        return re.sub(r"\[[0-9:]+\] audio=\S+ \(bit/s\)\s*", "", self._logged())

    def meters(self) -> tuple[int, int]:
        """Return how much sound it sends and receives just now, in bit/s."""
        sent, received = re.findall(r"audio=(\d+)/(\d+) \(bit/s\)", self._logged())[-1]
        return int(sent), int(received)

    def heard(self, number: int = -1) -> Sound:
        """Return what it heard in its last call, or in another by number; shape (samples,)."""
        files = sorted(self._heard.glob("*-dec.wav"), key=lambda file: file.stat().st_mtime)
        return read_sound(files[number])[:, 0]

    def listen(self, seconds: float, deadline_s: float = 40.0) -> None:
        """Return when the call has brought so much more sound."""
        enough = self._bytes_heard() + 2 * SAMPLE_RATE_HZ * seconds
        wait_for(f"{self.user} hears", lambda: self._bytes_heard() >= enough, deadline_s)

    def _bytes_heard(self) -> int:
        return sum(file.stat().st_size for file in self._heard.glob("*-dec.wav"))

    # ---- inside

    def _logged(self) -> str:
        return re.sub(r"\x1b\[[0-9;]*m", "", self._log.read_text("utf-8", "replace"))

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _connected(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.said()
        try:
            self._control = socket.create_connection(("127.0.0.1", self._control_port), 1)
        except OSError:
            return False
        self._control.settimeout(None)
        return True

    def _read(self, control: socket.socket) -> None:
        """Sort netstrings of JSON into events and answers."""
        unread = b""
        while True:
            try:
                data = control.recv(65_536)
            except OSError:
                return
            if not data:
                return
            unread += data
            while True:
                size, colon, rest = unread.partition(b":")
                if not colon or len(rest) < int(size) + 1:
                    break
                message, unread = json.loads(rest[: int(size)]), rest[int(size) + 1 :]
                (self._events if message.get("event") else self._answers).put(message)


def tone_snr_db(sound: Sound, tone_hz: float) -> float:
    """Return how far the tone (12 Hz to either side of it) stands above all else.

    The median of half seconds: a block that a busy machine lost spoils one of them.
    """
    length = SAMPLE_RATE_HZ // 2
    parts = sound[: len(sound) // length * length].reshape(-1, length)
    power = np.abs(np.fft.rfft(parts * np.hanning(length), axis=1)) ** 2
    near = np.abs(np.fft.rfftfreq(length, 1 / SAMPLE_RATE_HZ) - tone_hz) < 12
    ratio = power[:, near].sum(axis=1) / (power[:, ~near].sum(axis=1) + 1e-12)
    return float(np.median(10 * np.log10(ratio)))


def last_seconds(sound: Sound, seconds: float, before_end_s: float = 0.5) -> Sound:
    """Return a stretch shortly before the end."""
    end = len(sound) - int(before_end_s * SAMPLE_RATE_HZ)
    return sound[end - int(seconds * SAMPLE_RATE_HZ) : end]


def _free_pair() -> int:
    """Return a port that is free for UDP and TCP, as is the next: baresip takes that for TLS."""
    while True:
        port = free_port()
        if port < 65_000 and all(map(_is_free, (port, port + 1))):
            return port


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(type=kind) as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
