"""What the SIP card and a signalling worker say to each other, one JSON object a line.

The worker knows SIP and nothing else: no lines, no timeslots, no rules. Calls are
named by the leg id; who starts the call makes it.
"""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from drivers.sip.media_messages import (
    AreYouThere,
    Codec,
    HereIAm,
    MediaDirection,
    PayloadType,
)
from firmware.contract.causes import Cause
from firmware.contract.message import LegId, Message

SipUser: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+*#-]{1,64}$")]
AccountId: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}(\.backup)?$")]
"""The line's id: every SIP line is one account; a trunk's backup server is a second one."""
Port: TypeAlias = Annotated[int, Field(ge=0, le=65535)]


class Account(Message):
    """One identity calls go out with; one that registers does so from exactly one worker."""

    account_id: AccountId
    domain: str
    """The host part of its URIs: the provider's `host` or `host:port`, or the box's own name."""
    user: str | None = None
    secret: str | None = None
    registers: bool = False
    transport: Literal["udp", "tcp", "tls"] = "udp"


# ---- card -> worker


class UseAccounts(Message):
    """All accounts from now on; calls of dropped ones go on to their end."""

    kind: Literal["use-accounts"] = "use-accounts"
    accounts: tuple[Account, ...]


class UsePorts(Message):
    """The RTP ports (at `address`) this worker may offer, least recently used first."""

    kind: Literal["use-ports"] = "use-ports"
    address: str
    ports: tuple[Port, ...]


class SipCommand(Message):
    leg_id: LegId


class Invite(SipCommand):
    """Call `user` with an account. Answered by Offered, then what the far end says, then Ended."""

    kind: Literal["invite"] = "invite"
    account_id: AccountId
    user: SipUser
    shown_number: str | None = None
    """None withholds the number (RFC 3323 Privacy: id)."""
    shown_name: str | None = None
    answer_by_itself: bool = False
    """Call-Info answer-after=0 and Alert-Info auto-answer, as intercom phones understand."""


class Ring(SipCommand):
    """180 Ringing."""

    kind: Literal["ring"] = "ring"


class SendEarly(SipCommand):
    """183 with SDP: sound before the answer."""

    kind: Literal["send-early"] = "send-early"


class Answer(SipCommand):
    """200; Confirmed follows when the far end acknowledges it."""

    kind: Literal["answer"] = "answer"


class Clear(SipCommand):
    """CANCEL, BYE or a final status made from `cause`; Ended follows whatever the far end does."""

    kind: Literal["clear"] = "clear"
    cause: Cause = Cause.NORMAL_CALL_CLEARING
    retry_after_s: int | None = None


class SendInfo(SipCommand):
    """DTMF as SIP INFO, for far ends that agreed on no telephone-event."""

    kind: Literal["send-info"] = "send-info"
    digits: str


class AskFarEnd(SipCommand):
    """OPTIONS within the dialog: Ended follows when nobody is there to answer, else nothing."""

    kind: Literal["ask-far-end"] = "ask-far-end"


class AnswerRefer(SipCommand):
    """What came of ReferAsked: 202 and NOTIFY 200, or a refusal made from `cause`."""

    kind: Literal["answer-refer"] = "answer-refer"
    accepted: bool
    cause: Cause = Cause.NORMAL_CALL_CLEARING


SipOrder: TypeAlias = Annotated[
    UseAccounts
    | UsePorts
    | Invite
    | Ring
    | SendEarly
    | Answer
    | Clear
    | SendInfo
    | AskFarEnd
    | AnswerRefer
    | AreYouThere,
    Field(discriminator="kind"),
]


# ---- worker -> card


class WorkerReady(Message):
    """The first line. `capacity`: calls at once, asked of the library."""

    kind: Literal["worker-ready"] = "worker-ready"
    capacity: Annotated[int, Field(ge=1, le=1024)]
    library: str
    port: Port
    """Where it listens for SIP over UDP, on loopback."""


class SipReport(Message):
    leg_id: LegId


class Invited(SipReport):
    """An INVITE with an offer we can meet has come; 100 was sent, nothing else."""

    kind: Literal["invited"] = "invited"
    account: str | None
    """X-Tipring-Account as the edge vouches for it: the line the call comes on."""
    called: str
    """User part of the request URI."""
    calling: str | None
    """P-Asserted-Identity (only when the edge passed it) or From; None when withheld."""
    calling_name: str | None = None
    call_id: str = ""
    """The dialog: Call-ID and the far end's tag, for a Replaces that names it."""
    far_tag: str = ""
    own_tag: str = ""
    replaces: str | None = None
    """The Replaces header the edge carried past the library: `call-id;to-tag=..;from-tag=..`."""
    user_agent: str = ""
    source: str = ""
    """`address:port` it came from; tells the lines apart where there is no edge."""


class OfferRefused(Message):
    """An INVITE came that offers no G.711; it was answered 488, and no call began."""

    kind: Literal["offer-refused"] = "offer-refused"
    account: str | None
    """As in Invited."""
    source: str = ""


class Offered(SipReport):
    """Our INVITE is on its way, with this dialog id."""

    kind: Literal["offered"] = "offered"
    call_id: str
    own_tag: str


class Ringing(SipReport):
    """180 came."""

    kind: Literal["ringing"] = "ringing"


class MediaAgreed(SipReport):
    """Offer and answer match; said before Answered or with early media, and at every change."""

    kind: Literal["media-agreed"] = "media-agreed"
    local_port: Port
    address: str
    port: Port
    codec: Codec
    payload_type: PayloadType
    event_payload_type: PayloadType | None
    direction: MediaDirection
    """From our side: RECVONLY and INACTIVE are never chosen by us, so they say that the far end
    holds."""
    early: bool = False


class Answered(SipReport):
    """The dialog is confirmed: 200 came to our INVITE, or ACK to our 200."""

    kind: Literal["answered"] = "answered"
    far_tag: str = ""


class InfoDigit(SipReport):
    """A digit came as SIP INFO (application/dtmf-relay or application/dtmf)."""

    kind: Literal["info-digit"] = "info-digit"
    digit: Annotated[str, Field(pattern=r"^[0-9A-D*#]$")]


class InfoFlash(SipReport):
    """INFO with signal=hf or event 16."""

    kind: Literal["info-flash"] = "info-flash"


class ReferAsked(SipReport):
    """The far end asks us to transfer it; nothing was answered yet, nothing is followed."""

    kind: Literal["refer-asked"] = "refer-asked"
    user: str
    """User part of Refer-To."""
    replaces: str | None = None
    """Its Replaces parameter, unescaped."""


class Ended(SipReport):
    """The call is over and its capacity free."""

    kind: Literal["ended"] = "ended"
    cause: Cause
    status: int
    """The SIP status, 0 when there was none (BYE)."""
    by_far_end: bool
    reason: str = ""


class Registration(Message):
    """How an account's registration stands."""

    kind: Literal["registration"] = "registration"
    account_id: AccountId
    registered: bool
    status: int
    """SIP status; 408 and 503 with `reason` from the library when nobody answered."""
    reason: str = ""


SipNews: TypeAlias = Annotated[
    WorkerReady
    | HereIAm
    | Invited
    | OfferRefused
    | Offered
    | Ringing
    | MediaAgreed
    | Answered
    | InfoDigit
    | InfoFlash
    | ReferAsked
    | Ended
    | Registration,
    Field(discriminator="kind"),
]

SIP_ORDERS: TypeAdapter[SipOrder] = TypeAdapter(SipOrder)
SIP_NEWS: TypeAdapter[SipNews] = TypeAdapter(SipNews)
