"""How a worker ends: told to, or because its card is gone."""

import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.drivers.sip.signalling.far_end import (
    FarEnd,
    WorkerUnderTest,
    answered_call,
    call_in,
    worker,
)
from tests.drivers.sip.signalling.test_registration import log_in, trunk

MOST_S = 10.0
"""2 s are promised; this machine may be busy."""


def leave(line: WorkerUnderTest, how: str) -> None:
    if how == "sigterm":
        line.process.send_signal(signal.SIGTERM)
    else:
        line.link.shutdown(2)


@pytest.mark.parametrize("how", ["sigterm", "card-gone"])
def test_all_calls_end_and_registrations_are_taken_back(how: str) -> None:
    with worker() as line:
        line.order("use-accounts", accounts=[trunk(), {"account_id": "phone-1", "domain": "box"}])
        log_in(line)
        line.news("registration")
        talking, ringing = answered_call(line), call_in(line)
        line.order("invite", leg_id="out", account_id="phone-1", user="202", shown_number="101")
        dialling = line.far.expect("INVITE")
        line.far.reply(dialling, "180 Ringing")
        line.news("ringing", "out")

        leave(line, how)
        asked = {}
        for _ in range(4):
            one = line.far.expect_any("BYE", "CANCEL", "REGISTER", 480)
            asked[one.method or str(one.status)] = one
            if one.method:
                line.far.reply(one, "200 OK")

        assert asked["BYE"].header("call-id") == talking.call_id
        assert asked["480"].header("call-id") == ringing.call_id
        assert asked["CANCEL"].header("call-id") == dialling.header("call-id")
        assert asked["REGISTER"].header("expires") == "0"
        assert line.process.wait(MOST_S) == 0


def test_an_edge_that_is_gone_does_not_hold_the_worker_up() -> None:
    with worker() as line:
        answered_call(line)
        began = time.monotonic()

        leave(line, "sigterm")

        assert line.process.wait(MOST_S) == 0
        assert time.monotonic() - began < MOST_S


def test_nonsense_from_the_card_ends_the_worker_in_order() -> None:
    with worker() as line:
        call = answered_call(line)

        line.link.sendall(b'{"kind": "make-coffee"}\n')

        assert call.expect("BYE")
        assert line.process.wait(MOST_S) == 0


def test_a_port_that_is_taken_ends_the_worker_in_words() -> None:
    ours, theirs = socket.socketpair()
    with FarEnd().socket as taken, ours, theirs:
        port, fd = str(taken.getsockname()[1]), str(theirs.fileno())
        options = ("--link-fd", fd, "--port", port, "--edge", "127.0.0.1:9")
        ended = subprocess.run(
            [sys.executable, "-m", "drivers.sip.signalling", *options],
            pass_fds=[theirs.fileno()],
            capture_output=True,
            timeout=MOST_S,
            check=False,
        )

    assert ended.returncode == 1
    assert f"no SIP at 127.0.0.1:{port}" in ended.stderr.decode()
