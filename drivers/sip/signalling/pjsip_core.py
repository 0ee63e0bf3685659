"""The C core below pjsua2, by ctypes: what the Python binding cannot say or do.

All C symbols of the packaged library are exported. Only structures whose form is
part of its public interface are touched (pjsip_module, pj_str_t, the beginning of
pjsip_hdr); the text of a message comes from the binding's own functions.
"""

import ctypes
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import pjsua2 as pj  # type: ignore[import-untyped]

from drivers.sip.signalling.library import Headers, LibraryFault
from drivers.sip.signalling.message import SipText, read

log = logging.getLogger(__name__)

ROLE_UAS: Final = 1
AUDIO_FRAME: Final = 1
FRAME_BYTES: Final = 320
NO_TIMER_MS: Final = 3_600_000
ERRORS: Final = 1
_RX_TEXT: Final = "_ZN2pj9SipRxData6fromPjER13pjsip_rx_data"
"""pj::SipRxData::fromPj(pjsip_rx_data&), and the same for what is sent."""
_TX_TEXT: Final = "_ZN2pj9SipTxData6fromPjER13pjsip_tx_data"

_P: Final = ctypes.c_void_p
_I: Final = ctypes.c_int
_FUNCTIONS: Final[dict[str, tuple[type | None, tuple[type, ...]]]] = {
    # name: result, arguments
    "pjsua_get_pjsip_endpt": (_P, ()),
    "pjsua_call_get_count": (ctypes.c_uint, ()),
    "pjsua_call_get_max_count": (ctypes.c_uint, ()),
    "pjsua_pool_create": (_P, (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t)),
    "pj_pool_release": (None, (_P,)),
    "pjsip_endpt_register_module": (_I, (_P, _P)),
    "pjsip_endpt_respond": (_I, (_P, _P, _P, _I, _P, _P, _P, _P)),
    "pjsip_generic_string_hdr_create": (_P, (_P, _P, _P)),
    "pjsip_rx_data_clone": (_I, (_P, ctypes.c_uint, _P)),
    "pjsip_rx_data_free_cloned": (_I, (_P,)),
    "pjsip_get_invite_method": (_P, ()),
    "pjmedia_port_get_frame": (_I, (_P, _P)),
    "pj_log_set_level": (None, (_I,)),
    "pjsip_tsx_create_key": (_I, (_P, _P, _I, _P, _P)),
    "pjsip_tsx_layer_find_tsx": (_P, (_P, _I)),
    "pjsip_tsx_get_dlg": (_P, (_P,)),
    "pjsip_endpt_get_timer_heap": (_P, (_P,)),
    "pj_timer_heap_earliest_time": (_I, (_P, _P)),
    "pj_gettickcount": (_I, (_P,)),
    "pjsip_tsx_set_timers": (None, (ctypes.c_uint,) * 4),
    "pjsip_dlg_create_response": (_I, (_P, _P, _I, _P, _P)),
    "pjsip_tx_data_encode": (_I, (_P,)),
    "pjsip_tx_data_dec_ref": (_I, (_P,)),
    _RX_TEXT: (None, (_P, _P)),
    _TX_TEXT: (None, (_P, _P)),
}

OnMessage = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class Str(ctypes.Structure):
    """pj_str_t"""

    _fields_ = (("text", ctypes.c_char_p), ("length", ctypes.c_ssize_t))

    @classmethod
    def of(cls, text: str) -> "Str":
        data = text.encode()
        return cls(data, len(data))


class Listed(ctypes.Structure):
    """The beginning of every pjsip_hdr and pjsip_module: its neighbours in a ring."""

    _fields_ = (("previous", ctypes.c_void_p), ("next", ctypes.c_void_p))


class Module(ctypes.Structure):
    """pjsip_module"""

    _fields_ = (
        ("neighbours", Listed),
        ("name", Str),
        ("id", ctypes.c_int),
        ("priority", ctypes.c_int),
        ("life", ctypes.c_void_p * 4),
        ("on_request", OnMessage),
        ("on_response", OnMessage),
        ("on_sending", ctypes.c_void_p * 2),
        ("on_transaction", ctypes.c_void_p),
    )


class TimeValue(ctypes.Structure):
    """pj_time_val"""

    _fields_ = (("seconds", ctypes.c_long), ("ms", ctypes.c_long))

    @property
    def in_ms(self) -> int:
        return int(self.seconds) * 1000 + int(self.ms)


