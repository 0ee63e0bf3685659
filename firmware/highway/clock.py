"""Frame time: which frame is due now, when the next one is, and which were missed.

Time is handed in, in nanoseconds of the monotonic clock, so a test can drive it.
"""

from dataclasses import dataclass
from typing import Final

from firmware.contract.pcm import FRAME_MS

FRAME_NS: Final = FRAME_MS * 1_000_000
CATCH_UP_FRAMES: Final = 5
"""A loop this late runs its frames one after another: the rings still hold their blocks."""


@dataclass(frozen=True, slots=True)
class Due:
    frames: int
    """How many frames to run now."""
    missed: int
    """How many of all those that were due came a whole frame late or not at all."""


class FrameClock:
    """Deadlines every 20 ms since `start_ns`; `frame` is the number of the next frame."""

    def __init__(self, start_ns: int) -> None:
        self.frame = 0
        self.deadline_ns = start_ns + FRAME_NS

    def due(self, now_ns: int) -> Due:
        """Return the frames to run now; those too late to be run count on as if they had been."""
        late_ns = now_ns - self.deadline_ns
        if late_ns < 0:
            return Due(0, 0)
        behind = late_ns // FRAME_NS
        frames = min(behind + 1, CATCH_UP_FRAMES)
        skipped = behind + 1 - frames
        self.frame += skipped
        self.deadline_ns += (behind + 1) * FRAME_NS
        return Due(frames, behind)

    def advance(self) -> int:
        """Return the number of the frame that runs now; the next one follows it."""
        frame = self.frame
        self.frame += 1
        return frame
