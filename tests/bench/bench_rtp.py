"""CPU time of the RTP process per second of a call, and how long sound takes through it.

One real process with jitter buffers and concealment on; this program plays all
phones and, on the span, a switch that sends everybody's sound back. Only the RTP
process' own CPU time counts. Targets: 0.8 ms per call-second at 50 calls; 70 ms
from RTP in to RTP out, median. Prints, asserts nothing.

Run: `python tests/bench/bench_rtp.py [SECONDS]`.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import select
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from drivers.sip.media_messages import Codec, MediaEnded, StartMedia, StopMedia
from firmware.contract.pcm import BLOCK_SAMPLES, FRAME_MS, Samples
from firmware.dsp import g711
from tests.bench.calibration import machine
from tests.drivers.sip.rtp.process import LOOPBACK, Phone, RtpStand
from tests.sound import speech

CALLS: Final = (4, 20, 50, 100)
SECONDS: Final = 20
LOSS: Final = (0.0, 0.01)
SWITCH_AFTER_MS: Final = (3, 11, 19)
"""When the switch runs after the phones' packets left."""
CLICK_EVERY: Final = 25
LOUD: Final = 8_000


@dataclass
class Office:
    """All phones, and the switch."""

    stand: RtpStand
    calls: int
    lost: float
    phones: list[Phone] = field(default_factory=list)
    delays_ms: list[float] = field(default_factory=list)
    _clicked_s: float | None = None

    def __post_init__(self) -> None:
        voice = speech(20.0)
        self._sound = np.stack([np.roll(voice, -7000 * call) for call in range(self.calls)])
        self._rng = np.random.default_rng(1)
        self._indices = np.arange(self.calls)

    def call(self) -> None:
        for number in range(self.calls):
            phone = Phone(self.stand.open(number))
            self.phones.append(phone)
            self.stand.send(
                StartMedia(
                    endpoint=number,
                    timeslot=number,
                    address=LOOPBACK,
                    port=phone.port,
                    codec=Codec.PCMU,
                    payload_type=0,
                    event_payload_type=101,
                )
            )

    def talk(self, seconds: float, switch_after_ms: float) -> None:
        """Run that long: the phones' packets at each frame, the switch a while after."""
        next_s = time.monotonic()
        for number in self._indices.tolist():
            self.stand.switch.open(number)
        for frame in range(int(seconds * 1000 / FRAME_MS)):
            next_s += FRAME_MS / 1000
            self._listen_until(next_s)
            self._say(frame)
            self._listen_until(next_s + switch_after_ms / 1000)
            self.stand.switch.scatter(self._indices, self.stand.switch.gather(self._indices))

    def hang_up(self) -> list[MediaEnded]:
        for number in range(self.calls):
            self.stand.send(StopMedia(endpoint=number))
        while len(ended := self.stand.told(MediaEnded)) < self.calls:
            self.stand.poll()
        return ended

    def _say(self, frame: int) -> None:
        start = frame * BLOCK_SAMPLES % (self._sound.shape[1] - BLOCK_SAMPLES)
        blocks = self._sound[:, start : start + BLOCK_SAMPLES].copy()
        blocks[0] = 0
        if frame % CLICK_EVERY == 0:
            blocks[0, :80] = LOUD
            self._clicked_s = time.monotonic()
        codes = g711.to_mulaw(blocks)
        lost = self._rng.random(self.calls) < self.lost
        for phone, line, dropped in zip(self.phones, codes, lost.tolist(), strict=True):
            if dropped and phone is not self.phones[0]:
                phone.sequence, phone.timestamp = phone.sequence + 1, phone.timestamp + len(line)
            else:
                phone.say_codes(line.tobytes())

    def _listen_until(self, deadline_s: float) -> None:
        """Read what comes; time the click on the first phone."""
        first = self.phones[0].socket
        while (left_s := deadline_s - time.monotonic()) > 0:
            if not select.select([first], [], [], left_s)[0]:
                break
            self._time_click(first.recv(2048))
        for phone in self.phones[1:]:
            phone.drain()

    def _time_click(self, packet: bytes) -> None:
        sound: Samples = g711.from_mulaw(np.frombuffer(packet[12:], np.uint8))
        loud = np.flatnonzero(np.abs(sound) > LOUD // 2)
        if self._clicked_s is not None and len(loud):
            waited_ms = (time.monotonic() - self._clicked_s) * 1000
            self.delays_ms.append(waited_ms + float(loud[0]) / 8)
            self._clicked_s = None


def cpu_s(pid: int) -> float:
    """Return the CPU time a process has used, user and system."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


def measure(calls: int, lost: float, seconds: float) -> None:
    with RtpStand(timeslots=128, ports=400) as stand:
        pid = stand.process.pid
        office = Office(stand, calls, lost)
        office.call()
        office.talk(3.0, SWITCH_AFTER_MS[0])
        office.delays_ms.clear()
        before_s, began_s = cpu_s(pid), time.monotonic()
        for offset_ms in SWITCH_AFTER_MS:
            office.talk(seconds / len(SWITCH_AFTER_MS), offset_ms)
        used_ms = (cpu_s(pid) - before_s) * 1000
        per_call = used_ms / ((time.monotonic() - began_s) * calls)
        memory = pss_mb(pid)
        figures = [ended.figures for ended in office.hang_up()]
    low, median, p99 = np.percentile(office.delays_ms, [0, 50, 99])
    print(
        f"{calls:>6}{lost:>8.0%}{per_call:>16.2f}{used_ms / seconds / 10:>8.1f}{memory:>8.1f}"
        f"{low:>8.1f}{median:>8.1f}{p99:>8.1f}{np.median([f.delay_ms for f in figures]):>10.0f}"
        f"{min(f.mos for f in figures):>7.2f}{sum(f.concealed_blocks for f in figures):>7}"
    )


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(machine())
    print(
        f"{'calls':>6}{'loss':>8}{'ms/call-second':>16}{'% core':>8}{'PSS MB':>8}"
        f"{'ms min':>8}{'median':>8}{'p99':>8}{'buffer ms':>10}{'MOS':>7}{'filled':>7}"
    )
    for lost in LOSS:
        for calls in CALLS:
            measure(calls, lost, seconds)
    print(machine())


if __name__ == "__main__":
    main()
