"""A far end's packets, made byte by byte, and the network between us: lossy, late, seeded."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from firmware.contract.pcm import SAMPLE_RATE_HZ, Samples
from firmware.dsp import g711

Datagram = tuple[float, bytes]
"""When it leaves or arrives, in ms, and what it holds."""


def rtp(
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    marker: bool = False,
) -> bytes:
    """Return one RTP packet, by the picture in RFC 3550, 5.1."""
    head = struct.pack(
        "!BBHII", 0x80, marker << 7 | payload_type, sequence % 2**16, timestamp % 2**32, ssrc
    )
    return head + payload


def numbers_of(data: bytes) -> tuple[int, int, int]:
    """Return sequence number, timestamp and SSRC of a packet."""
    return (
        int.from_bytes(data[2:4]),
        int.from_bytes(data[4:8]),
        int.from_bytes(data[8:12]),
    )


@dataclass
class FarEnd:
    """Sends on a clock of its own, sequence number and timestamp about to wrap."""

    ptime_ms: int = 20
    drift_ppm: float = 0.0
    ssrc: int = 0x1234
    sequence: int = 65_500
    timestamp: int = 2**32 - 8_000
    payload_type: int = 0
    event_type: int = 101
    now_ms: float = 0.0

    def __post_init__(self) -> None:
        self.first_timestamp = self.timestamp - int(self.now_ms * 8)

    def says(self, sound: Samples) -> list[Datagram]:
        """Return the sound's packets; each leaves when its last sample is spoken."""
        size = self.ptime_ms * SAMPLE_RATE_HZ // 1000
        encode = g711.to_alaw if self.payload_type == 8 else g711.to_mulaw
        out = []
        for at in range(0, len(sound) - size + 1, size):
            payload = encode(sound[at : at + size]).tobytes()
            spoken_at = self.timestamp
            self._go_on(size)
            out.append(self._packet(self.payload_type, payload, spoken_at))
        return out

    def presses(self, event: int, on_ms: int = 100, off_ms: int = 100) -> list[Datagram]:
        """Return an event's packets: one each 20 ms, the last three times; then silence."""
        start = self.timestamp
        out: list[Datagram] = []
        for _ in range(on_ms // 20 - 1):
            self._go_on(160)
            out.append(self._event(event, start, len(out) == 0))
        self._go_on(160)
        out += [self._event(event, start, False, ended=True) for _ in range(3)]
        return out + self.says(np.zeros(off_ms * 8, np.int16))

    def pauses(self, ms: int) -> None:
        """Send nothing while the timestamp runs on."""
        self._go_on(ms * 8)

    def _event(self, event: int, start: int, marker: bool, ended: bool = False) -> Datagram:
        payload = bytes((event, 0x80 * ended | 10))
        payload += (self.timestamp - start).to_bytes(2)
        return self._packet(self.event_type, payload, start, marker)

    def _packet(self, kind: int, payload: bytes, timestamp: int, marker: bool = False) -> Datagram:
        self.sequence += 1
        return self.now_ms, rtp(kind, self.sequence, timestamp, self.ssrc, payload, marker)

    def _go_on(self, samples: int) -> None:
        self.timestamp += samples
        self.now_ms += samples / 8 * (1 - self.drift_ppm / 1e6)


@dataclass
class Network:
    """What happens to packets on the way; the same on every run with the same seed."""

    loss: float = 0.0
    jitter_ms: float = 0.0
    """Each is late by up to this, evenly spread; later ones may overtake."""
    doubled: float = 0.0
    swapped: float = 0.0
    """Share of packets that change places with the next."""
    seed: int = 1
    dropped: list[int] = field(default_factory=list)

    def carry(self, sent: list[Datagram]) -> list[Datagram]:
        """Return what arrives, in order of arrival; `dropped` tells which did not."""
        rng = np.random.default_rng(self.seed)
        arrived: list[Datagram] = []
        for number, (at_ms, data) in enumerate(sent):
            lost, late, twice, swap = rng.random(4).tolist()
            if lost < self.loss:
                self.dropped.append(number)
                continue
            late_ms = late * self.jitter_ms + (25.0 if swap < self.swapped else 0.0)
            arrived.append((at_ms + late_ms, data))
            if twice < self.doubled:
                arrived.append((at_ms + late_ms + 5, data))
        return sorted(arrived, key=lambda datagram: datagram[0])


def by_tick(arrived: list[Datagram], ticks: int, phase_ms: float) -> Iterator[list[bytes]]:
    """Yield what each tick finds in the socket."""
    at = 0
    for tick in range(ticks):
        now_ms, found = tick * 20 + phase_ms, []
        while at < len(arrived) and arrived[at][0] <= now_ms:
            found.append(arrived[at][1])
            at += 1
        yield found
