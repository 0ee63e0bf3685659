"""A call that rings but is not offered yet: counting rings, waiting briefly for caller id."""

from dataclasses import dataclass
from typing import Final

CALLER_ID_S: Final = 0.6
"""+CLIP follows its RING within this time, if it comes at all."""
ENOUGH_RINGS: Final = 2


@dataclass
class Ringing:
    began_at: float
    rings: int = 1
    caller_told: bool = False
    calling: str | None = None

    def is_ready(self, now: float) -> bool:
        """Whether waiting longer would not tell more."""
        waited = now - self.began_at >= CALLER_ID_S
        return self.caller_told or waited or self.rings >= ENOUGH_RINGS
