"""All that a worker needs of a SIP library; a box with another build brings another class.

A call is named by its leg id on both sides. What the library tells comes during
`turn`, in the order it happened; nothing here waits.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final, Protocol

from drivers.sip.signalling.message import SipText
from drivers.sip.signalling.sdp import Agreed
from drivers.sip.signalling_messages import Account

Headers = tuple[tuple[str, str], ...]

ACCOUNT_HEADER: Final = "X-Tipring-Account"
"""Between edge and worker: the line a message belongs to. The edge strips it from outside."""
REPLACES_HEADER: Final = "X-Tipring-Replaces"
"""A Replaces header, carried past the library, which knows only its own dialogs."""


@dataclass(frozen=True, slots=True)
class Media:
    """Where the sound of a call goes on our side."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    leg_id: str
    account: Account
    request_uri: str
    identity: str
    """The From address, name included."""
    headers: Headers
    media: Media


@dataclass(frozen=True, slots=True)
class IncomingCall:
    invite: SipText
    source: str
    """`address:port` it came from."""
    own_tag: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What the worker gives an incoming call."""

    leg_id: str
    media: Media


@dataclass(frozen=True, slots=True)
class Ending:
    status: int
    """The final SIP status; 0 when a BYE ended it."""
    phrase: str
    reasons: tuple[str, ...]
    """Reason headers of the message that ended it."""
    by_far_end: bool


class LibraryFault(Exception):
    """The library will not do as told; its own words."""


class LibraryFull(LibraryFault):
    """No room for another call."""


class SipEvents(Protocol):
    """What the library tells; an exception in one of these ends that call."""

    def invited(self, call: IncomingCall) -> Taken | int:
        """Take the call or refuse it with a status."""

    def offer_refused(self, invite: SipText, source: str) -> None:
        """An INVITE without a codec of ours was answered 488."""

    def offered(self, leg_id: str, call_id: str, own_tag: str) -> None: ...

    def ringing(self, leg_id: str) -> None: ...

    def media_agreed(self, leg_id: str, agreed: Agreed, *, early: bool) -> None: ...

    def answered(self, leg_id: str, far_tag: str) -> None: ...

    def info(self, leg_id: str, content_type: str, body: str) -> None: ...

    def refer_asked(self, leg_id: str, refer_to: str) -> None: ...

    def ended(self, leg_id: str, ending: Ending) -> None:
        """The call is over and its place in the library free."""

    def registration(self, account_id: str, *, registered: bool, status: int, reason: str) -> None:
        """Each outcome of a REGISTER, also repeated ones."""


class SipLibrary(ABC):
    """Started by its making; every method may raise LibraryFault."""

    name: str
    capacity: int
    """Calls at once, as the library itself says."""
    port: int
    """Its UDP port."""
    descriptors: tuple[int, ...]
    """Sockets whose news `turn` reads, to be waited for."""

    @abstractmethod
    def use_accounts(self, accounts: tuple[Account, ...]) -> None: ...

    @abstractmethod
    def invite(self, call: OutgoingCall) -> None: ...

    @abstractmethod
    def answer(self, leg_id: str, status: int) -> None:
        """180 without, 183 and 200 with a description."""

    @abstractmethod
    def clear(self, leg_id: str, status: int, headers: Headers) -> None:
        """CANCEL, BYE or `status`, whatever the call's state asks for."""

    @abstractmethod
    def send(self, leg_id: str, method: str, headers: Headers, body: tuple[str, str]) -> None:
        """A request within the dialog; `body` is media type and text."""

    @abstractmethod
    def answer_refer(self, leg_id: str, status: int) -> None:
        """Answer the REFER that `refer_asked` told of; nothing when there is none."""

    @abstractmethod
    def turn(self) -> None:
        """Do what is due: read sockets, run timers, tell events."""

    @abstractmethod
    def idle_ms(self) -> int:
        """Return for how long no turn is due unless something comes by a socket."""

    @abstractmethod
    def stop(self, within_s: float) -> None:
        """End all calls and registrations; afterwards nothing may be called."""