class Frame(ctypes.Structure):
    """pjmedia_frame"""

    _fields_ = (
        ("type", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("size", ctypes.c_size_t),
        ("timestamp", ctypes.c_uint64),
        ("bit_info", ctypes.c_uint32),
    )


class PjsipCore:
    def __init__(self, shared_object: str) -> None:
        """Raise LibraryFault when this build of the library lacks what is needed."""
        self._c = ctypes.CDLL(shared_object)
        missing = [name for name in _FUNCTIONS if not hasattr(self._c, name)]
        if missing:
            raise LibraryFault(f"this build of pjsua2 does not export {', '.join(missing)}")
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(self._c, name)
            function.restype, function.argtypes = result, arguments
        self._modules: list[Module] = []
        """The library holds pointers to them."""

    def be_quiet(self) -> None:
        """Say errors only, from the first moment on: libInit comes too late for that."""
        self._c.pj_log_set_level(ERRORS)

    def calls(self) -> int:
        """Return how many calls the library holds a place for, ended ones included."""
        return int(self._c.pjsua_call_get_count())

    def max_calls(self) -> int:
        return int(self._c.pjsua_call_get_max_count())

    def next_timer_ms(self) -> int:
        """Return in how long the first of the library's timers is due, 0 for one that is late."""
        due, now = TimeValue(), TimeValue()
        heap = self._c.pjsip_endpt_get_timer_heap(self._c.pjsua_get_pjsip_endpt())
        if self._c.pj_timer_heap_earliest_time(heap, ctypes.byref(due)):
            return NO_TIMER_MS
        self._c.pj_gettickcount(ctypes.byref(now))
        return max(0, due.in_ms - now.in_ms)

    def set_timers(self, t1_ms: int, t2_ms: int, t4_ms: int, give_up_ms: int) -> None:
        self._c.pjsip_tsx_set_timers(t1_ms, t2_ms, t4_ms, give_up_ms)

    def tick(self, bridge: int) -> None:
        """Let the media bridge do what it put off until its next 20 ms; the sound is dropped."""
        silence = ctypes.create_string_buffer(FRAME_BYTES)
        frame = Frame(AUDIO_FRAME, ctypes.addressof(silence), FRAME_BYTES)
        self._c.pjmedia_port_get_frame(bridge, ctypes.byref(frame))

    def register(
        self,
        name: str,
        priority: int,
        on_request: Callable[[int], int] | None = None,
        on_response: Callable[[int], int] | None = None,
    ) -> None:
        """Let a module of ours see messages; it must outlive the library."""
        module = Module(name=Str.of(name), id=-1, priority=priority)
        if on_request:
            module.on_request = OnMessage(on_request)
        if on_response:
            module.on_response = OnMessage(on_response)
        self._modules.append(module)
        endpoint = self._c.pjsua_get_pjsip_endpt()
        if self._c.pjsip_endpt_register_module(endpoint, ctypes.byref(module)):
            raise LibraryFault("the library takes no module")

    def received(self, handle: int) -> tuple[SipText, str]:
        """Return a received message and the `address:port` it came from."""
        data = pj.SipRxData()
        getattr(self._c, _RX_TEXT)(int(data.this), handle)
        return read(data.wholeMsg), data.srcAddress

    def respond(self, handle: int, status: int, headers: Headers) -> None:
        """Answer a request by a transaction of its own, which repeats it as long as needed."""
        with self._pool() as pool:
            ring, endpoint = self._ring(pool, headers), self._c.pjsua_get_pjsip_endpt()
            fault = self._c.pjsip_endpt_respond(
                endpoint, None, handle, status, None, ctypes.byref(ring), None, None
            )
        if fault:
            log.debug("sip: a mangled message could not be answered with %d", status)

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
        dialog, made = self._dialog(handle), ctypes.c_void_p()
        if not dialog or self._c.pjsip_dlg_create_response(
            dialog, handle, 180, None, ctypes.byref(made)
        ):
            return ""
        try:
            self._c.pjsip_tx_data_encode(made)
            data = pj.SipTxData()
            getattr(self._c, _TX_TEXT)(int(data.this), made)
            return read(data.wholeMsg).to_tag
        finally:
            self._c.pjsip_tx_data_dec_ref(made)

    def _dialog(self, handle: int) -> int | None:
        """Return the dialog that an INVITE's transaction belongs to."""
        key, method = Str(), self._c.pjsip_get_invite_method()
        with self._pool() as pool:
            if self._c.pjsip_tsx_create_key(pool, ctypes.byref(key), ROLE_UAS, method, handle):
                return None
            transaction = self._c.pjsip_tsx_layer_find_tsx(ctypes.byref(key), 0)
        return self._c.pjsip_tsx_get_dlg(transaction) if transaction else None

    @contextmanager
    def _pool(self) -> Iterator[int]:
        pool = self._c.pjsua_pool_create(b"tipring", 1024, 1024)
        try:
            yield pool
        finally:
            self._c.pj_pool_release(pool)

    def _ring(self, pool: int, headers: Headers) -> Listed:
        """Return the head of a header list; what is in it lives in `pool`."""
        head = Listed()
        address = last = ctypes.addressof(head)
        for name, value in headers:
            made = self._c.pjsip_generic_string_hdr_create(
                pool, ctypes.byref(Str.of(name)), ctypes.byref(Str.of(value))
            )
            Listed.from_address(made).previous = last
            Listed.from_address(last).next = made
            last = made
        Listed.from_address(last).next = address
        head.previous = last
        return head
