"""What the kernel lets into an endpoint's socket."""

import socket
from collections.abc import Iterator

import pytest

from drivers.sip.rtp.source_filter import let_in


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        yield receiver


def arrives(receiver: socket.socket, host: str) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((host, 0))
        sender.sendto(b"sound", receiver.getsockname())
    try:
        return receiver.recv(100) == b"sound"
    except BlockingIOError:
        return False


def test_only_the_named_hosts_come_in(receiver: socket.socket) -> None:
    let_in(receiver, {"127.0.0.2", "192.0.2.1", "127.0.0.4", "::1"})

    hosts = [f"127.0.0.{number}" for number in range(1, 6)]
    assert [host for host in hosts if arrives(receiver, host)] == ["127.0.0.2", "127.0.0.4"]


def test_without_hosts_nobody_does_until_some_are_named(receiver: socket.socket) -> None:
    let_in(receiver, ())
    assert not arrives(receiver, "127.0.0.1")
    let_in(receiver, {"127.0.0.1"})
    assert arrives(receiver, "127.0.0.1")
