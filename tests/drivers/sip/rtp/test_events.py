"""Telephone events by RFC 4733."""

import pytest

from drivers.sip.rtp.events import (
    FLASH,
    KEYS,
    EventPacket,
    HeardEvents,
    SentEvents,
    parse_event,
    write_event,
)


def packets(sent: SentEvents, ticks: int) -> list[tuple[int, bytes, bool, int] | None]:
    due = [sent.next() for _ in range(ticks)]
    return [d if d is None else (at, d.payload, d.marker, d.age) for at, d in enumerate(due)]


def test_an_event_is_read_as_the_standard_draws_it() -> None:
    assert parse_event(bytes([11, 0x8A, 0x03, 0x20])) == EventPacket(11, True, 800)
    assert parse_event(bytes([11, 0x8A, 0x03])) is None
    assert write_event(11, True, 800) == bytes([11, 0x8A, 0x03, 0x20])
    assert KEYS[11] == "#"
    assert FLASH == 16


def test_a_press_is_told_once_however_often_its_packets_come() -> None:
    heard = HeardEvents()
    told = [heard.hear(EventPacket(5, n > 3, 160 * n), 1000, n == 1, n) for n in (1, 1, 2, 4, 4, 4)]

    assert told == [True, False, False, False, False, False]


def test_a_press_whose_first_packets_were_lost_is_told_by_its_end() -> None:
    assert HeardEvents().hear(EventPacket(5, True, 800), 1000, False, 9)


def test_the_same_key_twice_is_two_presses_even_if_the_first_end_is_lost() -> None:
    heard = HeardEvents()
    assert heard.hear(EventPacket(5, False, 160), 1000, True, 1)
    assert heard.hear(EventPacket(5, False, 160), 2600, True, 11)
    assert heard.hear(EventPacket(5, False, 160), 9000, False, 51)


def test_stragglers_of_an_earlier_press_are_no_press() -> None:
    heard = HeardEvents()
    heard.hear(EventPacket(5, False, 160), 1000, True, 1)
    heard.hear(EventPacket(6, False, 160), 2600, True, 11)

    assert not heard.hear(EventPacket(5, True, 800), 1000, False, 12)
    assert not heard.hear(EventPacket(6, True, 800), 2600, False, 13)


def test_a_very_long_press_goes_on_under_a_new_timestamp() -> None:
    heard = HeardEvents()
    assert heard.hear(EventPacket(1, False, 0xFFFF), 100, True, 400)
    assert not heard.hear(EventPacket(1, False, 160), 100 + 0xFFFF, False, 401)


def test_a_sender_that_moves_the_timestamp_on_presses_once() -> None:
    heard = HeardEvents()
    told = [heard.hear(EventPacket(9, n == 5, 160 * n), 160 * n, n == 1, n) for n in range(1, 6)]

    assert told.count(True) == 1


def test_a_key_goes_out_for_100_ms_and_its_end_three_times() -> None:
    sent = SentEvents()
    sent.add("5")
    out = packets(sent, 10)

    assert [p and p[1].hex() for p in out[:7]] == [
        "050a00a0",
        "050a0140",
        "050a01e0",
        "050a0280",
        *["058a0320"] * 3,
    ]
    assert [p and p[2] for p in out[:7]] == [True] + [False] * 6
    assert [p and p[3] for p in out[:7]] == [160 * n for n in range(7)]
    assert out[7:] == [None] * 3
    assert sent.next() is None
    assert not sent.active


def test_keys_follow_one_another_200_ms_apart_and_only_so_many_wait() -> None:
    sent = SentEvents()
    for _ in range(10):
        sent.add("0123456789*#ABCD")
    starts = [p[0] for p in packets(sent, 2000) if p and p[2]]

    assert starts == [10 * n for n in range(64)]


@pytest.mark.parametrize("payload", [b"", b"\x01", b"\xff\xff\xff\xff", bytes(400)])
def test_any_payload_is_an_event_or_none(payload: bytes) -> None:
    packet = parse_event(payload)
    assert packet is None or 0 <= packet.event <= 255
