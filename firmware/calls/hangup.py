"""When a leg is over although the line did not say so: tones, silence, length.

An analogue line without polarity reversal tells the end of a call by a tone
only, and some tell nothing; a call nobody ended would hold the line for days.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from firmware.contract.causes import Cause
from firmware.contract.settings import LearnedTone
from firmware.contract.switching import HeardTone, ToneHeard
from firmware.dsp.hang_up import far_end_gone, is_learned

MAX_SILENCE_S: Final = 120.0
"""Nobody says a word on an analogue leg for this long: it has been forgotten."""

_DURING_SETUP: Final[Mapping[HeardTone, Cause]] = {
    HeardTone.BUSY: Cause.USER_BUSY,
    HeardTone.CONGESTION: Cause.NO_CIRCUIT_AVAILABLE,
    HeardTone.BUSY_OR_CONGESTION: Cause.USER_BUSY,
    HeardTone.SIT: Cause.NO_ROUTE_TO_DESTINATION,
}
_CONNECTED: Final[Mapping[HeardTone, Cause]] = {
    HeardTone.BUSY: Cause.NORMAL_CALL_CLEARING,
    HeardTone.CONGESTION: Cause.NORMAL_CALL_CLEARING,
    HeardTone.BUSY_OR_CONGESTION: Cause.NORMAL_CALL_CLEARING,
    HeardTone.DIAL: Cause.NORMAL_CALL_CLEARING,
}


def cause_of_tone(
    heard: ToneHeard, *, connected: bool, learned: LearnedTone | None
) -> Cause | None:
    """Return the cause a tone ends the leg with; None while it is too short to mean that."""
    if heard.ended or not far_end_gone(
        heard.tone,
        heard.periods,
        heard.on_ms,
        connected=connected,
        learned=is_learned(heard.frequency_hz, heard.on_ms, heard.off_ms, learned),
    ):
        return None
    return (_CONNECTED if connected else _DURING_SETUP).get(heard.tone)


def tone_to_learn(heard: ToneHeard) -> LearnedTone | None:
    """Return the tone as the line may remember it; None when it was not measured well enough."""
    if heard.tone is HeardTone.DIAL:
        return None
    try:
        return LearnedTone.model_validate(
            {"frequency_hz": heard.frequency_hz, "on_ms": heard.on_ms, "off_ms": heard.off_ms}
        )
    except ValidationError:
        return None
