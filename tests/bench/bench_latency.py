"""Mouth-to-ear delay through the highway: a block written by one line until the other reads it.

The real switch process, card in to card out. Writer and reader wake at several
distances from each other, as two lines with clocks of their own do. Target: 60 ms
median. Both sides' 20 ms of filling a block come on top and are the same for
every switch.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from firmware.contract.pcm import FRAME_MS
from firmware.contract.switching import ConnectLeg, SpanSeen
from tests.bench.calibration import machine
from tests.firmware.switch.board import level
from tests.firmware.switch.process import CardStand, SwitchProcess, short_folder

OFFSETS_MS: Final = (2, 6, 10, 14, 18)
FRAMES: Final = 300


def delays_ms(switch: SwitchProcess, card: CardStand, offset_ms: float) -> list[float]:
    """Return the delay of every block of one call whose reader wakes so long after its writer."""
    mouth, ear = card.pool.seize(), card.pool.seize()
    for leg_id, timeslot in (("mouth", mouth), ("ear", ear)):
        switch.exchange.send(
            ConnectLeg(leg_id=leg_id, span=card.name, timeslot=timeslot.index, room="r")
        )
    written_s: dict[int, float] = {}
    delays = []
    next_s = time.monotonic()
    for number in range(1, FRAMES + 1):
        next_s += FRAME_MS / 1000
        time.sleep(max(0.0, next_s - time.monotonic()))
        mouth.write(level(number))
        written_s[number] = time.monotonic()
        ear.write(level(0))
        time.sleep(max(0.0, next_s + offset_ms / 1000 - time.monotonic()))
        heard = int(ear.read()[0])
        mouth.read()
        card.span.beat()
        if heard in written_s:  # each block once; concealment repeats softer
            delays.append((time.monotonic() - written_s.pop(heard)) * 1000)
    mouth.free()
    ear.free()
    return delays


def main() -> None:
    print(machine())
    print("mouth to ear, card in to card out, ms")
    print(f"{'reader after':>12} {'blocks':>7} {'min':>6} {'median':>7} {'p95':>6} {'max':>6}")
    everything: list[float] = []
    with short_folder() as state, SwitchProcess(state) as switch:
        switch.exchange.accept()
        card = CardStand(state)
        card.connect()
        switch.exchange.wait(SpanSeen)
        for offset_ms in OFFSETS_MS:
            delays = delays_ms(switch, card, offset_ms)
            everything += delays
            print_row(f"{offset_ms} ms", delays)
        card.close()
    print_row("all", everything)
    print(machine())


def print_row(name: str, delays: list[float]) -> None:
    low, median, p95, high = np.percentile(delays, [0, 50, 95, 100])
    print(f"{name:>12} {len(delays):7d} {low:6.1f} {median:7.1f} {p95:6.1f} {high:6.1f}")


if __name__ == "__main__":
    main()
