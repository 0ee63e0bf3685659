"""What the SIP card and its RTP process say to each other, one JSON object a line.

An *endpoint* is a pair of UDP sockets (RTP on the even port, RTCP on the next).
Its number is the card's choice; it outlives calls, so that a port can be offered
before anybody has agreed to anything.
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from firmware.contract.message import Digits, Message, Timeslot

Endpoint: TypeAlias = Annotated[int, Field(ge=0, lt=1024)]
PayloadType: TypeAlias = Annotated[int, Field(ge=0, le=127)]


class Codec(StrEnum):
    PCMU = "PCMU"
    PCMA = "PCMA"


class MediaDirection(StrEnum):
    """RFC 3264, from our side of the call."""

    SENDRECV = "sendrecv"
    SENDONLY = "sendonly"
    RECVONLY = "recvonly"
    INACTIVE = "inactive"


class EndpointMessage(Message):
    endpoint: Endpoint


# ---- card -> RTP process


class OpenEndpoint(EndpointMessage):
    """Bind the endpoint's sockets; answered by EndpointOpened."""

    kind: Literal["open-endpoint"] = "open-endpoint"
    port: Annotated[int | None, Field(ge=1, le=65535)] = None
    """Where the endpoint was before the process died, so that calls go on; any when taken."""


class CloseEndpoint(EndpointMessage):
    kind: Literal["close-endpoint"] = "close-endpoint"


class StartMedia(EndpointMessage):
    """Move sound between the endpoint and the timeslot; said again when a re-INVITE changes it.

    A new `timeslot` begins a new call: nothing of the call before is kept.
    """

    kind: Literal["start-media"] = "start-media"
    timeslot: Timeslot
    address: str
    """Where the far end said it listens (an IP address), and where alone it may be latched from."""
    port: Annotated[int, Field(ge=0, le=65535)]
    """0: nothing is sent (the far end refused the stream)."""
    codec: Codec
    payload_type: PayloadType
    event_payload_type: PayloadType | None = None
    """RFC 4733 telephone-event at 8000 Hz, when agreed; digits are sent in-band without it."""
    direction: MediaDirection = MediaDirection.SENDRECV
    receive_db: float = 0.0
    send_db: float = 0.0


class StopMedia(EndpointMessage):
    """Answered by MediaEnded; the endpoint stays open."""

    kind: Literal["stop-media"] = "stop-media"


class SendEvents(EndpointMessage):
    """Send these digits one after another, 100 ms on and 100 ms off."""

    kind: Literal["send-events"] = "send-events"
    digits: Digits


class AreYouThere(Message):
    """Asked every second; a process that does not answer HereIAm in time is hung and killed."""

    kind: Literal["are-you-there"] = "are-you-there"


MediaOrder: TypeAlias = Annotated[
    OpenEndpoint | CloseEndpoint | StartMedia | StopMedia | SendEvents | AreYouThere,
    Field(discriminator="kind"),
]


# ---- RTP process -> card


class MediaReady(Message):
    """The first line: the span is mapped and the tick runs."""

    kind: Literal["media-ready"] = "media-ready"


class EndpointOpened(EndpointMessage):
    kind: Literal["endpoint-opened"] = "endpoint-opened"
    port: Annotated[int, Field(ge=1, le=65535)]


class EndpointRefused(EndpointMessage):
    """No free pair of ports in the range."""

    kind: Literal["endpoint-refused"] = "endpoint-refused"


class EventHeard(EndpointMessage):
    """A digit came as RFC 4733 event; told once, at its beginning."""

    kind: Literal["event-heard"] = "event-heard"
    digit: Annotated[str, Field(pattern=r"^[0-9A-D*#]$")]


class FlashHeard(EndpointMessage):
    """RFC 4733 event 16: an adapter's phone pressed its hook."""

    kind: Literal["flash-heard"] = "flash-heard"


class MediaSilent(EndpointMessage):
    """Nothing has come for so long although the far end should send; told once until it returns."""

    kind: Literal["media-silent"] = "media-silent"
    seconds: int


class MediaReturned(EndpointMessage):
    kind: Literal["media-returned"] = "media-returned"


class MediaFigures(Message):
    """RFC 3550 figures of one call and what the E-model (ITU-T G.107) makes of them."""

    packets_received: int
    packets_lost: int
    packets_late: int
    packets_sent: int
    concealed_blocks: int
    lost_percent: float
    jitter_ms: float
    round_trip_ms: float | None
    far_lost_percent: float | None
    """What the far end says it lost of ours."""
    delay_ms: float
    """Of the jitter buffer, median."""
    mos: float


class MediaEnded(EndpointMessage):
    kind: Literal["media-ended"] = "media-ended"
    timeslot: Timeslot
    figures: MediaFigures


class HereIAm(Message):
    """The answer to AreYouThere, from the loop that does the work."""

    kind: Literal["here-i-am"] = "here-i-am"


MediaReport: TypeAlias = Annotated[
    MediaReady
    | HereIAm
    | EndpointOpened
    | EndpointRefused
    | EventHeard
    | FlashHeard
    | MediaSilent
    | MediaReturned
    | MediaEnded,
    Field(discriminator="kind"),
]

MEDIA_ORDERS: TypeAdapter[MediaOrder] = TypeAdapter(MediaOrder)
MEDIA_REPORTS: TypeAdapter[MediaReport] = TypeAdapter(MediaReport)
