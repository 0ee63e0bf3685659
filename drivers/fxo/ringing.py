"""What the bell and the caller id lines between its rings amount to: when to offer the call.

Time is handed in (monotonic seconds); nothing here waits.
"""

from dataclasses import dataclass
from typing import Final

from drivers.fxo.v253 import CallerIdField, CallerIdLabel

GONE_AFTER_S: Final = 7.0
"""Without a ring for so long the caller has given up; the longest cadence is 6 s."""
CALLER_ID_BY_S: Final = 4.0
"""Caller id comes between the first two rings, or never."""
NAME_FOLLOWS_S: Final = 0.3
KEPT_BEFORE_RING_S: Final = 6.0
"""In some countries the caller id comes before the first ring."""
ONE_RING_S: Final = 1.2
"""Bursts closer together than this are one ring (400 on, 200 off, 400 on)."""
TINKLE_S: Final = 2.0
"""After our own hang-up the line may make the bell tinkle."""


@dataclass(frozen=True, slots=True)
class Offer:
    ring_count: int
    calling: str | None
    calling_name: str | None


class Bell:
    def __init__(self, answer_after_rings: int) -> None:
        self._answer_after_rings = answer_after_rings
        self._hung_up_s = float("-inf")
        self._known_s = float("-inf")
        self._is_offered = False
        self.forget()

    @property
    def is_ringing(self) -> bool:
        return self._rings > 0

    @property
    def is_offered(self) -> bool:
        """The exchange has been told of the call that rings."""
        return self._is_offered

    def forget(self) -> None:
        """The call was answered or has gone."""
        self._rings = 0
        self._first_s = self._last_s = float("-inf")
        self._calling: str | None = None
        self._calling_name: str | None = None
        self._has_caller_id = self._is_offered = False

    def hung_up(self, now_s: float) -> None:
        self.forget()
        self._hung_up_s = now_s

    def ring(self, now_s: float) -> None:
        if now_s - self._hung_up_s < TINKLE_S:
            return
        if self._has_caller_id and not self._rings and now_s - self._known_s > KEPT_BEFORE_RING_S:
            self.forget()
        if now_s - self._last_s < ONE_RING_S:
            self._last_s = now_s
            return
        if not self._rings:
            self._first_s = now_s
        self._rings += 1
        self._last_s = now_s

    def caller_id(self, field: CallerIdField, now_s: float) -> None:
        if field.label is CallerIdLabel.NUMBER:
            self._calling = field.value
            self._has_caller_id, self._known_s = True, now_s
        elif field.label is CallerIdLabel.NAME:
            self._calling_name = field.value

    def offer(self, now_s: float) -> Offer | None:
        """Return the call when it may be answered now; once for each call."""
        if self._is_offered or self._rings < self._answer_after_rings:
            return None
        known = self._has_caller_id and now_s - self._known_s >= NAME_FOLLOWS_S
        if not (known or self._rings > 1 or now_s - self._first_s >= CALLER_ID_BY_S):
            return None
        self._is_offered = True
        return Offer(self._rings, self._calling, self._calling_name)

    def is_gone(self, now_s: float) -> bool:
        """Whether the ringing has stopped without an answer."""
        return self.is_ringing and now_s - self._last_s > GONE_AFTER_S
