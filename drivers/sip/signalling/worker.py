"""The worker: the card's orders to the library, the library's news to the card.

It knows which legs there are and which port each offers; what a call is for it
does not know.
"""

import logging
from typing import Final, assert_never

from drivers.sip.media_messages import AreYouThere, HereIAm
from drivers.sip.signalling import caller, info_dtmf
from drivers.sip.signalling.caller import caller_of, user_of
from drivers.sip.signalling.library import (
    ACCOUNT_HEADER,
    REPLACES_HEADER,
    Ending,
    Headers,
    IncomingCall,
    LibraryFault,
    LibraryFull,
    Media,
    OutgoingCall,
    SipLibrary,
    Taken,
)
from drivers.sip.signalling.message import SipText
from drivers.sip.signalling.order_link import OrderLink
from drivers.sip.signalling.port_room import PortRoom
from drivers.sip.signalling.refer import parse_refer_to
from drivers.sip.signalling.sdp import Agreed
from drivers.sip.signalling.status_causes import cause_of, reason_header, status_of
from drivers.sip.signalling_messages import (
    Account,
    Answer,
    Answered,
    AnswerRefer,
    AskFarEnd,
    Clear,
    Ended,
    InfoDigit,
    InfoFlash,
    Invite,
    Invited,
    MediaAgreed,
    Offered,
    OfferRefused,
    ReferAsked,
    Registration,
    Ring,
    Ringing,
    SendEarly,
    SendInfo,
    SipOrder,
    UseAccounts,
    UsePorts,
    WorkerReady,
)
from firmware.contract.causes import Cause
from firmware.contract.message import new_leg_id

log = logging.getLogger(__name__)

ANSWER_BY_ITSELF: Final = (
    ("Call-Info", "<sip:tipring>;answer-after=0"),
    ("Alert-Info", "<http://tipring>;info=alert-autoanswer;delay=0"),
)
"""The two ways intercom phones know."""
SIPFRAG: Final = "message/sipfrag;version=2.0"


