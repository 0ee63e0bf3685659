"""pjsua2 as the worker's SIP library: it signals, and never moves a sample.

There is no media clock and no thread but ours. The order of life and death in
here is what measurement showed to be safe; see docs/decisions/016.
"""

import gc
import time
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pjsua2 as pj  # type: ignore[import-untyped]

from drivers.sip.signalling import sdp
from drivers.sip.signalling.library import (
    Ending,
    Headers,
    IncomingCall,
    LibraryFault,
    LibraryFull,
    OutgoingCall,
    SipEvents,
    SipLibrary,
)
from drivers.sip.signalling.manners import INCOMPATIBLE, MERGED, OK, outside, within
from drivers.sip.signalling.message import read
from drivers.sip.signalling.pjsip_core import PjsipCore
from drivers.sip.signalling.pjsua_accounts import AccountBook, PjsuaAccount
from drivers.sip.signalling.pjsua_call import PjsuaCall
from drivers.sip.signalling.screen import Arrived, Reply, put_up
from drivers.sip.signalling_messages import Account

T1_MS: Final = 500
T2_MS: Final = 4000
T4_MS: Final = 5000
GIVE_UP_MS: Final = 8000
UNFINISHED_MS: Final = 20
"""How soon it is looked again whether the library has let go of a call."""
LONGEST_IDLE_MS: Final = 1000
"""In place of RFC 3261's 32 s: a call nobody acknowledges holds its place no longer than twice
this. The edge is on this machine and answers at once; five repeats are enough for a phone."""
LAST_EVENTS: Final = 64
"""Events handled before the worker looks elsewhere."""
PRIORITIES: Final = {"PCMA/8000": 130, "PCMU/8000": 129}
NEVER: Final = 0
BUSY: Final = 503
RETRY_LATER: Final[Headers] = (("Retry-After", "5"),)


