"""A process that only wakes every 20 ms, as the switch does: what the machine itself misses.

    python -m tests.bench.idle_clock SECONDS

Prints the ticks it missed, counted as the switch counts them.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time

from firmware.highway.clock import FrameClock
from firmware.switch.tick_loop import take_priority


def missed_in(seconds: float) -> int:
    clock = FrameClock(time.monotonic_ns())
    missed, until_s = 0, time.monotonic() + seconds
    while time.monotonic() < until_s:
        time.sleep(max(0, clock.deadline_ns - time.monotonic_ns()) / 1e9)
        due = clock.due(time.monotonic_ns())
        missed += due.missed
        for _ in range(due.frames):
            clock.advance()
    return missed


if __name__ == "__main__":
    take_priority()
    print(missed_in(float(sys.argv[1])))
