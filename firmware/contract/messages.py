"""What exchange and card say to each other.

Commands go to the card, reports come back, named after ITU-T Q.931 where it
has a name. Whoever starts the leg makes its id: the exchange for PlaceCall and
AlertCall, the card for Setup. The life of a connection: the card says Hello,
the exchange answers Configure, then commands and reports cross freely.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from firmware.contract.causes import Cause
from firmware.contract.leg_state import LegState
from firmware.contract.line_state import LineState
from firmware.contract.message import (
    DialString,
    Digits,
    LegId,
    LegMessage,
    LineId,
    LineMessage,
    Message,
    Timeslot,
)
from firmware.contract.settings import AnyLineSettings
from firmware.contract.texts import Text

# ---- commands: exchange -> card


class PlaceCall(LegMessage):
    """Dial out on a line."""

    kind: Literal["place-call"] = "place-call"
    line_id: LineId
    called: DialString
    calling: str | None = None


class AlertCall(LegMessage):
    """Ring the phone on a line."""

    kind: Literal["alert-call"] = "alert-call"
    line_id: LineId
    calling: str | None = None
    calling_name: str | None = None
    answer_by_itself: bool = False
    """Ask the phone to answer on its loudspeaker at once (intercom, paging)."""


class AnswerCall(LegMessage):
    kind: Literal["answer-call"] = "answer-call"


class ClearCall(LegMessage):
    """End the leg whatever its state; the card answers Release."""

    kind: Literal["clear-call"] = "clear-call"
    cause: Cause = Cause.NORMAL_CALL_CLEARING


class SendDigits(LegMessage):
    """Send DTMF towards the far end the way the line does it best."""

    kind: Literal["send-digits"] = "send-digits"
    digits: Digits


class Flash(LegMessage):
    kind: Literal["flash"] = "flash"


class AnswerTransfer(LegMessage):
    """What came of the leg's TransferRequested; the phone is told so."""

    kind: Literal["answer-transfer"] = "answer-transfer"
    accepted: bool
    cause: Cause = Cause.NORMAL_CALL_CLEARING
    """Why it was refused."""


class Direction(StrEnum):
    SEND = "send"
    RECEIVE = "receive"


class SetDirection(LegMessage):
    """Turn a half-duplex line's sound path round."""

    kind: Literal["set-direction"] = "set-direction"
    direction: Direction


class SetGains(LineMessage):
    kind: Literal["set-gains"] = "set-gains"
    receive_db: Annotated[float, Field(ge=-24, le=24)] = 0.0
    send_db: Annotated[float, Field(ge=-24, le=24)] = 0.0


class RunSelfTest(LineMessage):
    """Check the line without a call; the card answers SelfTestDone."""

    kind: Literal["run-self-test"] = "run-self-test"


class LearnTone(LineMessage):
    """Remember this hang-up tone for the line (found by the switch on a real call)."""

    kind: Literal["learn-tone"] = "learn-tone"
    frequency_hz: Annotated[float, Field(ge=300, le=700)]
    on_ms: Annotated[int, Field(ge=40, le=2000)]
    off_ms: Annotated[int, Field(ge=40, le=2000)]


class ForgetTone(LineMessage):
    """Forget the hang-up tone that was learned; the country's own are listened for again."""

    kind: Literal["forget-tone"] = "forget-tone"


class Configure(Message):
    """All lines this card shall have from now on; lines that did not change keep their calls."""

    kind: Literal["configure"] = "configure"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    lines: tuple[AnyLineSettings, ...]


# ---- reports: card -> exchange


