"""Nonsense from every side: one clear sentence each, nothing crashes."""

import random
import socket
from pathlib import Path
from typing import Final

from tests.practice_box import PracticeBox

GARBAGE: Final = (
    b"{",
    b"[]",
    b"null",
    b'{"id":1}',
    b'{"id":1,"do":"format-disk"}',
    b"\xff\xfe\x00",
)


def test_control_client_that_sends_nonsense_gets_a_sentence(box: PracticeBox) -> None:
    for line in GARBAGE:
        with box.control() as control:
            control.send(line)
            answer = control.read()
        assert answer["problem"]["code"], line
    assert box.snapshot()["office"]


def test_noise_on_every_socket_harms_nobody(box: PracticeBox) -> None:
    seeded = random.Random(7)
    before = box.processes()
    for name in ("run/control.sock", "run/exchange.sock", "practice/control"):
        for _attempt in range(20):
            noise = seeded.randbytes(seeded.randrange(1, 3000))
            _throw(box.state / name, noise)
    assert box.processes() == before
    assert box.lines_ready()


def _throw(path: Path, noise: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.settimeout(5)
        stranger.connect(str(path))
        try:
            stranger.sendall(noise)
            stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(4096):
                pass
        except OSError:
            pass  # thrown out: fine


def test_broken_configuration_is_refused_and_nothing_changes(box: PracticeBox) -> None:
    before = box.snapshot()["config_version"]
    with box.control() as control:
        answer = control.ask("apply-config", toml="[office\nname = 3", who="test")
    assert answer["faults"] or answer["problem"]
    assert box.snapshot()["config_version"] == before


def test_configuration_goes_live_without_dropping_a_call(box: PracticeBox) -> None:
    box.call_in("gsm-1", hangup_after=25)
    call = box.wait_for_call(lambda view: view["phase"] == "menu", 20)["call_id"]
    toml = (box.state / "tipring.toml").read_text("utf-8")
    with box.control() as control:
        answer = control.ask(
            "apply-config", toml=toml.replace("Practice office", "Another name"), who="test"
        )
    assert answer.get("problem") is None, answer
    state = box.snapshot()
    assert state["office"] == "Another name"
    assert [view["call_id"] for view in state["calls"]] == [call]
    version = state["config_version"]
    with box.control() as control:
        control.ask("restore-config", version=version - 1, who="test")
    assert box.snapshot()["office"] == "Practice office"
