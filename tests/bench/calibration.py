"""A fixed piece of work, timed beside every figure: what this machine was worth at that moment.

The same on every machine and release, so figures of different days and boxes
can be set in relation.
"""

import os
import platform
import statistics
import time
from typing import Final

import numpy as np

ROUNDS: Final = 9
_PYTHON_STEPS: Final = 20_000
_ARRAY_STEPS: Final = 200


def _work() -> None:
    total = 0
    for step in range(_PYTHON_STEPS):
        total += step * step & 255
    blocks = np.arange(32 * 160, dtype=np.float32).reshape(32, 160)
    for _ in range(_ARRAY_STEPS):
        np.abs(blocks * np.float32(0.5)).sum(axis=1)


def calibration_ms() -> float:
    """Return the CPU time of the fixed work, in ms: the median of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time_ns()
        _work()
        rounds.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(rounds)


def machine() -> str:
    """Return the line that stands before and behind every bench's figures."""
    busy = os.getloadavg()[0]
    return (
        f"calibration loop {calibration_ms():.2f} ms CPU; {os.cpu_count()} cores, "
        f"{platform.machine()}, Python {platform.python_version()}, load {busy:.1f}"
    )