class SpanInfo(Message):
    """The card's share of the highway; the switch got its memory under the card's name."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    timeslots: Annotated[int, Field(ge=1, le=1024)]


class LiveLeg(Message):
    """A leg that outlived the exchange."""

    leg_id: LegId
    line_id: LineId
    state: LegState
    timeslot: Timeslot | None = None
    calling: str | None = None
    called: str | None = None


class Hello(Message):
    """The first line of every connection. `span` is None for a card that only signals (SIP)."""

    kind: Literal["hello"] = "hello"
    card: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    driver: str
    span: SpanInfo | None = None
    lines: tuple[LineState, ...] = ()
    legs: tuple[LiveLeg, ...] = ()


class LineStateChanged(Message):
    kind: Literal["line-state"] = "line-state"
    line: LineState


class LineGone(LineMessage):
    """An unassigned device was unplugged."""

    kind: Literal["line-gone"] = "line-gone"


class Setup(LegMessage):
    """A call has arrived on this line, or (`phone_lifted`) a phone of ours went off hook.

    `calling` is None when the number is withheld or unknown. `called` of a lifted
    phone is what it has dialled already (SIP phones dial en bloc); without it digits follow.
    """

    kind: Literal["setup"] = "setup"
    line_id: LineId
    timeslot: Timeslot | None = None
    calling: str | None = None
    calling_name: str | None = None
    called: str | None = None
    ring_count: int = 1
    """How many ring indications the line had seen when it reported (caller id may need two)."""
    phone_lifted: bool = False


class Proceeding(LegMessage):
    """The line is seized and the number is on its way; early audio may follow on `timeslot`."""

    kind: Literal["proceeding"] = "proceeding"
    timeslot: Timeslot | None = None


class Alerting(LegMessage):
    kind: Literal["alerting"] = "alerting"


class Progress(LegMessage):
    """Audio worth hearing before the answer: a tone or an announcement of the network."""

    kind: Literal["progress"] = "progress"


class AnswerSupervision(StrEnum):
    """How we know that the far end answered."""

    SIGNALLED = "signalled"
    POLARITY = "polarity"
    VOICE_HEARD = "voice-heard"
    GUESSED = "guessed"


class Connect(LegMessage):
    kind: Literal["connect"] = "connect"
    supervision: AnswerSupervision = AnswerSupervision.SIGNALLED


class Digit(LegMessage):
    """A key the line itself reported (URC, DLE event); in-band ones come from the switch."""

    kind: Literal["digit"] = "digit"
    digit: Annotated[str, Field(pattern=r"^[0-9A-D*#]$")]


class HookFlash(LegMessage):
    kind: Literal["hook-flash"] = "hook-flash"


class Held(LegMessage):
    """The phone has put its party on hold with its own key; it sends no sound now (ITU-T Q.932)."""

    kind: Literal["held"] = "held"


class Retrieved(LegMessage):
    """The phone has taken its party off hold."""

    kind: Literal["retrieved"] = "retrieved"


class TransferRequested(LegMessage):
    """The phone hands its party on: to a number or, after consultation, to another leg's party.

    The exchange decides and does it, and answers AnswerTransfer; the card follows nothing.
    Exactly one of `to` and `with_leg_id` is given.
    """

    kind: Literal["transfer-requested"] = "transfer-requested"
    to: DialString | None = None
    with_leg_id: LegId | None = None


class MediaQuality(LegMessage):
    """How the sound of a packet line fared (RFC 3550), told once before Release."""

    kind: Literal["media-quality"] = "media-quality"
    lost_percent: Annotated[float, Field(ge=0, le=100)]
    jitter_ms: Annotated[float, Field(ge=0)]
    round_trip_ms: Annotated[float | None, Field(ge=0)] = None
    mos: Annotated[float, Field(ge=1, le=5)]
    """Estimated by the E-model (ITU-T G.107) from what we received."""


class Disconnect(LegMessage):
    """The far end has cleared; our side of the line may still be held. Answer: ClearCall."""

    kind: Literal["disconnect"] = "disconnect"
    cause: Cause


class Release(LegMessage):
    """The line is idle again, the timeslot is free and the leg is over."""

    kind: Literal["release"] = "release"
    cause: Cause = Cause.NORMAL_CALL_CLEARING


class SignalQuality(LineMessage):
    kind: Literal["signal-quality"] = "signal-quality"
    signal_dbm: int | None


class Alarm(Message):
    """Something a person should know. The same `code` with `raised=False` takes it back."""

    kind: Literal["alarm"] = "alarm"
    line_id: LineId | None = None
    text: Text
    raised: bool = True


class SelfTestDone(LineMessage):
    kind: Literal["self-test-done"] = "self-test-done"
    findings: tuple[Text, ...]
    passed: bool


Command: TypeAlias = Annotated[
    PlaceCall
    | AlertCall
    | AnswerCall
    | ClearCall
    | SendDigits
    | Flash
    | AnswerTransfer
    | SetDirection
    | SetGains
    | RunSelfTest
    | LearnTone
    | ForgetTone
    | Configure,
    Field(discriminator="kind"),
]
Report: TypeAlias = Annotated[
    Hello
    | LineStateChanged
    | LineGone
    | Setup
    | Proceeding
    | Alerting
    | Progress
    | Connect
    | Digit
    | HookFlash
    | Held
    | Retrieved
    | TransferRequested
    | MediaQuality
    | Disconnect
    | Release
    | SignalQuality
    | Alarm
    | SelfTestDone,
    Field(discriminator="kind"),
]

COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
REPORTS: TypeAdapter[Report] = TypeAdapter(Report)
