"""Calls on the highway: two endpoints, a span, a switch played by the test, and the figures."""

import numpy as np
import pytest

from drivers.sip.media_messages import MediaDirection
from drivers.sip.rtp import rtcp
from drivers.sip.rtp.endpoints import Endpoints
from drivers.sip.rtp.highway import card_side
from drivers.sip.rtp.rtcp import Report, ReportBlock, SenderInfo
from firmware.contract.pcm import BLOCK_SAMPLES, Samples
from firmware.dsp import g711
from firmware.highway.span import Span
from firmware.highway.switch_side import SwitchSide
from tests.drivers.sip.rtp.ear import agreed, batch
from tests.drivers.sip.rtp.wire import FarEnd
from tests.sound import marker, seconds_of, speech


class Exchange:
    """Endpoints, and the switch's end of their span."""

    def __init__(self) -> None:
        self.span = Span.create("sip", 8)
        self.endpoints = Endpoints(16, card_side(self.span), seed=1)
        self.switch = SwitchSide(self.span)

    def start(self, row: int, timeslot: int, **changes: object) -> None:
        order = agreed(endpoint=row, timeslot=timeslot, **changes)
        self.endpoints.start(row, order, can_send=True)
        self.switch.open(timeslot)

    def tick(self, came: dict[int, bytes], played: dict[int, Samples]) -> dict[int, bytes]:
        """Run one frame; return what each endpoint sends."""
        indices = np.array(sorted(played))
        if len(indices):
            self.switch.scatter(indices, np.stack([played[slot] for slot in sorted(played)]))
        for row, data in came.items():
            self.endpoints.hear(batch(row, data, self.endpoints.tick * BLOCK_SAMPLES))
        return {row: bytes(data) for row, data in self.endpoints.move()}

    def heard(self, timeslot: int) -> Samples:
        block: Samples = self.switch.gather(np.array([timeslot]))[0]
        return block


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def test_each_endpoint_hears_its_own_timeslot(exchange: Exchange) -> None:
    for row, slot in ((3, 5), (9, 1)):
        exchange.start(row, slot)
    tones = {3: 700.0, 9: 1100.0}
    far = {row: FarEnd(ssrc=row).says(marker(tone, 2.0)) for row, tone in tones.items()}
    music = {5: marker(500, 2.0), 1: marker(900, 2.0)}
    heard: dict[int, list[Samples]] = {5: [], 1: []}
    got: dict[int, list[bytes]] = {3: [], 9: []}
    for frame in range(100):
        piece = slice(frame * BLOCK_SAMPLES, (frame + 1) * BLOCK_SAMPLES)
        out = exchange.tick(
            {row: packets[frame][1] for row, packets in far.items()},
            {slot: sound[piece] for slot, sound in music.items()},
        )
        for slot, blocks in heard.items():
            blocks.append(exchange.heard(slot))
        for row, data in out.items():
            got[row].append(data[12:])

    for slot, tone in ((5, 700), (1, 1100)):
        assert seconds_of(tone, np.concatenate(heard[slot]) / 32768.0) >= 1.8
    for row, tone in ((3, 500), (9, 900)):
        codes = np.frombuffer(b"".join(got[row]), np.uint8)
        assert seconds_of(tone, g711.from_mulaw(codes) / 32768.0) >= 1.8


def test_silence_is_sent_while_the_switch_has_nothing(exchange: Exchange) -> None:
    exchange.start(3, 5)
    out = [exchange.tick({}, {}) for _ in range(20)]

    assert all(data[3][12:] == b"\xff" * 160 for data in out)


@pytest.mark.parametrize(
    ("direction", "sends"),
    [("sendrecv", True), ("sendonly", True), ("recvonly", False), ("inactive", False)],
)
def test_sound_goes_out_only_where_the_direction_allows(
    exchange: Exchange, direction: str, sends: bool
) -> None:
    exchange.start(3, 5, direction=MediaDirection(direction))

    assert bool(exchange.tick({}, {})) is sends


def test_a_new_sdp_keeps_the_stream_and_the_counts(exchange: Exchange) -> None:
    exchange.start(3, 5)
    first = exchange.tick({}, {})[3]
    exchange.start(3, 5, payload_type=8, codec="PCMA")
    second = exchange.tick({}, {})[3]

    assert second[8:12] == first[8:12]
    assert (second[1], exchange.endpoints.stop(3).packets_sent) == (8, 2)


def test_what_is_in_the_way_of_a_call_is_named(exchange: Exchange) -> None:
    exchange.start(3, 5)
    exchange.start(9, 1)

    assert exchange.endpoints.in_the_way(3, 5) == []
    assert exchange.endpoints.in_the_way(3, 6) == [3]
    assert exchange.endpoints.in_the_way(4, 5) == [3]
    assert exchange.endpoints.in_the_way(3, 1) == [3, 9]


def test_the_figures_of_a_lossy_call(exchange: Exchange) -> None:
    exchange.start(3, 5)
    for number, (_, data) in enumerate(FarEnd().says(speech(4.0))):
        exchange.tick({} if number % 20 == 7 else {3: data}, {})
    figures = exchange.endpoints.stop(3)

    assert (figures.packets_received, figures.packets_lost) == (190, 10)
    assert figures.lost_percent == 5.0
    assert figures.packets_sent == 200
    assert figures.concealed_blocks == 10
    assert figures.delay_ms == 0
    assert 3.5 < figures.mos < 4.1
    assert figures.round_trip_ms is None
    assert figures.far_lost_percent is None


def test_reports_go_out_and_those_that_come_are_in_the_figures(exchange: Exchange) -> None:
    exchange.start(3, 5)
    reports: list[bytes] = []
    for _, data in FarEnd(ssrc=77).says(speech(10.0)):
        exchange.tick({3: data}, {})
        reports += [report for _, report in exchange.endpoints.reports_due(1 << 40)]
    assert 1 <= len(reports) <= 4
    ours = rtcp.parse_reports(reports[0], about=77)[0]
    assert ours.sender is not None
    assert ours.sender.packets > 100
    assert ours.block is not None
    assert (ours.block.lost, ours.block.ssrc) == (0, 77)

    lost = 50  # of the 500 we sent
    block = ReportBlock(ours.ssrc, 25, lost, 9, 80, last_report=1 << 16, delay=1 << 15)
    theirs = rtcp.write_report(Report(77, SenderInfo(5 << 32, 1, 2, 3), block), "phone")
    exchange.endpoints.hear_report(3, theirs, now_ntp=(3 << 32) + (3 << 31))
    figures = exchange.endpoints.stop(3)
    assert figures.far_lost_percent == 10.0
    assert figures.round_trip_ms == pytest.approx(3000.0)


def test_without_a_call_reports_are_nothing(exchange: Exchange) -> None:
    exchange.endpoints.hear_report(3, b"\x80\xc8\x00\x00", 0)
    assert exchange.endpoints.reports_due(0) == []
    assert exchange.tick({}, {}) == {}
