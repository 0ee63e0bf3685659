"""What is said in the library's place to requests it would answer wrongly or not at all."""

import re
from typing import Final

from drivers.sip.signalling import sdp
from drivers.sip.signalling.library import Headers
from drivers.sip.signalling.message import SipText
from drivers.sip.signalling.screen import Reply

MIN_SESSION_S: Final = 90
"""RFC 4028, 4: no session timer may be shorter."""
METHODS: Final = "INVITE, ACK, CANCEL, BYE, UPDATE, PRACK, INFO, REFER, NOTIFY, OPTIONS"
ALLOW: Final[Headers] = (("Allow", METHODS),)

OK: Final = Reply(200)
NOT_ALLOWED: Final = Reply(405, ALLOW)
NO_DIALOG: Final = Reply(481)
MERGED: Final = Reply(482)
TOO_SHORT: Final = Reply(422, (("Min-SE", str(MIN_SESSION_S)),))
INCOMPATIBLE: Final = Reply(
    488, (("Warning", '305 tipring "Only G.711 (PCMA, PCMU) over RTP/AVP"'),)
)
CAPABILITIES: Final = Reply(200, (*ALLOW, ("Accept", "application/sdp")))

_OFFERING: Final = frozenset({"INVITE", "UPDATE"})
_WITHIN_DIALOGS: Final = frozenset({"BYE", "INFO", "UPDATE", "PRACK", "REFER", "NOTIFY"})
_FOR_THE_LIBRARY: Final = frozenset({"INVITE", "ACK", "CANCEL", "OPTIONS"})


def within(message: SipText) -> Reply | None:
    """Return the answer to a request of a dialog; None leaves it to the library."""
    if message.method in _OFFERING:
        return _unmet(message)
    if message.method == "OPTIONS":
        return CAPABILITIES
    return None if message.method in METHODS.split(", ") else NOT_ALLOWED


def outside(message: SipText) -> Reply | None:
    """Return the answer to a request that belongs to no call of ours."""
    if message.to_tag:
        return None  # 481, which the library says
    if message.method == "INVITE":
        return _unmet(message)
    if message.method in _FOR_THE_LIBRARY:
        return None
    return NO_DIALOG if message.method in _WITHIN_DIALOGS else NOT_ALLOWED


def _unmet(message: SipText) -> Reply | None:
    if message.sdp and not sdp.can_meet(message.sdp):
        return INCOMPATIBLE
    return TOO_SHORT if _session_s(message) < MIN_SESSION_S else None


def _session_s(message: SipText) -> int:
    found = re.match(r"\s*(\d{1,9})", message.header("session-expires") or "")
    return int(found[1]) if found else MIN_SESSION_S
