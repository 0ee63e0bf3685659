"""Session descriptions: what the far end offers or answers, and ours with the port of our RTP.

RFC 8866 for the form, RFC 3264 for what an offer and its answer mean together.
The library makes our descriptions; only where the sound goes is put in here.
"""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from drivers.sip.media_messages import Codec, MediaDirection

PTIME_MS: Final = 20
_RTP: Final = frozenset({"RTP/AVP", "RTP/AVPF"})
_STATIC: Final = {0: Codec.PCMU, 8: Codec.PCMA}
"""RFC 3551 table 4: needs no rtpmap."""
_HELD_ADDRESSES: Final = frozenset({"0.0.0.0", "::"})
_OURS: Final = {
    MediaDirection.SENDRECV: MediaDirection.SENDRECV,
    MediaDirection.SENDONLY: MediaDirection.RECVONLY,
    MediaDirection.RECVONLY: MediaDirection.SENDONLY,
    MediaDirection.INACTIVE: MediaDirection.INACTIVE,
}
_HELD: Final = {
    MediaDirection.SENDRECV: MediaDirection.RECVONLY,
    MediaDirection.SENDONLY: MediaDirection.INACTIVE,
}
"""The far end gave no address to send to."""
_NOT_OURS_TO_SAY: Final = ("a=rtcp:", "a=rtcp-", "a=ssrc", "a=candidate", "a=X-nat", "a=ptime:")
_EVENTS: Final = "TELEPHONE-EVENT"


@dataclass(frozen=True, slots=True)
class Stream:
    """One m= line. `payloads` in the order of preference: number, name in capitals, clock rate."""

    kind: str
    port: int
    protocol: str
    address: str
    payloads: tuple[tuple[int, str, int], ...]
    direction: MediaDirection

    def codecs(self) -> list[tuple[Codec, int]]:
        """Return the codecs we speak with the far end's numbers for them."""
        return [
            (Codec(name), number)
            for number, name, rate in self.payloads
            if rate == 8000 and name in Codec.__members__
        ]

    def events(self) -> int | None:
        """Return the number of telephone-event at 8000 Hz (RFC 4733)."""
        found = (n for n, name, rate in self.payloads if (name, rate) == (_EVENTS, 8000))
        return next(found, None)

    def carries_speech(self) -> bool:
        return self.kind == "audio" and self.protocol in _RTP and self.port > 0


@dataclass(frozen=True, slots=True)
class Agreed:
    """What comes of an offer and its answer, seen from our side."""

    local_port: int
    address: str
    port: int
    codec: Codec
    payload_type: int
    event_payload_type: int | None
    direction: MediaDirection


def parse(text: str) -> tuple[Stream, ...]:
    """Return the m= lines of a description; what cannot be read counts as refused (port 0)."""
    session, *media = re.split(r"^(?=m=)", text, flags=re.MULTILINE)
    head = _Fields.of(session)
    return tuple(_stream(_Fields.of(part), head) for part in media)


def can_meet(offer: str) -> bool:
    """Say whether there is a stream with a codec of ours at an address sound can be sent to."""
    return any(
        stream.carries_speech() and stream.codecs() and _is_address(stream.address)
        for stream in parse(offer)
    )


def agree(ours: str, theirs: str) -> Agreed | None:
    """Return what the last two descriptions agree on; None when they have no sound in common."""
    for our, their in zip(parse(ours), parse(theirs), strict=False):
        common = [pair for pair in their.codecs() if pair[0] in dict(our.codecs())]
        if our.kind == their.kind == "audio" and our.port and common:
            return _agreed(our, their, common[0])
    return None


def _agreed(our: Stream, their: Stream, choice: tuple[Codec, int]) -> Agreed:
    direction = _OURS[their.direction]
    if their.address in _HELD_ADDRESSES:
        direction = _HELD.get(direction, direction)
    return Agreed(
        local_port=our.port,
        address=their.address,
        port=their.port,
        codec=choice[0],
        payload_type=choice[1],
        event_payload_type=their.events() if our.events() is not None else None,
        direction=direction,
    )


def with_our_media(text: str, address: str, port: int) -> str:
    """Return our description with the sound at `address` and `port`, 20 ms a packet.

    Streams the library refused (port 0) stay refused; what told of the
    library's own sockets goes.
    """
    family = "IP6" if ":" in address else "IP4"
    lines: list[str] = []
    for line in text.splitlines():
        if line.startswith("o="):
            lines.append(" ".join([*line.split(" ")[:3], "IN", family, address]))
        elif line.startswith("c="):
            lines.append(f"c=IN {family} {address}")
        elif line.startswith("m="):
            lines.append(re.sub(r"^(m=audio) [1-9]\d*", rf"\1 {port}", line))
        elif not line.startswith(_NOT_OURS_TO_SAY):
            lines.append(line)
        if line.startswith("a=rtpmap:") and "telephone-event" in line:
            lines.append(f"a=ptime:{PTIME_MS}")
    return "\r\n".join(lines) + "\r\n"


@dataclass(frozen=True, slots=True)
class _Fields:
    """The lines of one section: the session's, or one m= line's."""

    media: str
    address: str | None
    direction: MediaDirection | None
    names: dict[int, tuple[str, int]]

    @classmethod
    def of(cls, section: str) -> "_Fields":
        lines = [line.strip() for line in section.splitlines()]
        media = next((line[2:] for line in lines if line.startswith("m=")), "")
        addresses = (line.split() for line in lines if line.startswith("c="))
        address = next((parts[2].split("/")[0] for parts in addresses if len(parts) == 3), None)
        said = (line[2:] for line in lines if line.startswith("a="))
        directions = (MediaDirection(word) for word in said if word in _DIRECTIONS)
        names = (_RTPMAP.match(line) for line in lines)
        return cls(
            media,
            address,
            next(directions, None),
            {int(m[1]): (m[2].upper(), int(m[3])) for m in names if m},
        )


_DIRECTIONS: Final = frozenset(direction.value for direction in MediaDirection)
_RTPMAP: Final = re.compile(r"a=rtpmap:(\d{1,3})\s+([^/\s]+)/(\d{1,6})(?:/1)?$")
_MEDIA: Final = re.compile(r"(\S+)\s+(\d{1,5})(?:/\d+)?\s+(\S+)((?:\s+\S+)*)$")


def _stream(fields: _Fields, session: _Fields) -> Stream:
    found = _MEDIA.match(fields.media)
    kind, port, protocol, formats = found.groups() if found else ("", "0", "", "")
    return Stream(
        kind=kind,
        port=int(port) if int(port) <= 65535 else 0,
        protocol=protocol,
        address=fields.address or session.address or "",
        payloads=tuple(_payload(int(n), fields.names) for n in formats.split() if n.isdecimal()),
        direction=fields.direction or session.direction or MediaDirection.SENDRECV,
    )


def _payload(number: int, names: dict[int, tuple[str, int]]) -> tuple[int, str, int]:
    static = _STATIC.get(number)
    name, rate = names.get(number) or (static.value if static else "", 8000)
    return number, name, rate


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
