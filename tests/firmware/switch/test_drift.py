"""Clocks that differ: the delay stays, and slips are what the difference forces, no more.

In simulated time: 60 s at 2,000 ppm in every run, 20 minutes at 100 and 200 ppm in
the soak. The card's sample clock runs fast or slow against the switch's; both sides
wake with some jitter.
"""

from dataclasses import dataclass, field

import numpy as np
import pytest

from firmware.contract.pcm import FRAME_MS
from firmware.highway.card_side import CardTimeslot
from tests.firmware.switch.board import Board, level


@dataclass
class DriftingCall:
    """Leg `a` on a card with its own clock, leg `b` on the switch's; `a` says frame numbers."""

    ppm: float
    jitter_ms: float
    call_s: float = 60.0
    seed: int = 1
    slips: int = 0
    said_at_ms: dict[int, float] = field(default_factory=dict)
    delays_ms: list[tuple[float, float]] = field(default_factory=list)

    def run(self) -> CardTimeslot:
        """Carry the call; return the drifting leg's timeslot."""
        board = Board(2)
        drifting, steady = board.connect("a", "r"), board.connect("b", "r")
        rng = np.random.default_rng(self.seed)
        period_ms = FRAME_MS * (1 - self.ppm / 1e6)
        card_ms = np.arange(0, self.call_s * 1000, period_ms)
        switch_ms = np.arange(10, self.call_s * 1000, FRAME_MS)
        events = [(at + rng.uniform(0, self.jitter_ms), "card") for at in card_ms]
        events += [(at + rng.uniform(0, self.jitter_ms), "switch") for at in switch_ms]
        number = 0
        for at_ms, who in sorted(events):
            if who == "card":
                number = number % 30_000 + 1
                drifting.write(level(number))
                drifting.read()
                self.said_at_ms[number] = at_ms
                continue
            steady.write(level(1))
            repeated = self._repeated(board)
            board.switchboard.tick(board.frame)
            board.frame += 1
            heard = int(steady.read()[0])
            if heard and repeated == self._repeated(board):
                self.delays_ms.append((at_ms, at_ms - self.said_at_ms[heard]))
        self.slips = board.switchboard.report(0, 0, 0, 0).slips["virtual"]
        return drifting

    @staticmethod
    def _repeated(board: Board) -> int:
        return board.switchboard.report(0, 0, 0, 0).slips["virtual"]

    def check(self) -> None:
        drifting = self.run()
        forced = self.call_s * abs(self.ppm) / 1e6 * 1000 / FRAME_MS
        delays = np.array([delay for _, delay in self.delays_ms])

        assert delays.max() < 3 * FRAME_MS
        assert np.median(delays) < 2 * FRAME_MS
        # Where the two phases cross, jitter may cost two repeats and two drops beside the forced.
        assert forced - 2 <= self.slips <= forced + 4
        assert forced - 2 <= drifting.sent_slips.total <= forced + 4
        assert drifting.heard_slips.total == 0
        assert len(delays) >= self.call_s * 1000 / FRAME_MS - forced - 6


@pytest.mark.parametrize("jitter_ms", [2.0, 8.0])
@pytest.mark.parametrize("ppm", [2000, -2000, 100, -100, 0])
def test_the_delay_does_not_grow_and_slips_are_what_the_clock_forces(
    ppm: float, jitter_ms: float
) -> None:
    DriftingCall(ppm, jitter_ms).check()


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("ppm", [100, -100, 200, -200])
def test_the_same_for_twenty_minutes_of_a_real_crystal(ppm: float, seed: int) -> None:
    DriftingCall(ppm, 8.0, call_s=1200, seed=seed).check()
