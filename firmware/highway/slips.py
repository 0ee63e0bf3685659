"""When a queue of blocks is too long and when a missing block is filled in (ITU-T G.822 slips).

A line's clock is never quite the switch's. The difference is absorbed as
slips, blocks dropped or repeated, and never as a growing delay.
"""

from dataclasses import dataclass
from typing import Final

STANDING_BLOCKS: Final = 2
"""A queue that never falls below this, the block about to be read included, has a surplus."""
STANDING_READS: Final = 50
"""For how many reads, one second, it must stand before the surplus is dropped."""
CALM_READS: Final = 30_000
"""For so long, ten minutes, after a block was missing one spare block stays in the queue.

Where two clocks drift past each other their jitter would otherwise drop and
repeat by turns, several times for each slip the drift forces.
"""
FADE: Final = (0.8, 0.5, 0.2, 0.0)
"""Levels at which the last good block is repeated while blocks are missing; then silence."""


@dataclass(slots=True)
class Slips:
    """What one timeslot's queue has suffered since it was seized."""

    dropped: int = 0
    repeated: int = 0
    deepest: int = 0

    @property
    def total(self) -> int:
        return self.dropped + self.repeated