class PjsuaLibrary(SipLibrary):
    def __init__(
        self,
        events: SipEvents,
        listen: tuple[str, int],
        edge: str | None,
        allowed: frozenset[str] = frozenset(),
    ) -> None:
        """Listen for SIP over UDP; `edge` is `host:port`, all calls go by it.

        With `allowed` addresses, whatever comes from another one is dropped in silence.
        Raises LibraryFault when it cannot listen; the process must then end by os._exit.
        """
        self.events = events
        self._allowed = allowed
        self._address = listen[0]
        self._core = PjsipCore(_shared_object())
        self._endpoint = pj.Endpoint()
        self._start(*listen)
        self._calls: dict[str, PjsuaCall] = {}
        self._dialogs: dict[str, PjsuaCall] = {}
        """By Call-ID."""
        self._ended: list[tuple[str, Ending]] = []
        """Over, but the library still holds their place."""
        self._untidy = False
        """A call gives its place in the media bridge up at a tick only, and there are no others:
        without one the 254th call is refused."""
        self._refused: dict[str, int] = {}
        """Call-ID -> status, for after the callback: within it the library forgets headers."""
        self._accounts = AccountBook(self, f"{listen[0]}:{self.port}", edge)
        put_up(self._core, self)

    def _start(self, address: str, port: int) -> None:
        endpoint = self._endpoint
        self._core.be_quiet()
        endpoint.libCreate()
        endpoint.libInit(_endpoint_config())
        before = _sockets()
        transport = pj.TransportConfig()
        transport.boundAddress, transport.port = address, port
        try:
            made = endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        except pj.Error as error:
            raise LibraryFault(f"no SIP at {address}:{port}: {error.reason}") from None
        self.descriptors = tuple(_sockets() - before)
        endpoint.libStart()
        self._bridge = int(endpoint.audDevManager().setNoDev())
        for codec in endpoint.codecEnum2():
            name = codec.codecId.rpartition("/")[0]
            endpoint.codecSetPriority(codec.codecId, PRIORITIES.get(name, NEVER))
        self._core.set_timers(T1_MS, T2_MS, T4_MS, GIVE_UP_MS)
        self.name = f"pjsua2 {endpoint.libVersion().full.strip()}"
        self.capacity = self._core.max_calls()
        self.port = int(endpoint.transportGetInfo(made).localName.rpartition(":")[2])

    # ---- SipLibrary

    def use_accounts(self, accounts: tuple[Account, ...]) -> None:
        self._accounts.use(accounts)

    def invite(self, call: OutgoingCall) -> None:
        if self._core.calls() >= self.capacity:
            raise LibraryFull("all calls of the library are taken")
        made = PjsuaCall(self, self._accounts.for_call(call.account))
        made.leg_id, made.media = call.leg_id, call.media
        call_id = uuid4().hex
        self._calls[call.leg_id] = self._dialogs[call_id] = made
        try:
            made.start(call.request_uri, call.identity, call_id, call.headers)
        except LibraryFault:
            self._forget(made)
            self._ended = [entry for entry in self._ended if entry[0] != call.leg_id]
            raise
        self.events.offered(call.leg_id, call_id, made.own_tag)

    def answer(self, leg_id: str, status: int) -> None:
        if call := self._calls.get(leg_id):
            call.answer_with(status)

    def clear(self, leg_id: str, status: int, headers: Headers) -> None:
        if call := self._calls.get(leg_id):
            call.clear(status, headers)

    def send(self, leg_id: str, method: str, headers: Headers, body: tuple[str, str]) -> None:
        if call := self._calls.get(leg_id):
            call.send(method, headers, body)

    def answer_refer(self, leg_id: str, status: int) -> None:
        call = self._calls.get(leg_id)
        if call and call.kept_refer is not None:
            self._core.respond(call.kept_refer, status, self._contact())
            self._let_refer_go(call)

    def turn(self) -> None:
        for _ in range(LAST_EVENTS):
            if self._endpoint.libHandleEvents(0) <= 0:
                break
        while self._refused:
            call_id, status = self._refused.popitem()
            if call := self._dialogs.get(call_id):
                call.clear(status, RETRY_LATER if status == BUSY else ())
        while self._ended and self._core.calls() < len(self._calls) + len(self._ended):
            self.events.ended(*self._ended.pop(0))
        if self._untidy:
            self._untidy = False
            self._core.tick(self._bridge)
        self._accounts.sweep()

    def idle_ms(self) -> int:
        if self._ended or self._refused or self._untidy:
            return UNFINISHED_MS
        return min(self._core.next_timer_ms(), LONGEST_IDLE_MS)

    def stop(self, within_s: float) -> None:
        """Do as SipLibrary says; the process must then end by os._exit.

        A plain exit aborts, and libDestroy takes a second nobody has.
        """
        deadline = time.monotonic() + within_s
        for call in list(self._calls.values()):
            call.clear(480)
        self._accounts.retire_all()
        while (self._core.calls() or self._accounts.registered()) and (time.monotonic() < deadline):
            self._endpoint.libHandleEvents(20)
        self._calls.clear()
        self._dialogs.clear()
        gc.collect()

    # ---- CallHome, AccountHome

    def over(self, call: PjsuaCall, ending: Ending) -> None:
        self._forget(call)
        self._untidy = True
        if call.leg_id:
            self._ended.append((call.leg_id, ending))

    def on_incoming(self, account: PjsuaAccount, number: int, arrived: Any) -> None:
        invite = read(arrived.wholeMsg)
        call = PjsuaCall(self, account, number)
        call.call_id, call.far_tag = invite.call_id, invite.from_tag
        self._dialogs[invite.call_id] = call
        call.hear(invite)
        call.own_tag = self._core.own_tag(int(arrived.pjRxData))
        self._refused[call.call_id] = 500  # stays so when a fault of ours comes between
        taken = self.events.invited(IncomingCall(invite, arrived.srcAddress, call.own_tag))
        if isinstance(taken, int):
            self._refused[call.call_id] = taken
            return
        del self._refused[call.call_id]
        call.leg_id, call.media = taken.leg_id, taken.media
        self._calls[taken.leg_id] = call

    def on_registration(self, account: Account, registered: bool, status: int, why: str) -> None:
        self.events.registration(
            account.account_id, registered=registered, status=status, reason=why
        )

    def accounts_in_calls(self) -> set[int]:
        return {call.account.getId() for call in self._dialogs.values()}

    # ---- Watcher

    def on_request(self, arrived: Arrived) -> Reply | None:
        message = arrived.text
        if self._allowed and arrived.source.rpartition(":")[0] not in self._allowed:
            return Reply(0)
        call = self._dialogs.get(message.call_id)
        if call and message.method == "INVITE" and not message.to_tag:
            return MERGED  # RFC 3261, 8.2.2.2; a second call would hide the first from us
        reply = self._within(call, arrived) if call else outside(message)
        if call is None and reply is INCOMPATIBLE:
            self.events.offer_refused(message, arrived.source)
        if call and reply is None and call.names(message):
            call.hear(message)
        return reply

    def on_response(self, arrived: Arrived) -> None:
        if call := self._dialogs.get(arrived.text.call_id):
            call.hear(arrived.text)

    def _within(self, call: PjsuaCall, arrived: Arrived) -> Reply | None:
        """Return what is said within a call; what is no part of its dialog the library knows."""
        message = arrived.text
        if not call.names(message) or message.method == "CANCEL" or not call.leg_id:
            return None
        if message.method == "INFO":
            self.events.info(call.leg_id, message.content_type, message.body)
            return OK
        if message.method == "REFER":
            return self._refer(call, arrived)
        return within(message)

    def _refer(self, call: PjsuaCall, arrived: Arrived) -> Reply:
        refer_to = arrived.text.header("refer-to")
        if not refer_to:
            return Reply(400)
        if call.kept_refer is None:
            call.kept_refer = self._core.keep(arrived.handle)
            self.events.refer_asked(call.leg_id, refer_to)
        return Reply(0)

    def _let_refer_go(self, call: PjsuaCall) -> None:
        if call.kept_refer is not None:
            self._core.let_go(call.kept_refer)
            call.kept_refer = None

    def _forget(self, call: PjsuaCall) -> None:
        self._let_refer_go(call)
        self._calls.pop(call.leg_id, None)
        self._dialogs.pop(call.call_id, None)

    def _contact(self) -> Headers:
        return (("Contact", f"<sip:tipring@{self._address}:{self.port}>"),)


def _endpoint_config() -> Any:
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 1
    user_agent = config.uaConfig
    user_agent.maxCalls = 1024  # the library takes it down to what it can do
    user_agent.threadCnt = 0
    user_agent.mainThreadOnly = False
    user_agent.userAgent = "Tipring"
    user_agent.natTypeInSdp = 0
    media = config.medConfig
    media.clockRate = media.sndClockRate = 8000
    media.audioFramePtime = sdp.PTIME_MS
    media.channelCount = 1
    media.noVad = True
    media.ecTailLen = 0
    media.hasIoqueue = False
    media.threadCnt = 0
    return config


def _shared_object() -> str:
    return str(next(Path(pj.__file__).parent.glob("_pjsua2*.so")))


def _sockets() -> set[int]:
    """Return this process' sockets: the library does not tell which one it listens on."""
    numbers = (int(entry.name) for entry in Path("/proc/self/fd").iterdir())
    return {number for number in numbers if _is_socket(number)}


def _is_socket(number: int) -> bool:
    try:
        return Path(f"/proc/self/fd/{number}").readlink().name.startswith("socket:")
    except OSError:
        return False
