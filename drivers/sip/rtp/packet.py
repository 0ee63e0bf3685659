"""RTP packets of a whole tick at once: bytes into arrays and back (RFC 3550, section 5.1)."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

SLOT_BYTES: Final = 1024
"""Room for one datagram: 60 ms of G.711 with every contributing source; longer is refused."""
HEADER_BYTES: Final = 12
MAX_SOUND_BYTES: Final = 480
"""60 ms; nobody we know sends longer packets of G.711."""

Bytes: TypeAlias = NDArray[np.uint8]
Bools: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]
Words: TypeAlias = NDArray[np.uint32]
Rows: TypeAlias = NDArray[np.intp]
"""Places in arrays over all endpoints."""

PLAIN: Final = 0x8000
"""The upper half of a plain header's first word, but for marker and payload type."""
_VERSION_2: Final = 0x80
_PADDING, _EXTENSION, _SOURCES = 0x20, 0x10, 0x0F
# RTCP sent to the RTP port would read as these payload types (RFC 5761, section 4).
_RTCP_FIRST, _RTCP_LAST = 64, 95


@dataclass(frozen=True, slots=True)
class Headers:
    """What each datagram of a batch says; the rest counts only where `valid`."""

    valid: Bools
    marker: Bools
    payload_type: Ints
    sequence: Ints
    timestamp: Words
    ssrc: Words
    start: Ints
    """Where the payload begins in the datagram,"""
    end: Ints
    """... and where it ends, padding left out."""


def first_words(slots: Bytes) -> Words:
    """Return the three words of each plain header; shape (n, 3)."""
    return slots[:, :HEADER_BYTES].copy().view(">u4").astype(np.uint32)


def parse_headers(slots: Bytes, lengths: Ints) -> Headers:
    """Read the headers of datagrams, `slots` of shape (n, SLOT_BYTES), `lengths` of shape (n,).

    Not valid: another version, RTCP, no payload, and whatever claims more than its length.
    """
    words = first_words(slots)
    first = words[:, 0]
    flags = (first >> 24).astype(np.int64)
    payload_type = ((first >> 16) & 0x7F).astype(np.int64)
    start, end = np.full(len(slots), HEADER_BYTES), lengths.copy()
    for at in np.flatnonzero(flags != _VERSION_2).tolist():
        start[at], end[at] = _payload(slots[at], int(flags[at]), int(lengths[at]))
    valid = (
        (flags & 0xC0 == _VERSION_2)
        & (lengths < SLOT_BYTES)
        & (start < end)
        & ((payload_type < _RTCP_FIRST) | (payload_type > _RTCP_LAST))
    )
    return Headers(
        valid=valid,
        marker=(first & 0x800000) != 0,
        payload_type=payload_type,
        sequence=(first & 0xFFFF).astype(np.int64),
        timestamp=words[:, 1],
        ssrc=words[:, 2],
        start=start,
        end=end,
    )


def _payload(slot: Bytes, flags: int, length: int) -> tuple[int, int]:
    """Return where the payload of a datagram with anything but the plain header lies."""
    start = HEADER_BYTES + 4 * (flags & _SOURCES)
    if flags & _EXTENSION:
        if start + 4 > length:
            return length, length
        start += 4 + 4 * (int(slot[start + 2]) << 8 | int(slot[start + 3]))
    if not flags & _PADDING or not 0 < length <= len(slot):
        return start, length
    padding = int(slot[length - 1])
    return start, length - padding if padding else 0


def write_headers(
    words: NDArray[np.uint32], kind: Ints, sequence: Ints, timestamp: Ints, ssrc: Ints
) -> None:
    """Write plain headers into the first three big-endian words of each row.

    kind: marker bit and payload type, as in the second byte of the header.
    """
    words[:, 0] = _VERSION_2 << 24 | kind << 16 | sequence & 0xFFFF
    words[:, 1] = timestamp & 0xFFFFFFFF
    words[:, 2] = ssrc


def packet(kind: int, sequence: int, timestamp: int, ssrc: int, payload: bytes) -> bytes:
    """Return one packet; arguments as in `write_headers`."""
    first = bytes((_VERSION_2, kind)) + (sequence & 0xFFFF).to_bytes(2)
    return first + (timestamp & 0xFFFFFFFF).to_bytes(4) + ssrc.to_bytes(4) + payload
