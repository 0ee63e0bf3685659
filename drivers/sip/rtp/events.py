"""Telephone events (RFC 4733): keys and hook flash that come, keys that go."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEYS: Final = "0123456789*#ABCD"
"""By event number."""
FLASH: Final = 16
LAST_KNOWN: Final = FLASH
END: Final = 0x80
MARKER: Final = 0x80
LEVEL: Final = 10
"""Of the keys we send, in -dBm0."""
ON_TICKS: Final = 5
OFF_TICKS: Final = 5
"""100 ms each."""
END_PACKETS: Final = 3
QUEUED: Final = 64
"""Keys that may wait for one endpoint."""
HELD_TICKS: Final = 5
"""A key still held is told of at least so often; later it is another press."""
_TICK: Final = 160
_LONGEST: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class EventPacket:
    event: int
    ended: bool
    duration: int
    """In samples, since the packet's timestamp."""


def parse_event(payload: bytes) -> EventPacket | None:
    """Return what an event packet says; None when it is too short to be one."""
    if len(payload) < 4:
        return None
    return EventPacket(payload[0], bool(payload[1] & END), int.from_bytes(payload[2:4]))


def write_event(event: int, ended: bool, duration: int) -> bytes:
    return bytes((event, (END if ended else 0) | LEVEL)) + min(duration, _LONGEST).to_bytes(2)


@dataclass(slots=True)
class HeardEvents:
    """One stream's events: each press is told once, however often its packets come."""

    timestamp: int | None = None
    event: int = -1
    ended: bool = True
    duration: int = 0
    tick: int = 0

    def hear(self, packet: EventPacket, timestamp: int, marker: bool, tick: int) -> bool:
        """Take one packet; return True at the beginning of a press."""
        if self.timestamp is not None and self._old(timestamp):
            return False
        same = timestamp == self.timestamp
        goes_on = self._goes_on(packet, timestamp, marker, tick)
        self.ended = packet.ended or (same and self.ended)
        self.duration = max(packet.duration, self.duration) if same else packet.duration
        self.timestamp, self.event, self.tick = timestamp, packet.event, tick
        return not same and not goes_on

    def _old(self, timestamp: int) -> bool:
        """Tell a straggler of an earlier press."""
        assert self.timestamp is not None
        return timestamp != self.timestamp and (self.timestamp - timestamp) & 0xFFFFFFFF < 1 << 20

    def _goes_on(self, packet: EventPacket, timestamp: int, marker: bool, tick: int) -> bool:
        """Tell a new timestamp of a long press from a new press.

        A press longer than the duration field begins again with a new timestamp, and some
        senders wrongly move the timestamp on with every packet.
        """
        if self.timestamp is None or marker or self.ended or packet.event != self.event:
            return False
        step = (timestamp - self.timestamp) & 0xFFFFFFFF
        return tick - self.tick <= HELD_TICKS and step <= self.duration + HELD_TICKS * _TICK


@dataclass(frozen=True, slots=True)
class DueEvent:
    """A packet to send in place of sound; its timestamp is `age` samples ago."""

    payload: bytes
    marker: bool
    age: int


class SentEvents:
    """One endpoint's keys to be sent, one packet a tick: 100 ms on, 100 ms off."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._packets: Iterator[DueEvent | None] = iter(())
        self.active = False

    def add(self, digits: str) -> None:
        """Queue keys; beyond QUEUED they are dropped."""
        self._waiting.extend(digits[: QUEUED - len(self._waiting)])
        self.active = bool(self._waiting) or self.active

    def next(self) -> DueEvent | None:
        """Return this tick's packet, or None in a pause; call once a tick while `active`."""
        for due in self._packets:
            return due
        if not self._waiting:
            self.active = False
            return None
        self._packets = _press(KEYS.index(self._waiting.popleft()))
        return next(self._packets)


def _press(event: int) -> Iterator[DueEvent | None]:
    for tick in range(ON_TICKS - 1):
        yield DueEvent(write_event(event, False, (tick + 1) * _TICK), tick == 0, tick * _TICK)
    duration = ON_TICKS * _TICK
    for tick in range(ON_TICKS - 1, ON_TICKS - 1 + END_PACKETS):
        yield DueEvent(write_event(event, True, duration), False, tick * _TICK)
    for _ in range(OFF_TICKS - END_PACKETS + 1):
        yield None
