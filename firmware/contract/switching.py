"""What exchange and switch say to each other.

A leg's audio is known to the switch by its `leg_id` once Connect has named its
span and timeslot. Every order may be repeated (an exchange or a switch that
comes back does) and then changes nothing. Orders about a leg the switch does
not know are dropped and answered by nothing.
"""

from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from firmware.contract.message import Digits, LegId, LegMessage, Message, Timeslot
from firmware.contract.settings import LearnedTone
from firmware.contract.texts import Text

PlayId: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-z-]{1,40}$")]
RecordId: TypeAlias = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
NOTHING_TO_SAVE: Final = 3
"""Exit code of the packing worker for a file without one whole piece: it will never pack."""
FilePath: TypeAlias = Annotated[str, Field(pattern=r"^/", max_length=500)]
"""An absolute path; orders come from the exchange only, never from a client."""

# ---- orders: exchange -> switch


class ConnectLeg(LegMessage):
    """Put the leg's timeslot into a room; None leaves it alone with its players and detectors.

    All legs of one room hear the sum of the others.
    """

    kind: Literal["connect"] = "connect"
    span: str
    timeslot: Timeslot
    room: str | None = None
    echo: bool = False
    """In the room it hears itself, too: the echo test."""


class DisconnectLeg(LegMessage):
    """Forget the leg: its players stop, its detectors and its place in the room are gone."""

    kind: Literal["disconnect"] = "disconnect"


class SetLegGain(LegMessage):
    """Levels of what the leg says and hears. -96 dB is silence (mute)."""

    kind: Literal["gain"] = "gain"
    said_db: Annotated[float, Field(ge=-96, le=24)] = 0.0
    heard_db: Annotated[float, Field(ge=-96, le=24)] = 0.0


class Play(LegMessage):
    """Play sound files to the leg, one after another; WAV, 8 kHz, 16 bit, mono.

    A new Play on the leg replaces the old one. While it plays, the room is not heard.
    """

    kind: Literal["play"] = "play"
    play_id: PlayId
    files: Annotated[tuple[FilePath, ...], Field(min_length=1, max_length=64)]
    loop: bool = False
    start_ms: Annotated[int, Field(ge=0)] = 0


class Tone(LegMessage):
    """Play one of the country's tones (dial, ringback, busy, congestion, sit) or a beep."""

    kind: Literal["tone"] = "tone"
    play_id: PlayId
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: Annotated[str, Field(pattern=r"^[a-z_]{1,30}$")]
    duration_ms: Annotated[int | None, Field(ge=20, le=3_600_000)] = None
    """None plays until Stop."""


class SendDtmf(LegMessage):
    """Play digits as in-band DTMF at the country's level."""

    kind: Literal["send-dtmf"] = "send-dtmf"
    play_id: PlayId
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    digits: Digits
    on_ms: Annotated[int, Field(ge=40, le=500)] = 100
    off_ms: Annotated[int, Field(ge=40, le=500)] = 100


class Stop(Message):
    """End a player or a recorder; ended already is fine."""

    kind: Literal["stop"] = "stop"
    play_id: PlayId | None = None
    record_id: RecordId | None = None


class Detector(StrEnum):
    DTMF = "dtmf"
    PROGRESS = "progress"
    VOICE = "voice"


class Detect(LegMessage):
    """Listen for exactly these things on what the leg says; an empty set listens for nothing."""

    kind: Literal["detect"] = "detect"
    what: frozenset[Detector]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    learned: LearnedTone | None = None
    """The line's own hang-up tone, believed after fewer periods than the country's."""
    connected: bool = False
    """During set-up 2 tone periods are enough; on a connected call hang-up needs more."""


class Meter(LegMessage):
    """Tell the leg's levels twice a second (LegLevels), or no more."""

    kind: Literal["meter"] = "meter"
    on: bool = True


