"""RTCP reports byte by byte (RFC 3550, section 6)."""

import random
import struct

import pytest

from drivers.sip.rtp import rtcp
from drivers.sip.rtp.control import EVERY_TICKS, Control
from drivers.sip.rtp.rtcp import Report, ReportBlock, SenderInfo

ME, THEM = 0x1111, 0x2222
SENDER = SenderInfo(ntp=0x0123456789ABCDEF, timestamp=5, packets=6, octets=7)
BLOCK = ReportBlock(THEM, 25, -3, 70_000, 12, 0x456789AB, 65_536)


def test_a_sender_report_reads_as_the_standard_draws_it() -> None:
    data = rtcp.write_report(Report(ME, SENDER, BLOCK), "tipring")

    head = struct.pack("!BBHI", 0x81, 200, 12, ME)
    sender = struct.pack("!IIIII", 0x01234567, 0x89ABCDEF, 5, 6, 7)
    block = struct.pack("!IIIIII", THEM, 25 << 24 | 0xFFFFFD, 70_000, 12, 0x456789AB, 65_536)
    description = struct.pack("!BBHIBB", 0x81, 202, 4, ME, 1, 7) + b"tipring" + bytes(3)
    assert data == head + sender + block + description


def test_what_is_written_is_read_back() -> None:
    data = rtcp.write_report(Report(ME, SENDER, BLOCK), "tipring")

    assert rtcp.parse_reports(data, THEM) == [Report(ME, SENDER, BLOCK)]
    assert rtcp.parse_reports(data, 99) == [Report(ME, SENDER, None)]
    assert rtcp.parse_reports(rtcp.write_bye(ME, "x"), THEM) == [Report(ME)]


@pytest.mark.parametrize("seed", range(20))
def test_mutated_reports_are_read_or_left_out(seed: int) -> None:
    rng = random.Random(seed)
    whole = rtcp.write_report(Report(ME, SENDER, BLOCK), "tipring")
    for _ in range(500):
        data = bytearray(whole[: rng.randrange(len(whole) + 1)])
        for _ in range(rng.randrange(4)):
            if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
        control = Control(0)
        control.hear(bytes(data), THEM, 100, rtcp.ntp_time(1_000_000_000))
        assert control.round_trip_ms is None or 0 <= control.round_trip_ms <= 10_000


def test_the_round_trip_is_that_of_the_standards_example() -> None:
    # RFC 3550, figure 2: arrival b710:8000, delay 5.25 s, last report b705:2000.
    block = ReportBlock(ME, 0, 0, 0, 0, 0xB7052000, 0x00054000)

    assert rtcp.round_trip_ms(block, 0xB710_8000 << 16) == pytest.approx(6125.0)


def test_without_a_report_of_ours_there_is_no_round_trip() -> None:
    assert rtcp.round_trip_ms(ReportBlock(ME, 0, 0, 0, 0, 0, 0), 1 << 40) is None


def test_reports_come_every_five_seconds_or_so() -> None:
    rng, control = random.Random(1), Control(0)
    due = []
    for _ in range(200):
        control.plan(0, rng)
        due.append(control.due_tick)

    assert 0.5 * EVERY_TICKS <= min(due) < 0.6 * EVERY_TICKS
    assert 1.4 * EVERY_TICKS < max(due) <= 1.5 * EVERY_TICKS


def test_ntp_time_counts_from_1900() -> None:
    assert rtcp.ntp_time(0) == 2_208_988_800 << 32
    assert rtcp.ntp_time(500_000_000) & 0xFFFFFFFF == 1 << 31
