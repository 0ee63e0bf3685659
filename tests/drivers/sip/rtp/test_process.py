"""The real process: tones both ways, a key, the figures at the end."""

import signal
from collections.abc import Iterator

import numpy as np
import pytest

from drivers.sip.media_messages import (
    AreYouThere,
    CloseEndpoint,
    Codec,
    EndpointOpened,
    EndpointRefused,
    EventHeard,
    HereIAm,
    MediaEnded,
    OpenEndpoint,
    SendEvents,
    StartMedia,
    StopMedia,
)
from tests.drivers.sip.rtp.process import DEADLINE_S, LOOPBACK, Phone, RtpStand, Talk
from tests.drivers.sip.rtp.wire import rtp
from tests.sound import marker, seconds_of

TIMESLOT = 3


@pytest.fixture(scope="module")
def stand() -> Iterator[RtpStand]:
    with RtpStand() as stand:
        yield stand


def call(stand: RtpStand, endpoint: int, **agreed: object) -> tuple[Phone, Talk]:
    phone = Phone(stand.open(endpoint))
    order = {
        "endpoint": endpoint,
        "timeslot": TIMESLOT,
        "address": LOOPBACK,
        "port": phone.port,
        "codec": Codec.PCMU,
        "payload_type": 0,
        "event_payload_type": 101,
    } | agreed
    stand.send(StartMedia.model_validate(order))
    return phone, Talk(stand, phone, TIMESLOT)


def test_tones_go_both_ways_and_the_figures_say_so(stand: RtpStand) -> None:
    phone, talk = call(stand, 1)
    talk.run(marker(700, 2.0), marker(1100, 2.0))
    stand.send(StopMedia(endpoint=1))
    ended = stand.wait(MediaEnded, lambda ended: ended.endpoint == 1)

    heard, got = talk.sound() / 32768.0, phone.sound() / 32768.0
    phone.close()
    assert seconds_of(700, heard) >= 1.5
    assert seconds_of(1100, got) >= 1.5
    assert seconds_of(1100, heard) == seconds_of(700, got) == 0
    assert ended.timeslot == TIMESLOT
    assert 90 <= ended.figures.packets_received <= 100
    assert ended.figures.packets_lost == 0
    assert ended.figures.packets_sent >= 90
    assert ended.figures.mos > 4


def test_a_key_is_told_once_and_ours_arrive_as_events(stand: RtpStand) -> None:
    phone, talk = call(stand, 2)
    silence = np.zeros(160, np.int16)
    for _ in range(10):
        talk.step(silence, silence)
    stand.send(SendEvents(endpoint=2, digits="7#"))
    start = phone.timestamp
    for tick in range(5):
        for ended in [False] if tick < 4 else [True] * 3:
            payload = bytes((5, 0x80 * ended + 10)) + (160 * (tick + 1)).to_bytes(2)
            phone.send(rtp(101, phone.sequence, start, phone.ssrc, payload, tick == 0))
            phone.sequence += 1
        talk.step(None, silence)
    phone.timestamp += 5 * 160
    for _ in range(30):
        talk.step(silence, silence)
    stand.send(CloseEndpoint(endpoint=2))
    stand.wait(MediaEnded, lambda ended: ended.endpoint == 2)
    phone.close()

    assert [event.digit for event in stand.told(EventHeard)] == ["5"]
    sent = [data for data in phone.got if data[1] & 0x7F == 101]
    keys = [data[12] for data in sent if data[1] & 0x80]
    assert keys == [7, 11]
    assert sum(data[13] >> 7 for data in sent) == 6


def test_it_says_that_it_is_there(stand: RtpStand) -> None:
    stand.send(AreYouThere())
    stand.wait(HereIAm)


def test_a_flood_from_elsewhere_never_takes_the_stream_over(stand: RtpStand) -> None:
    phone, talk = call(stand, 3)
    stranger = Phone(phone.target[1], address="127.0.0.2", ssrc=666)
    noise = bytes(160)
    said, played = marker(700, 2.0), marker(1100, 2.0)
    for at in range(0, len(said), 160):
        for _ in range(200):  # ten thousand packets a second
            stranger.say_codes(noise)
        talk.step(said[at : at + 160], played[at : at + 160])
        stranger.listen()
    stand.send(StopMedia(endpoint=3))
    ended = stand.wait(MediaEnded, lambda ended: ended.endpoint == 3)
    phone.close()
    stranger.close()

    heard = talk.sound() / 32768.0
    assert seconds_of(700, heard) >= 1.5
    assert stranger.got == []
    assert 90 <= ended.figures.packets_received <= 100
    assert ended.figures.packets_lost <= 5


def test_a_phone_behind_a_router_is_answered_where_it_comes_from(stand: RtpStand) -> None:
    phone, talk = call(stand, 4, port=9)
    talk.run(marker(700, 1.0), marker(1100, 1.0))
    stand.send(StopMedia(endpoint=4))
    stand.wait(MediaEnded, lambda ended: ended.endpoint == 4)
    phone.close()

    assert seconds_of(1100, phone.sound() / 32768.0) >= 0.5


def test_a_port_is_had_again_if_it_is_asked_for(stand: RtpStand) -> None:
    first = stand.open(10)
    stand.send(CloseEndpoint(endpoint=10))
    stand.send(OpenEndpoint(endpoint=11, port=first))
    again = stand.wait(EndpointOpened, lambda opened: opened.endpoint == 11)
    assert again.port == first
    stand.send(OpenEndpoint(endpoint=12, port=first))
    other = stand.wait(EndpointOpened, lambda opened: opened.endpoint == 12)
    assert other.port != first


def test_a_range_without_free_ports_is_refused(stand: RtpStand) -> None:
    for endpoint in range(20, 60):
        stand.send(OpenEndpoint(endpoint=endpoint))
    stand.wait(EndpointRefused)
    for endpoint in range(20, 60):
        stand.send(CloseEndpoint(endpoint=endpoint))


def test_orders_that_make_no_sense_are_dropped(stand: RtpStand) -> None:
    stand.send_bytes(b"nonsense\n{}\n")
    stand.send(StopMedia(endpoint=200))
    stand.send(SendEvents(endpoint=200, digits="1"))
    phone, _ = call(stand, 5, address="phone.example", timeslot=TIMESLOT)
    stand.send(StopMedia(endpoint=5))
    ended = stand.wait(MediaEnded, lambda ended: ended.endpoint == 5)
    phone.close()

    assert ended.figures.packets_sent == 0
    stand.heard.clear()
    stand.send(AreYouThere())
    stand.wait(HereIAm)


def test_it_ends_on_sigterm_and_with_its_card() -> None:
    with RtpStand() as stand:
        stand.process.send_signal(signal.SIGTERM)
        assert stand.process.wait(DEADLINE_S) == 0
    with RtpStand() as orphan:
        orphan.hang_up()
        assert orphan.process.wait(DEADLINE_S) == 0
