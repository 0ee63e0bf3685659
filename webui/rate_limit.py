"""Guessing gets slower: per address soon, per account only under a wide attack.

The account's own limit starts late and stays short, so that nobody can lock
the owner out from another desk by typing wrong passwords.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from firmware.contract.errors import TipringError

MAX_REMEMBERED: Final = 4096
FORGET_AFTER_S: Final = 3600.0


class TooManyAttempts(TipringError):
    """The next try is allowed only after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("web.too-many-attempts", seconds=wait_s)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Slope:
    """The `free`-th failure and each later one doubles the wait, from 1 s up to `longest_s`."""

    free: int
    longest_s: float

    def wait_s(self, failures: int) -> float:
        if failures < self.free:
            return 0.0
        return float(min(self.longest_s, 2.0 ** min(failures - self.free, 30)))


PER_ADDRESS: Final = Slope(free=5, longest_s=900.0)
PER_ACCOUNT: Final = Slope(free=50, longest_s=30.0)


@dataclass(frozen=True)
class _Failures:
    count: int
    last_s: float


class Attempts:
    """The failed tries of late, by address and by account; lost on restart, and that is fine."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    def check(self, address: str, account: str) -> None:
        """Raise TooManyAttempts while either has to wait."""
        left = max(
            self._left_s(("address", address), PER_ADDRESS),
            self._left_s(("account", account), PER_ACCOUNT),
        )
        if left > 0:
            raise TooManyAttempts(max(1, round(left)))

    def failed(self, address: str, account: str) -> None:
        for key in (("address", address), ("account", account)):
            before = self._remembered(key)
            self._failures[key] = _Failures(before + 1, self._clock())
            self._failures.move_to_end(key)
        while len(self._failures) > MAX_REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, address: str, account: str) -> None:
        self._failures.pop(("address", address), None)
        self._failures.pop(("account", account), None)

    def _left_s(self, key: tuple[str, str], slope: Slope) -> float:
        failures = self._failures.get(key)
        if failures is None:
            return 0.0
        return failures.last_s + slope.wait_s(self._remembered(key)) - self._clock()

    def _remembered(self, key: tuple[str, str]) -> int:
        failures = self._failures.get(key)
        if failures is None or self._clock() - failures.last_s > FORGET_AFTER_S:
            return 0
        return failures.count
