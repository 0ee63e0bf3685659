"""Looking after one line: its levels during a call, and the hang-up tone it has learned."""

from typing import Literal

from firmware.contract.message import LineId, Message
from firmware.contract.request import Request, Who


class Heard(Message):
    """One direction of a sound check; levels in dBm0, None where there was no speech yet."""

    now_dbm0: float | None = None
    speech_dbm0: float | None = None
    gain_db: float
    suggested_db: float | None = None
    """The gain with which speech would have the usual level."""


class SoundLevels(Message):
    """`received` is what the office hears of the line, `sent` what the line hears of us."""

    talking: bool
    """Whether a call is up on the line: without one there is nothing to measure."""
    received: Heard
    sent: Heard


class ReadLevels(Request):
    """Measure the line's call; asked again every second as long as somebody looks.

    Answer: SoundLevels.
    """

    do: Literal["read-levels"] = "read-levels"
    line_id: LineId


class ForgetLearnedTone(Request):
    do: Literal["forget-learned-tone"] = "forget-learned-tone"
    line_id: LineId
    who: Who
