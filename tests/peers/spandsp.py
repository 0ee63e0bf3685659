"""The parts of Debian's libspandsp2 that judge our sounds: DTMF and caller ID, both ways."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from firmware.contract.pcm import Samples

LIBRARY = "libspandsp.so.2"
BELL_202, V23 = 1, 2
"""spandsp's names for them: ADSI_STANDARD_CLASS and ADSI_STANDARD_CLIP."""
MDMF, TIME, NUMBER, NAME = 0x80, 0x01, 0x02, 0x07

_GotDigits = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_char), ctypes.c_int)
_GotMessage = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint8), ctypes.c_int)


def load() -> ctypes.CDLL:
    """Return the library with its functions declared. Raises OSError if it is not installed."""
    library = ctypes.CDLL(LIBRARY)
    state, buffer, integer = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int
    octet, octets = ctypes.POINTER(ctypes.c_uint8), ctypes.POINTER(ctypes.POINTER(ctypes.c_uint8))
    for name, result, arguments in (
        ("dtmf_rx_init", state, [state, _GotDigits, state]),
        ("dtmf_rx", integer, [state, buffer, integer]),
        ("dtmf_rx_free", integer, [state]),
        ("dtmf_tx_init", state, [state]),
        ("dtmf_tx_put", integer, [state, ctypes.c_char_p, integer]),
        ("dtmf_tx", integer, [state, buffer, integer]),
        ("dtmf_tx_free", integer, [state]),
        ("adsi_tx_init", state, [state, integer]),
        ("adsi_tx", integer, [state, buffer, integer]),
        ("adsi_tx_put_message", integer, [state, ctypes.c_char_p, integer]),
        (
            "adsi_add_field",
            integer,
            [state, ctypes.c_char_p, integer, ctypes.c_uint8, ctypes.c_char_p, integer],
        ),
        ("adsi_tx_free", integer, [state]),
        ("adsi_rx_init", state, [state, integer, _GotMessage, state]),
        ("adsi_rx", integer, [state, buffer, integer]),
        ("adsi_rx_free", integer, [state]),
        (
            "adsi_next_field",
            integer,
            [state, octet, integer, integer, octet, octets, ctypes.POINTER(integer)],
        ),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


@contextmanager
def _held(library: ctypes.CDLL, name: str, *arguments: object) -> Iterator[ctypes.c_void_p]:
    """Yield a state made by NAME_init and free it."""
    state = ctypes.c_void_p(getattr(library, f"{name}_init")(None, *arguments))
    try:
        yield state
    finally:
        getattr(library, f"{name}_free")(state)


def _made(library: ctypes.CDLL, name: str, state: ctypes.c_void_p) -> Samples:
    """Return all that a transmitter has to send."""
    pieces = []
    block = np.zeros(160, np.int16)
    while (count := getattr(library, name)(state, block.ctypes.data, len(block))) > 0:
        pieces.append(block[:count].copy())
    return np.concatenate(pieces)


def digits_heard(library: ctypes.CDLL, audio: Samples) -> str:
    heard: list[str] = []
    keep = _GotDigits(lambda _, digits, count: heard.append(digits[:count].decode()))
    with _held(library, "dtmf_rx", keep, None) as state:
        sound = np.ascontiguousarray(audio)
        library.dtmf_rx(state, sound.ctypes.data, len(sound))
    return "".join(heard)


def digits_made(library: ctypes.CDLL, digits: str) -> Samples:
    with _held(library, "dtmf_tx") as state:
        library.dtmf_tx_put(state, digits.encode(), len(digits))
        return _made(library, "dtmf_tx", state)


def caller_id_made(library: ctypes.CDLL, standard: int, fields: dict[int, bytes]) -> Samples:
    message = ctypes.create_string_buffer(256)
    with _held(library, "adsi_tx", standard) as state:
        length = library.adsi_add_field(state, message, -1, MDMF, None, 0)
        for kind, text in fields.items():
            length = library.adsi_add_field(state, message, length, kind, text, len(text))
        library.adsi_tx_put_message(state, message, length)
        return _made(library, "adsi_tx", state)


def caller_id_heard(library: ctypes.CDLL, standard: int, audio: Samples) -> list[dict[int, bytes]]:
    """Return the fields of each message that spandsp's receiver believes."""
    heard: list[bytes] = []
    keep = _GotMessage(lambda _, octets, count: heard.append(bytes(octets[:count])))
    with _held(library, "adsi_rx", standard, keep, None) as state:
        sound = np.ascontiguousarray(audio)
        library.adsi_rx(state, sound.ctypes.data, len(sound))
        return [dict(_fields(library, state, message)) for message in heard]


def _fields(
    library: ctypes.CDLL, state: ctypes.c_void_p, message: bytes
) -> Iterator[tuple[int, bytes]]:
    octets = (ctypes.c_uint8 * len(message)).from_buffer_copy(message)
    kind, length = ctypes.c_uint8(), ctypes.c_int()
    body = ctypes.POINTER(ctypes.c_uint8)()
    at = -1
    while True:
        at = library.adsi_next_field(
            state,
            octets,
            len(message),
            at,
            ctypes.byref(kind),
            ctypes.byref(body),
            ctypes.byref(length),
        )
        if at <= 0:
            return
        yield kind.value, bytes(body[: length.value]) if body else b""
