"""When a tone on the line means that the far end has gone: one table, no samples.

    far_end_gone(event.tone, event.periods, event.on_ms, connected=True, learned=False)

During set-up a busy tone decides what became of the call, so two periods are
enough. On a connected call a mistake cuts people off, so one more is asked for,
and no more than that: the echo of a prompt may spoil a period, and the count
begins again. A tone the line has learned is believed sooner. Takes plain values, so that a
ToneEvent (the switch) and a ToneHeard message (the exchange) both do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone


@dataclass(frozen=True, slots=True)
class Needed:
    """How much of a tone it takes; None: this tone never ends a call."""

    in_setup: int | None
    connected: int | None
    learned: int | None


PERIODS: Final[Mapping[HeardTone, Needed]] = MappingProxyType(
    {
        HeardTone.BUSY: Needed(2, 3, 2),
        HeardTone.CONGESTION: Needed(2, 3, 2),
        HeardTone.BUSY_OR_CONGESTION: Needed(2, 3, 2),
        # The announcement after SIT is for the person to hear, the call is lost.
        HeardTone.SIT: Needed(1, None, None),
    }
)
DIAL_TONE_MS: Final = 5_000
"""Dial tone on a connected call: the exchange has let go of it. Music holds no note so long."""

LEARNED_TOLERANCE_HZ: Final = 12.0
LEARNED_TOLERANCE_MS: Final = 40


def is_learned(
    frequency_hz: float | None,
    on_ms: int | None,
    off_ms: int | None,
    learned: LearnedTone | None,
) -> bool:
    """Return whether a tone that was heard is the one the line has learned."""
    if learned is None or frequency_hz is None or on_ms is None or off_ms is None:
        return False
    return (
        abs(frequency_hz - learned.frequency_hz) <= LEARNED_TOLERANCE_HZ
        and abs(on_ms - learned.on_ms) <= LEARNED_TOLERANCE_MS
        and abs(off_ms - learned.off_ms) <= LEARNED_TOLERANCE_MS
    )


def far_end_gone(
    tone: HeardTone, periods: int, on_ms: int | None, *, connected: bool, learned: bool
) -> bool:
    """Return whether so much of a tone (not yet ended) means the call is over."""
    if tone is HeardTone.DIAL:
        return connected and periods == 0 and (on_ms or 0) >= DIAL_TONE_MS
    needed = PERIODS.get(tone)
    if needed is None:
        return False
    enough = needed.in_setup if not connected else needed.connected
    if learned and connected:
        enough = needed.learned
    return enough is not None and periods >= enough
