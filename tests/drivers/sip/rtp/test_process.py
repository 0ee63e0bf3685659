"""The real process: tones both ways, a key, the figures at the end."""

from collections.abc import Iterator

import numpy as np
import pytest

from drivers.sip.media_messages import (
    AreYouThere,
    CloseEndpoint,
    Codec,
    EventHeard,
    HereIAm,
    MediaEnded,
    SendEvents,
    StartMedia,
    StopMedia,
)
from tests.drivers.sip.rtp.process import LOOPBACK, Phone, RtpStand, Talk
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