class Worker:
    """SipEvents for the library, and the card's hand on it."""

    def __init__(self, link: OrderLink, *, behind_edge: bool) -> None:
        self._link = link
        self._behind_edge = behind_edge
        self._accounts: dict[str, Account] = {}
        self._ports = PortRoom()
        self._registrations: dict[str, Registration] = {}
        self._cleared: dict[str, Cause] = {}
        """Legs the card ended, and why."""
        self._library: SipLibrary | None = None

    def serve(self, library: SipLibrary) -> None:
        """From now on `library` is what orders go to."""
        self._library = library
        self._link.send(
            WorkerReady(capacity=library.capacity, library=library.name, port=library.port)
        )

    # ---- orders

    def obey(self, order: SipOrder) -> None:
        """Do as told; what the library will not do is logged, and ends a call not yet begun."""
        library = self._library
        if library is None:
            return
        try:
            self._obey(library, order)
        except LibraryFault as fault:
            log.warning("sip: %s not done: %s", order.kind, fault)
            if isinstance(order, Invite):
                full = isinstance(fault, LibraryFull)
                cause = Cause.NO_CIRCUIT_AVAILABLE if full else Cause.TEMPORARY_FAILURE
                self._not_begun(order, cause, 503, str(fault))

    def _obey(self, library: SipLibrary, order: SipOrder) -> None:  # noqa: C901  one case an order
        match order:
            case UseAccounts():
                self._use_accounts(library, order)
            case UsePorts():
                self._ports.use(order.address, order.ports)
            case Invite():
                self._invite(library, order)
            case Ring():
                library.answer(order.leg_id, 180)
            case SendEarly():
                library.answer(order.leg_id, 183)
            case Answer():
                library.answer(order.leg_id, 200)
            case Clear():
                self._clear(library, order)
            case SendInfo():
                for digit in order.digits:
                    body = info_dtmf.RELAY, info_dtmf.relay_body(digit)
                    library.send(order.leg_id, "INFO", (), body)
            case AskFarEnd():
                library.send(order.leg_id, "OPTIONS", (), ("", ""))
            case AnswerRefer():
                self._answer_refer(library, order)
            case AreYouThere():
                self._link.send(HereIAm())
            case _:
                assert_never(order)

    def _use_accounts(self, library: SipLibrary, order: UseAccounts) -> None:
        self._accounts = {account.account_id: account for account in order.accounts}
        self._registrations = {
            key: said for key, said in self._registrations.items() if key in self._accounts
        }
        library.use_accounts(order.accounts)

    def _invite(self, library: SipLibrary, order: Invite) -> None:
        account = self._accounts.get(order.account_id)
        if account is None:
            self._not_begun(order, Cause.NO_ROUTE_TO_DESTINATION, 0, "no such account")
            return
        media = self._ports.take(order.leg_id)
        if media is None:
            self._not_begun(order, Cause.RESOURCE_UNAVAILABLE, 0, "no port for the sound")
            return
        library.invite(outgoing(order, account, media))

    def _clear(self, library: SipLibrary, order: Clear) -> None:
        headers: Headers = (("Reason", reason_header(order.cause)),)
        if order.retry_after_s is not None:
            headers += (("Retry-After", str(order.retry_after_s)),)
        if self._ports.is_taken_by(order.leg_id):
            self._cleared.setdefault(order.leg_id, order.cause)
        library.clear(order.leg_id, status_of(order.cause), headers)

    def _answer_refer(self, library: SipLibrary, order: AnswerRefer) -> None:
        if not order.accepted:
            plain = order.cause is Cause.NORMAL_CALL_CLEARING
            library.answer_refer(order.leg_id, 603 if plain else status_of(order.cause))
            return
        library.answer_refer(order.leg_id, 202)
        headers = (("Event", "refer"), ("Subscription-State", "terminated;reason=noresource"))
        library.send(order.leg_id, "NOTIFY", headers, (SIPFRAG, "SIP/2.0 200 OK\r\n"))

    def _not_begun(self, order: Invite, cause: Cause, status: int, why: str) -> None:
        self._ports.give_back(order.leg_id)
        self._link.send(
            Ended(leg_id=order.leg_id, cause=cause, status=status, by_far_end=False, reason=why)
        )

    # ---- events

    def invited(self, call: IncomingCall) -> Taken | int:
        leg_id = new_leg_id()
        media = self._ports.take(leg_id)
        if media is None:
            return 503
        self._link.send(self._invited(leg_id, call))
        return Taken(leg_id, media)

    def _invited(self, leg_id: str, call: IncomingCall) -> Invited:
        invite, trusted = call.invite, self._behind_edge
        who = caller_of(invite, trusted=trusted)
        return Invited(
            leg_id=leg_id,
            account=invite.header(ACCOUNT_HEADER.lower()) if trusted else None,
            called=user_of(invite.request_uri),
            calling=who.number,
            calling_name=who.name,
            call_id=invite.call_id,
            far_tag=invite.from_tag,
            own_tag=call.own_tag,
            replaces=invite.header(REPLACES_HEADER.lower()) if trusted else None,
            user_agent=(invite.header("user-agent") or "")[:120],
            source=call.source,
        )

    def offer_refused(self, invite: SipText, source: str) -> None:
        account = invite.header(ACCOUNT_HEADER.lower()) if self._behind_edge else None
        self._link.send(OfferRefused(account=account, source=source))

    def offered(self, leg_id: str, call_id: str, own_tag: str) -> None:
        self._link.send(Offered(leg_id=leg_id, call_id=call_id, own_tag=own_tag))

    def ringing(self, leg_id: str) -> None:
        self._link.send(Ringing(leg_id=leg_id))

    def media_agreed(self, leg_id: str, agreed: Agreed, *, early: bool) -> None:
        self._link.send(
            MediaAgreed(
                leg_id=leg_id,
                local_port=agreed.local_port,
                address=agreed.address,
                port=agreed.port,
                codec=agreed.codec,
                payload_type=agreed.payload_type,
                event_payload_type=agreed.event_payload_type,
                direction=agreed.direction,
                early=early,
            )
        )

    def answered(self, leg_id: str, far_tag: str) -> None:
        self._link.send(Answered(leg_id=leg_id, far_tag=far_tag))

    def info(self, leg_id: str, content_type: str, body: str) -> None:
        sign = info_dtmf.parse(content_type, body)
        if sign == info_dtmf.FLASH:
            self._link.send(InfoFlash(leg_id=leg_id))
        elif sign:
            self._link.send(InfoDigit(leg_id=leg_id, digit=sign))

    def refer_asked(self, leg_id: str, refer_to: str) -> None:
        target = parse_refer_to(refer_to)
        if target:
            self._link.send(ReferAsked(leg_id=leg_id, user=target.user, replaces=target.replaces))
        elif self._library:
            self._library.answer_refer(leg_id, 400)

    def ended(self, leg_id: str, ending: Ending) -> None:
        self._ports.give_back(leg_id)
        cleared = self._cleared.pop(leg_id, Cause.NORMAL_CALL_CLEARING)
        ours = not ending.by_far_end
        self._link.send(
            Ended(
                leg_id=leg_id,
                cause=cleared if ours else cause_of(ending.status, ending.reasons),
                status=ending.status,
                by_far_end=ending.by_far_end,
                reason=ending.phrase,
            )
        )

    def registration(self, account_id: str, *, registered: bool, status: int, reason: str) -> None:
        """Tell the card of a change; the same outcome again is no news."""
        news = Registration(
            account_id=account_id, registered=registered, status=status, reason=reason
        )
        if self._registrations.get(account_id) != news:
            self._registrations[account_id] = news
            self._link.send(news)


def outgoing(order: Invite, account: Account, media: Media) -> OutgoingCall:
    """Return the call with all that its INVITE says of who calls."""
    headers: Headers = ((ACCOUNT_HEADER, account.account_id),)
    if account.user:
        own = caller.address(account.user, account.domain)
        headers += (("P-Preferred-Identity", own),)
    if order.shown_number is None:
        identity = caller.ANONYMOUS
        headers += (("Privacy", "id"),)
    else:
        identity = caller.address(order.shown_number, account.domain, order.shown_name)
        headers += (("P-Asserted-Identity", identity),)
    if order.answer_by_itself:
        headers += ANSWER_BY_ITSELF
    transport = "" if account.transport == "udp" else f";transport={account.transport}"
    uri = caller.address(order.user, account.domain).strip("<>")
    return OutgoingCall(order.leg_id, account, uri + transport, identity, headers, media)