class Record(Message):
    """Record a call: left the sum of the outside legs, right the sum of the office legs
    and of what is played to the outside ones.

    Repeating it with other legs goes on in the same file. The recorder writes
    `file`, STATE/recordings/….part, as it goes, safe against a power cut; a pause
    stays as silence. `python -m firmware.switch.pack PART OUT` makes the final file.
    """

    kind: Literal["record"] = "record"
    record_id: RecordId
    file: FilePath
    outside: frozenset[LegId]
    office: frozenset[LegId]
    max_s: Annotated[int, Field(ge=1, le=86_400)] = 14_400
    paused: bool = False


Order: TypeAlias = Annotated[
    ConnectLeg
    | DisconnectLeg
    | SetLegGain
    | Play
    | Tone
    | SendDtmf
    | Stop
    | Detect
    | Meter
    | Record,
    Field(discriminator="kind"),
]

# ---- notices: switch -> exchange


class SwitchHello(Message):
    """The first line the switch sends; a new `epoch` means it knows no leg: repeat the orders."""

    kind: Literal["switch-hello"] = "switch-hello"
    epoch: str
    spans: tuple[str, ...] = ()


class SpanSeen(Message):
    """A card's span is mapped; orders about its legs take effect from now on."""

    kind: Literal["span-seen"] = "span-seen"
    span: str
    timeslots: int


class DigitHeard(LegMessage):
    kind: Literal["digit"] = "digit"
    digit: Annotated[str, Field(pattern=r"^[0-9A-D*#]$")]
    at_frame: int
    duration_ms: int


class HeardTone(StrEnum):
    DIAL = "dial"
    RINGBACK = "ringback"
    BUSY = "busy"
    CONGESTION = "congestion"
    BUSY_OR_CONGESTION = "busy-or-congestion"
    SIT = "sit"
    FAX_CALLING = "fax-calling"
    ANSWER_TONE = "answer-tone"


class ToneHeard(LegMessage):
    """A network tone was recognised (`ended` when it stopped); periods counts its cadences."""

    kind: Literal["tone"] = "tone"
    tone: HeardTone
    at_frame: int
    periods: int = 0
    frequency_hz: float | None = None
    on_ms: int | None = None
    off_ms: int | None = None
    ended: bool = False


class VoiceHeard(LegMessage):
    """Speech began (or, `ended`, stopped) on the leg."""

    kind: Literal["voice"] = "voice"
    at_frame: int
    ended: bool = False


class LegLevels(LegMessage):
    """What the leg said and heard in the last half second, in dBm0."""

    kind: Literal["levels"] = "levels"
    said_dbm0: float
    heard_dbm0: float


class Played(LegMessage):
    """A player ended: at its end, stopped, replaced, or for a fault of the file."""

    kind: Literal["played"] = "played"
    play_id: PlayId
    played_ms: int
    complete: bool
    fault: Text | None = None


class Recorded(Message):
    """A recorder ended: stopped, at `max_s`, or deserted by all its legs; told once.

    The file holds `duration_ms`; `fault` says why some of it is missing. While a
    disk fails or is full, SwitchAlarm says so and the recorder tries on.
    """

    kind: Literal["recorded"] = "recorded"
    record_id: RecordId
    duration_ms: int
    fault: Text | None = None


class SwitchReport(Message):
    """How the tick fared in the last seconds; counters run since the start of the switch."""

    kind: Literal["switch-report"] = "switch-report"
    frame: int
    missed_ticks: int
    legs: int
    slips: dict[str, int] = {}
    """Span name -> blocks dropped or repeated, both directions."""
    tick_us_median: int = 0
    tick_us_max: int = 0


class SwitchAlarm(Message):
    kind: Literal["alarm"] = "alarm"
    text: Text
    raised: bool = True


Notice: TypeAlias = Annotated[
    SwitchHello
    | SpanSeen
    | DigitHeard
    | ToneHeard
    | VoiceHeard
    | LegLevels
    | Played
    | Recorded
    | SwitchReport
    | SwitchAlarm,
    Field(discriminator="kind"),
]

ORDERS: TypeAdapter[Order] = TypeAdapter(Order)
NOTICES: TypeAdapter[Notice] = TypeAdapter(Notice)
