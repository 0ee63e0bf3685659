"""The modem's crystal paces us for ever; what a standstill left in it is gone in a second."""

from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from drivers.playout import KEPT_BLOCKS, MOST_BLOCKS, WATCHED_S, Playout
from firmware.contract.pcm import FRAME_MS

FRAME_S = FRAME_MS / 1000
HOUR_BLOCKS = 180_000


class Modem:
    """Plays a block each period of its own crystal, however many it was given; starves if none."""

    def __init__(self, drift_ppm: float = 0.0) -> None:
        self.period_s = FRAME_S / (1 + drift_ppm * 1e-6)
        self.waiting = 0
        self._plays_at_s = self.period_s / 2

    def take(self, now_s: float) -> None:
        self.at(now_s)
        self.waiting += 1

    def at(self, now_s: float) -> int:
        """Return how many blocks wait at that moment."""
        while self._plays_at_s <= now_s:
            self.waiting = max(0, self.waiting - 1)
            self._plays_at_s += self.period_s
        return self.waiting


def carried(arrivals_s: Iterable[float], modem: Modem) -> tuple[Playout, list[tuple[float, int]]]:
    """Offer a block at each arrival; return the playout and, by time, what waited in the modem."""
    playout, seen = Playout(), []
    for now_s in arrivals_s:
        if playout.is_due(now_s):
            modem.take(now_s)
        seen.append((now_s, modem.at(now_s)))
    return playout, seen


def in_pieces(blocks: int, at_a_time: int, period_s: float, jitter_s: float) -> Iterator[float]:
    """Yield when blocks arrive from a modem that hands over `at_a_time` of them."""
    random = np.random.default_rng(7)
    for last in range(at_a_time, blocks + 1, at_a_time):
        now_s = last * period_s + float(random.uniform(0, jitter_s))
        yield from [now_s] * at_a_time


@pytest.mark.parametrize("drift_ppm", [-5000, -100, 0, 100, 5000])
@pytest.mark.parametrize("at_a_time", [1, 2, 5])
def test_for_an_hour_exactly_as_many_go_out_as_come_in(drift_ppm: float, at_a_time: int) -> None:
    modem = Modem(drift_ppm)
    arrivals = in_pieces(HOUR_BLOCKS, at_a_time, modem.period_s, jitter_s=0.015)

    playout, seen = carried(arrivals, modem)

    assert playout.slips == 0
    assert max(waiting for _, waiting in seen) <= at_a_time + 2


@pytest.mark.parametrize("stalled_blocks", [3, 5, 10, 50, 500])
@pytest.mark.parametrize("drift_ppm", [-1000, 0, 1000])
def test_a_second_after_a_standstill_nothing_stands(stalled_blocks: int, drift_ppm: float) -> None:
    modem = Modem(drift_ppm)
    times = [frame * modem.period_s for frame in range(100, 1100)]
    ends_s = times[200 + stalled_blocks - 1] + 0.001
    times[200 : 200 + stalled_blocks] = [ends_s] * stalled_blocks

    playout, seen = carried(times, modem)

    assert max(waiting for _, waiting in seen) <= MOST_BLOCKS + 1
    later = [waiting for now_s, waiting in seen if now_s > ends_s + 2 * WATCHED_S + 0.2]
    assert max(later) <= KEPT_BLOCKS + 1
    assert stalled_blocks - KEPT_BLOCKS - 2 <= playout.slips <= stalled_blocks


def test_standstill_after_standstill_does_not_add_up() -> None:
    modem, random = Modem(), np.random.default_rng(3)
    now_s, times = 0.0, []
    for _ in range(500):
        stalled, steady = random.integers(2, 15), random.integers(1, 60)
        now_s += float(stalled) * FRAME_S
        times += [now_s] * int(stalled)
        times += [now_s + (frame + 1) * FRAME_S for frame in range(steady)]
        now_s += float(steady) * FRAME_S

    _, seen = carried(times, modem)

    assert max(waiting for _, waiting in seen) <= MOST_BLOCKS + 2
