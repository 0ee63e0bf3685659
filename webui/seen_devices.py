"""Devices that asked for a configuration and are nobody's yet, and how often one may ask.

All of it is bounded: whoever asks for a thousand MAC addresses pushes out nobody
but himself, and a flood from one address is not looked at.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MOST_DEVICES: Final = 64
MOST_OF_ONE_ADDRESS: Final = 8
MOST_ADDRESSES: Final = 1024
BURST: Final = 30
PER_SECOND: Final = 0.5
MOST_AGENT: Final = 120


@dataclass(frozen=True)
class SeenDevice:
    mac: str
    model: str
    address: str
    agent: str
    at_s: float


class SeenDevices:
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._devices: OrderedDict[str, SeenDevice] = OrderedDict()
        self._tokens: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def may_ask(self, address: str) -> bool:
        """Whether this address has asked seldom enough of late (a token bucket each)."""
        now = self._clock()
        left, at_s = self._tokens.pop(address, (float(BURST), now))
        left = min(float(BURST), left + (now - at_s) * PER_SECOND)
        self._tokens[address] = (max(left - 1.0, 0.0), now)
        while len(self._tokens) > MOST_ADDRESSES:
            self._tokens.popitem(last=False)
        return left >= 1.0

    def note(self, mac: str, model: str, address: str, agent: str) -> None:
        of_address = [one.mac for one in self._devices.values() if one.address == address]
        if mac not in self._devices and len(of_address) >= MOST_OF_ONE_ADDRESS:
            del self._devices[of_address[0]]
        self._devices.pop(mac, None)
        agent = "".join(letter for letter in agent[:MOST_AGENT] if letter.isprintable())
        self._devices[mac] = SeenDevice(mac, model, address, agent, self._clock())
        while len(self._devices) > MOST_DEVICES:
            self._devices.popitem(last=False)

    def forget(self, mac: str) -> None:
        self._devices.pop(mac, None)

    def get(self, mac: str) -> SeenDevice | None:
        return self._devices.get(mac)

    def all(self) -> tuple[SeenDevice, ...]:
        """Newest first."""
        return tuple(reversed(self._devices.values()))
