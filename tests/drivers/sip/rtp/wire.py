"""A far end's packets, made byte by byte, and the network between us: lossy, late, seeded."""

import struct


def rtp(
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    marker: bool = False,
) -> bytes:
    """Return one RTP packet, by the picture in RFC 3550, 5.1."""
    return (
        struct.pack(
            "!BBHII",
            0x80,
            marker << 7 | payload_type,
            sequence % 2**16,
            timestamp % 2**32,
            ssrc,
        )
        + payload
    )
