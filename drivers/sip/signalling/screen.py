"""Sees every SIP message before the library does, and may answer it in its place.

pjsua2 follows a REFER the moment it comes, leaves REGISTER unanswered and takes
any MESSAGE. Its core lets *modules* look first: these are two.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from drivers.sip.signalling.library import Headers
from drivers.sip.signalling.message import SipText
from drivers.sip.signalling.pjsip_core import PjsipCore
from drivers.sip.signalling.shield import shielded

BEFORE_TRANSACTIONS: Final = 4
AFTER_TRANSACTIONS: Final = 12
"""Priorities: the transaction layer has 8, the dialogs 15. A request is shown after the first,
so never twice; a response before it, since transactions keep theirs."""

_TAKEN: Final = 1
"""pj_bool_t: nobody behind us gets the message."""
_PASSED_ON: Final = 0


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message as it came; `handle` is good for this call only."""

    text: SipText
    source: str
    handle: int


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer with this status in the library's place; status 0 says nothing at all."""

    status: int
    headers: Headers = ()


class Watcher(Protocol):
    def on_request(self, arrived: Arrived) -> Reply | None:
        """Return what to answer, or None for the library to do it."""

    def on_response(self, arrived: Arrived) -> None: ...


def put_up(core: PjsipCore, watcher: Watcher) -> None:
    """Show `watcher` all that comes, from now until the process ends."""

    @shielded(lambda _handle: _TAKEN)
    def on_request(handle: int) -> int:
        reply = watcher.on_request(Arrived(*core.received(handle), handle))
        if reply and reply.status:
            core.respond(handle, reply.status, reply.headers)
        return _PASSED_ON if reply is None else _TAKEN

    @shielded(lambda _handle: _PASSED_ON)
    def on_response(handle: int) -> int:
        watcher.on_response(Arrived(*core.received(handle), handle))
        return _PASSED_ON

    core.register("mod-tipring-gate", AFTER_TRANSACTIONS, on_request=on_request)
    core.register("mod-tipring-ear", BEFORE_TRANSACTIONS, on_response=on_response)
