"""RTCP reports as bytes and back, with no socket or clock attached (RFC 3550, section 6)."""

import struct
from dataclasses import dataclass
from typing import Final

SENDER_REPORT: Final = 200
RECEIVER_REPORT: Final = 201
DESCRIPTION: Final = 202
BYE: Final = 203
MAX_BYTES: Final = 1500
_VERSION_2: Final = 0x80
_COUNT: Final = 0x1F
_SENDER: Final = struct.Struct("!IIIII")
_BLOCK: Final = struct.Struct("!IIIIII")
_CNAME: Final = 1
_MOST_LOST: Final = (1 << 23) - 1
NTP_EPOCH_S: Final = 2_208_988_800


@dataclass(frozen=True, slots=True)
class ReportBlock:
    """How a receiver fares with the stream `ssrc`."""

    ssrc: int
    fraction_lost: int
    """In 256ths, since the report before."""
    lost: int
    highest: int
    jitter: int
    """In samples."""
    last_report: int
    """Middle 32 bits of the NTP time of the last sender report; 0 before one came."""
    delay: int
    """Since that came, in 65536ths of a second."""


@dataclass(frozen=True, slots=True)
class SenderInfo:
    ntp: int
    """64 bits."""
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Report:
    ssrc: int
    sender: SenderInfo | None = None
    block: ReportBlock | None = None


def ntp_time(unix_ns: int) -> int:
    """Return the 64-bit NTP time of a wall-clock time."""
    seconds, rest = divmod(unix_ns, 1_000_000_000)
    return (seconds + NTP_EPOCH_S & 0xFFFFFFFF) << 32 | (rest << 32) // 1_000_000_000


def middle(ntp: int) -> int:
    """Return the middle 32 bits, 65536ths of a second."""
    return ntp >> 16 & 0xFFFFFFFF


def round_trip_ms(block: ReportBlock, now_ntp: int) -> float | None:
    """Return the round trip a report block tells of (A.8); None without one, or for nonsense."""
    if not block.last_report:
        return None
    trip = (middle(now_ntp) - block.last_report - block.delay) & 0xFFFFFFFF
    return trip * 1000 / 65536 if trip < 10 * 65536 else None


def write_report(report: Report, cname: str) -> bytes:
    """Return a compound packet: the report and the source description every one must have."""
    kind = RECEIVER_REPORT if report.sender is None else SENDER_REPORT
    body = report.ssrc.to_bytes(4)
    if report.sender is not None:
        sent = report.sender
        body += _SENDER.pack(
            sent.ntp >> 32 & 0xFFFFFFFF,
            sent.ntp & 0xFFFFFFFF,
            sent.timestamp & 0xFFFFFFFF,
            sent.packets & 0xFFFFFFFF,
            sent.octets & 0xFFFFFFFF,
        )
    if report.block is not None:
        body += _write_block(report.block)
    return _part(kind, int(report.block is not None), body) + _description(report.ssrc, cname)


def write_bye(ssrc: int, cname: str) -> bytes:
    return write_report(Report(ssrc), cname) + _part(BYE, 1, ssrc.to_bytes(4))


def parse_reports(data: bytes, about: int) -> list[Report]:
    """Return the reports of a compound packet; a block only if it is about the SSRC `about`.

    Whatever does not hold together is left out, and what follows it.
    """
    reports = []
    while len(data) >= 8:
        flags, kind, words = data[0], data[1], int.from_bytes(data[2:4])
        part, data = data[4 : 4 * words + 4], data[4 * words + 4 :]
        if flags & 0xC0 != _VERSION_2 or len(part) != 4 * words:
            break
        if kind in (SENDER_REPORT, RECEIVER_REPORT) and words:
            report = _parse(part, kind == SENDER_REPORT, flags & _COUNT, about)
            if report is not None:
                reports.append(report)
    return reports


def _parse(part: bytes, from_sender: bool, count: int, about: int) -> Report | None:
    at = 4 + (_SENDER.size if from_sender else 0)
    if len(part) < at + count * _BLOCK.size:
        return None
    sender = None
    if from_sender:
        high, low, timestamp, packets, octets = _SENDER.unpack_from(part, 4)
        sender = SenderInfo(high << 32 | low, timestamp, packets, octets)
    blocks = [_read_block(part, at + number * _BLOCK.size) for number in range(count)]
    mine = next((block for block in blocks if block.ssrc == about), None)
    return Report(int.from_bytes(part[:4]), sender, mine)


def _read_block(part: bytes, at: int) -> ReportBlock:
    ssrc, lost, highest, jitter, last_report, delay = _BLOCK.unpack_from(part, at)
    total = lost & 0xFFFFFF
    total -= (total & 0x800000) << 1
    return ReportBlock(ssrc, lost >> 24, total, highest, jitter, last_report, delay)


def _write_block(block: ReportBlock) -> bytes:
    lost = max(-_MOST_LOST, min(block.lost, _MOST_LOST)) & 0xFFFFFF
    return _BLOCK.pack(
        block.ssrc,
        min(block.fraction_lost, 255) << 24 | lost,
        block.highest & 0xFFFFFFFF,
        min(block.jitter, 0xFFFFFFFF),
        block.last_report,
        min(block.delay, 0xFFFFFFFF),
    )


def _description(ssrc: int, cname: str) -> bytes:
    name = cname.encode()[:255]
    item = ssrc.to_bytes(4) + bytes((_CNAME, len(name))) + name + b"\x00"
    return _part(DESCRIPTION, 1, item + bytes(-len(item) % 4))


def _part(kind: int, count: int, body: bytes) -> bytes:
    return bytes((_VERSION_2 | count, kind)) + (len(body) // 4).to_bytes(2) + body
