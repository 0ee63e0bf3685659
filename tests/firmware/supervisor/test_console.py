"""What `tipring run` says: before anything starts, and at the console of a healthy box."""

import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from firmware.__main__ import main
from firmware.supervisor.page_port import refuse_taken_port
from firmware.supervisor.state_folder import StateRefused
from tests.firmware.scripted_box import bare_state
from tests.practice_box import free_port

DEADLINE_S = 40.0


def test_a_port_that_another_program_has_is_refused_before_anything_starts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with bare_state() as state, socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        assert main(["run", "--state", str(state), "--port", str(port)]) == 1

    (sentence,) = capsys.readouterr().err.splitlines()
    assert f"port {port}" in sentence
    assert "--port" in sentence


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(StateRefused) as refused:
        refuse_taken_port("192.0.2.1", 0)

    assert refused.value.text.code == "run.port-taken"


@pytest.mark.parametrize("port", ["abc", "-1", "65536"])
def test_a_port_that_cannot_be_is_wrong_usage(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["run", f"--port={port}"])

    assert "a port is a number up to 65535" in capsys.readouterr().err


def test_a_healthy_box_says_code_address_and_lines_and_no_more(tmp_path: Path) -> None:
    log = tmp_path / "console"
    with bare_state() as state, log.open("wb") as file:
        command = ["run", "--state", str(state), "--port", str(free_port())]
        box = subprocess.Popen(
            [sys.executable, "-m", "firmware", *command],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        )
        alarm = threading.Timer(DEADLINE_S, box.kill)
        alarm.start()
        try:
            assert box.stdout is not None
            said = [box.stdout.readline().split(":")[0] for _ in range(3)]
        finally:
            alarm.cancel()
            box.terminate()
            rest, _ = box.communicate()

    assert said == ["Set-up code", "Open the page", "Lines ready"]
    assert rest == ""
    assert log.read_text() == ""
