"""Sees every SIP message before the library does, and may answer it in its place.

pjsua2 follows a REFER the moment it comes, leaves REGISTER unanswered and takes
any MESSAGE. Its C core lets a *module* look first; all C symbols are exported,
so one is registered here through ctypes. Only structures whose form is part of
the library's public interface are touched (pjsip_module, pj_str_t and the first
three fields of pjsip_hdr); the text of a message comes from the library itself.
"""

import ctypes
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import pjsua2 as pj  # type: ignore[import-untyped]

from drivers.sip.signalling.library import Headers, LibraryFault
from drivers.sip.signalling.message import SipText, read
from drivers.sip.signalling.shield import shielded

log = logging.getLogger(__name__)

BEFORE_TRANSACTIONS: Final = 4
AFTER_TRANSACTIONS: Final = 12
"""Priorities: the transaction layer has 8, the dialogs 15. A request is shown after the first,
so never twice; a response before it, since transactions keep theirs."""

_SEEN: Final = 1
"""pj_bool_t: nobody behind us gets the message."""
_PASSED_ON: Final = 0
_RX_TEXT: Final = "_ZN2pj9SipRxData6fromPjER13pjsip_rx_data"
"""pj::SipRxData::fromPj(pjsip_rx_data&)"""
_TX_TEXT: Final = "_ZN2pj9SipTxData6fromPjER13pjsip_tx_data"
_NEEDED: Final = (
    "pjsua_get_pjsip_endpt",
    "pjsip_endpt_register_module",
    "pjsip_endpt_respond",
    "pjsip_rx_data_clone",
    "pjsip_rx_data_free_cloned",
    "pjsip_rdata_get_dlg",
    "pjsip_dlg_create_response",
    "pjsip_tx_data_encode",
    "pjsip_tx_data_dec_ref",
    "pjsip_generic_string_hdr_create",
    "pjsip_tsx_set_timers",
    "pjsua_pool_create",
    "pj_pool_release",
    "pjsua_call_get_count",
    "pjsua_call_get_max_count",
    _RX_TEXT,
    _TX_TEXT,
)


class _Str(ctypes.Structure):
    _fields_ = (("text", ctypes.c_char_p), ("length", ctypes.c_ssize_t))

    @classmethod
    def of(cls, text: str) -> "_Str":
        data = text.encode()
        return cls(data, len(data))


class _Listed(ctypes.Structure):
    """The beginning of every pjsip_hdr: its neighbours in a ring."""

    _fields_ = (("previous", ctypes.c_void_p), ("next", ctypes.c_void_p))


_ON_MESSAGE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class _Module(ctypes.Structure):
    _fields_ = (
        ("neighbours", _Listed),
        ("name", _Str),
        ("id", ctypes.c_int),
        ("priority", ctypes.c_int),
        ("life", ctypes.c_void_p * 4),
        ("on_request", _ON_MESSAGE),
        ("on_response", _ON_MESSAGE),
        ("on_sending", ctypes.c_void_p * 2),
        ("on_transaction", ctypes.c_void_p),
    )


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


