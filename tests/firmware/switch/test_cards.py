"""A card whose heart has stopped, and peers that may not connect."""

import socket
import struct
from collections.abc import Iterator

import pytest

from firmware.highway.link import peer_may_connect
from firmware.highway.span import Span
from firmware.switch.cards import HEARTBEAT_TIMEOUT_S, Card


@pytest.fixture
def card() -> Iterator[Card]:
    span = Span.create("gsm", 1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        yield Card(connection, span)
    span.close()


def test_a_card_lives_as_long_as_its_heartbeat_moves(card: Card) -> None:
    assert card.span is not None
    for now_s in range(0, 100, int(HEARTBEAT_TIMEOUT_S) + 2):
        card.span.beat()
        assert card.alive(now_s)

    assert card.alive(now_s + HEARTBEAT_TIMEOUT_S - 0.1)
    assert not card.alive(now_s + HEARTBEAT_TIMEOUT_S)


def test_a_connection_without_a_span_has_no_heartbeat_to_miss(card: Card) -> None:
    assert Card(card.connection).alive(1e9)


class SocketOf:
    """A connection of that user, as the kernel would tell it."""

    def __init__(self, uid: int) -> None:
        self._uid = uid

    def getsockopt(self, _level: int, _option: int, _size: int) -> bytes:
        return struct.pack("3i", 4711, self._uid, self._uid)


@pytest.mark.parametrize(("uid", "may"), [(0, True), (1000, True), (1001, False)])
def test_only_this_user_and_root_may_connect(
    uid: int, may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    connection: socket.socket = SocketOf(uid)  # type: ignore[assignment]

    assert peer_may_connect(connection) is may
