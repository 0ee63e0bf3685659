"""What systemd hears of us."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.highway.notify import ALIVE, READY, notify_systemd


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening,
    ):
        listening.bind(f"{folder}/notify")
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"{folder}/notify")
        yield listening


def test_systemd_hears_it(listener: socket.socket) -> None:
    notify_systemd(READY)

    assert listener.recv(100) == b"READY=1"


def test_a_full_queue_holds_nobody_up(listener: socket.socket) -> None:
    for _ in range(5_000):
        notify_systemd(ALIVE)

    assert listener.recv(100) == b"WATCHDOG=1"


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_systemd(READY)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify_systemd(READY)