class Screen:
    """Shows messages to its watcher, from `watch` on until the process ends."""

    def __init__(self, shared_object: str) -> None:
        """Raise LibraryFault when this build of the library lacks what is needed."""
        self._c = ctypes.CDLL(shared_object)
        missing = [name for name in _NEEDED if not hasattr(self._c, name)]
        if missing:
            raise LibraryFault(f"this build of pjsua2 does not export {', '.join(missing)}")
        self._declare()
        self._modules: list[_Module] = []
        """The library holds pointers to them."""

    def calls(self) -> int:
        """Return how many calls the library holds a place for, ended ones included."""
        return int(self._c.pjsua_call_get_count())

    def max_calls(self) -> int:
        return int(self._c.pjsua_call_get_max_count())

    def set_timers(self, t1_ms: int, t2_ms: int, t4_ms: int, give_up_ms: int) -> None:
        self._c.pjsip_tsx_set_timers(t1_ms, t2_ms, t4_ms, give_up_ms)

    def watch(self, watcher: Watcher) -> None:
        @shielded(lambda _handle: _SEEN)
        def on_request(handle: int) -> int:
            arrived = self._arrived(handle)
            reply = watcher.on_request(arrived)
            if reply and reply.status:
                self.respond(handle, reply)
            return _PASSED_ON if reply is None else _SEEN

        @shielded(lambda _handle: _PASSED_ON)
        def on_response(handle: int) -> int:
            watcher.on_response(self._arrived(handle))
            return _PASSED_ON

        self._register("mod-tipring-gate", AFTER_TRANSACTIONS, on_request=on_request)
        self._register("mod-tipring-ear", BEFORE_TRANSACTIONS, on_response=on_response)

    def respond(self, handle: int, reply: Reply) -> None:
        """Answer a request by a transaction of its own, which repeats it as long as needed."""
        pool = self._c.pjsua_pool_create(b"tipring", 1024, 1024)
        try:
            ring = self._ring(pool, reply.headers)
            status = self._c.pjsip_endpt_respond(
                self._endpoint, None, handle, reply.status, None, ctypes.byref(ring), None, None
            )
        finally:
            self._c.pj_pool_release(pool)
        if status:
            log.warning("sip: a message could not be answered with %d", reply.status)

    def keep(self, handle: int) -> int:
        """Return a copy of a request, to be answered later and then let go."""
        copy = ctypes.c_void_p()
        if self._c.pjsip_rx_data_clone(handle, 0, ctypes.byref(copy)) or not copy.value:
            raise LibraryFault("a request could not be kept")
        return copy.value

    def let_go(self, kept: int) -> None:
        self._c.pjsip_rx_data_free_cloned(kept)

    def own_tag(self, handle: int) -> str:
        """Return the tag the library gave itself in the dialog that this INVITE began.

        It is told nowhere, so a response is made, read and thrown away.
        """
        dialog, made = self._c.pjsip_rdata_get_dlg(handle), ctypes.c_void_p()
        response = (dialog, handle, 180, None, ctypes.byref(made))
        if not dialog or self._c.pjsip_dlg_create_response(*response):
            return ""
        try:
            self._c.pjsip_tx_data_encode(made)
            data = pj.SipTxData()
            self._tx_text(int(data.this), made)
            return read(data.wholeMsg).to_tag
        finally:
            self._c.pjsip_tx_data_dec_ref(made)

    def _arrived(self, handle: int) -> Arrived:
        data = pj.SipRxData()
        self._rx_text(int(data.this), handle)
        return Arrived(read(data.wholeMsg), data.srcAddress, handle)

    def _ring(self, pool: int, headers: Headers) -> _Listed:
        """Return the head of a header list; what is in it lives in `pool`."""
        head = _Listed()
        address = last = ctypes.addressof(head)
        for name, value in headers:
            made = self._c.pjsip_generic_string_hdr_create(
                pool, ctypes.byref(_Str.of(name)), ctypes.byref(_Str.of(value))
            )
            _Listed.from_address(made).previous = last
            _Listed.from_address(last).next = made
            last = made
        _Listed.from_address(last).next = address
        head.previous = last
        return head

    def _register(
        self,
        name: str,
        priority: int,
        on_request: Callable[[int], int] | None = None,
        on_response: Callable[[int], int] | None = None,
    ) -> None:
        module = _Module(name=_Str.of(name), id=-1, priority=priority)
        if on_request:
            module.on_request = _ON_MESSAGE(on_request)
        if on_response:
            module.on_response = _ON_MESSAGE(on_response)
        self._modules.append(module)
        if self._c.pjsip_endpt_register_module(self._endpoint, ctypes.byref(module)):
            raise LibraryFault("the library takes no module")

    def _declare(self) -> None:
        pointer, c = ctypes.c_void_p, self._c
        c.pjsua_get_pjsip_endpt.restype = pointer
        c.pjsip_endpt_register_module.argtypes = (pointer, pointer)
        c.pjsip_endpt_respond.argtypes = (pointer,) * 3 + (ctypes.c_int,) + (pointer,) * 4
        c.pjsip_rx_data_clone.argtypes = (pointer, ctypes.c_uint, pointer)
        c.pjsip_rx_data_free_cloned.argtypes = (pointer,)
        c.pjsip_rdata_get_dlg.argtypes = (pointer,)
        c.pjsip_rdata_get_dlg.restype = pointer
        c.pjsip_dlg_create_response.argtypes = (pointer, pointer, ctypes.c_int, pointer, pointer)
        c.pjsip_tx_data_encode.argtypes = (pointer,)
        c.pjsip_tx_data_dec_ref.argtypes = (pointer,)
        c.pjsip_generic_string_hdr_create.argtypes = (pointer,) * 3
        c.pjsip_generic_string_hdr_create.restype = pointer
        c.pjsip_tsx_set_timers.argtypes = (ctypes.c_uint,) * 4
        c.pjsip_tsx_set_timers.restype = None
        c.pjsua_pool_create.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t)
        c.pjsua_pool_create.restype = pointer
        c.pj_pool_release.argtypes = (pointer,)
        c.pj_pool_release.restype = None
        self._rx_text, self._tx_text = getattr(c, _RX_TEXT), getattr(c, _TX_TEXT)
        for reader in (self._rx_text, self._tx_text):
            reader.argtypes, reader.restype = (pointer, pointer), None

    @property
    def _endpoint(self) -> int:
        return int(self._c.pjsua_get_pjsip_endpt())
