"""RTP headers by the book, and everything that is none."""

import numpy as np
import pytest

from drivers.sip.rtp.packet import SLOT_BYTES, Headers, parse_headers, write_headers
from tests.drivers.sip.rtp.wire import rtp

SOUND = bytes(range(160))
PLAIN = rtp(0, 65_535, 2**32 - 1, 0xDEADBEEF, SOUND)


def parsed(*datagrams: bytes) -> Headers:
    slots = np.zeros((len(datagrams), SLOT_BYTES), np.uint8)
    for slot, data in zip(slots, datagrams, strict=True):
        slot[: len(data)] = np.frombuffer(data[:SLOT_BYTES], np.uint8)
    return parse_headers(slots, np.array([min(len(data), SLOT_BYTES) for data in datagrams]))


def payload(data: bytes) -> bytes | None:
    """Return the payload of a datagram, or None if it is refused."""
    headers = parsed(data)
    return data[headers.start[0] : headers.end[0]] if headers.valid[0] else None


def test_a_plain_packet_is_read_field_by_field() -> None:
    headers = parsed(PLAIN, rtp(8, 0, 0, 1, SOUND, marker=True))

    assert headers.valid.tolist() == [True, True]
    assert headers.payload_type.tolist() == [0, 8]
    assert headers.marker.tolist() == [False, True]
    assert headers.sequence.tolist() == [65_535, 0]
    assert headers.timestamp.tolist() == [2**32 - 1, 0]
    assert headers.ssrc.tolist() == [0xDEADBEEF, 1]
    assert payload(PLAIN) == SOUND


def test_contributing_sources_extension_and_padding_are_left_out() -> None:
    head = PLAIN[1:12]
    sources, extension = bytes(8), b"\xbe\xde\x00\x02" + bytes(8)

    assert payload(b"\x82" + head + sources + SOUND) == SOUND
    assert payload(b"\x90" + head + extension + SOUND) == SOUND
    assert payload(b"\xa0" + head + SOUND + b"\x00\x00\x03") == SOUND
    assert payload(b"\xb2" + head + sources + extension + SOUND + b"\x01") == SOUND


@pytest.mark.parametrize(
    "data",
    {
        "empty": b"",
        "short": PLAIN[:11],
        "no payload": PLAIN[:12],
        "version 1": b"\x40" + PLAIN[1:],
        "version 3": b"\xc0" + PLAIN[1:],
        "sources beyond the end": b"\x8f" + PLAIN[1:60],
        "extension beyond the end": b"\x90" + PLAIN[1:12] + b"\x00\x00\xff\xff" + SOUND,
        "extension cut": b"\x90" + PLAIN[1:14],
        "padding of nothing": b"\xa0" + PLAIN[1:] + b"\x00",
        "padding beyond the start": b"\xa0" + PLAIN[1:] + b"\xff",
        "RTCP": b"\x80\xc8" + PLAIN[2:],
        "too long": PLAIN + bytes(SLOT_BYTES),
    }.items(),
    ids=lambda item: item[0],
)
def test_nonsense_is_refused(data: tuple[str, bytes]) -> None:
    assert payload(data[1]) is None


def test_what_is_written_reads_as_it_was_meant() -> None:
    words = np.zeros((1, 43), ">u4")
    numbers = [np.array([n]) for n in (0x80 | 8, 65_536 + 5, 2**32 + 7, 2**31 + 1)]
    write_headers(words, *numbers)

    assert words.tobytes()[:12] == rtp(8, 5, 7, 2**31 + 1, b"", marker=True)
