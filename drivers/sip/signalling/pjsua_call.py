"""One call as pjsua2 keeps it: its callbacks in, what they mean out.

An object of a call that is over must be gone before its number is given to the
next call, or its end would hang up that one: the library's table lets go of it
within the DISCONNECTED callback, and nobody else keeps one.
"""

# ruff: noqa: N802  the library dictates the names of its callbacks
from collections.abc import Callable
from typing import Any, Protocol

import pjsua2 as pj  # type: ignore[import-untyped]

from drivers.sip.signalling.library import Ending, Headers, LibraryFault, Media, SipEvents
from drivers.sip.signalling.message import SipText, read
from drivers.sip.signalling.sdp import Agreed, agree, with_our_media
from drivers.sip.signalling.shield import shielded


class CallHome(Protocol):
    """The library's table of calls."""

    events: SipEvents

    def over(self, call: "PjsuaCall", ending: Ending) -> None: ...


def _give_up(call: "PjsuaCall", *_: object) -> None:
    call.clear(500)


class PjsuaCall(pj.Call):  # type: ignore[misc]
    def __init__(self, home: CallHome, account: Any, number: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, number)
        self.account = account
        self.leg_id = ""
        """Empty for a call refused at once, which nobody is told of."""
        self.media = Media("", 0)
        self.call_id = ""
        self.own_tag = ""
        self.far_tag = ""
        self.kept_refer: int | None = None
        self._home = home
        self._ours = ""
        self._theirs = ""
        self._agreed: tuple[Agreed, bool] | None = None
        self._rang = False
        self._confirmed = False
        self._cleared = False
        self._ending: Ending | None = None

    # ---- what the worker wants

    def answer_with(self, status: int) -> None:
        prm = pj.CallOpParam()
        prm.statusCode = status
        _asked(lambda: self.answer(prm))

    def clear(self, status: int, headers: Headers = ()) -> None:
        """May be asked more than once; the call's end is told by `over`."""
        if self._cleared:
            return
        self._cleared = True
        self._ending = Ending(0 if self._confirmed else status, "", (), by_far_end=False)
        prm = pj.CallOpParam()
        prm.statusCode = status
        _put_headers(prm.txOption, headers)
        _asked(lambda: self.hangup(prm))

    def send(self, method: str, headers: Headers, body: tuple[str, str]) -> None:
        prm = pj.CallSendRequestParam()
        prm.method = method
        _put_headers(prm.txOption, headers)
        prm.txOption.contentType, prm.txOption.msgBody = body
        _asked(lambda: self.sendRequest(prm))

    def start(self, request_uri: str, identity: str, call_id: str, headers: Headers) -> None:
        self.call_id = call_id
        prm = pj.CallOpParam(True)
        prm.opt.customCallId = call_id
        prm.txOption.localUri = identity
        _put_headers(prm.txOption, headers)
        _asked(lambda: self.makeCall(request_uri, prm))

    # ---- what the screen saw

    def names(self, request: SipText) -> bool:
        """Say whether a request with our Call-ID is of this dialog; a CANCEL has no tag of ours."""
        ours = "" if request.method == "CANCEL" else self.own_tag
        return (request.from_tag, request.to_tag) == (self.far_tag, ours)

    def hear(self, message: SipText) -> None:
        """Note what the library does not pass on: descriptions, tags, reasons."""
        if message.sdp and message.status < 300:
            self._theirs = message.sdp
        if message.method:
            self._hear_request(message)
        elif (message.header("cseq") or "").upper().endswith("INVITE"):
            self._hear_answer(message)

    def _hear_request(self, message: SipText) -> None:
        self.own_tag = self.own_tag or message.to_tag
        reasons = message.all("reason")
        if message.method == "BYE" and not self._cleared:
            self._ending = Ending(0, "", reasons, by_far_end=True)
        elif message.method == "CANCEL" and not self._cleared:
            self._ending = Ending(487, "", reasons, by_far_end=True)

    def _hear_answer(self, message: SipText) -> None:
        if message.status > 100 and not self._confirmed:
            self.far_tag = message.to_tag or self.far_tag
        if message.status == 180 and not self._rang:
            self._rang = True
            self._home.events.ringing(self.leg_id)
        if message.status >= 300 and not (self._cleared or self._confirmed):
            reasons = message.all("reason")
            self._ending = Ending(message.status, message.phrase, reasons, by_far_end=True)

    # ---- what the library calls

    @shielded(_give_up)
    def onCallSdpCreated(self, prm: Any) -> None:
        """Put our media in; a call that is being refused has none, and bad SDP aborts."""
        if not self.media.address:
            return
        prm.sdp.wholeSdp = with_our_media(prm.sdp.wholeSdp, self.media.address, self.media.port)
        self._ours = prm.sdp.wholeSdp
        self._theirs = prm.remSdp.wholeSdp or self._theirs

    @shielded(_give_up)
    def onCallMediaState(self, prm: Any) -> None:
        agreed = agree(self._ours, self._theirs)
        if agreed is None:
            self.clear(488)
            return
        if self._agreed is None or self._agreed[0] != agreed:
            early = self.getInfo().state < pj.PJSIP_INV_STATE_CONNECTING
            self._agreed = agreed, early
            self._home.events.media_agreed(self.leg_id, agreed, early=early)

    @shielded(_give_up)
    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self._confirmed, self._ending = True, None
            self._home.events.answered(self.leg_id, self.far_tag)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            by_timer = Ending(info.lastStatusCode, info.lastReason, (), by_far_end=True)
            self._home.over(self, self._ending or by_timer)

    @shielded(_give_up)
    def onCallTsxState(self, prm: Any) -> None:
        """Learn our own tag from the first message that goes out with it."""
        change = prm.e.body.tsxState
        if not self.own_tag and change.type == pj.PJSIP_EVENT_TX_MSG:
            sent = read(change.src.tdata.wholeMsg)
            self.own_tag = sent.from_tag if sent.method else sent.to_tag

    @shielded(_give_up)
    def onCallTransferRequest(self, prm: Any) -> None:
        """Never followed: the screen keeps REFERs from the library; this is the second bolt."""
        prm.statusCode = 403

    @shielded(_give_up)
    def onCallReplaceRequest(self, prm: Any) -> None:
        """Replaces travels under a private name; one in its own is not for us."""
        prm.statusCode = 481


def _put_headers(option: Any, headers: Headers) -> None:
    for name, value in headers:
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        option.headers.append(header)


def _asked(do: Callable[[], None]) -> None:
    try:
        do()
    except pj.Error as error:
        raise LibraryFault(error.reason) from None
