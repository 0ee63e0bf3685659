"""Trunks that log in at their provider, over real UDP, with the edge in between."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.drivers.sip.signalling.far_end import ACCOUNTS, Heard, WorkerUnderTest, worker

CHALLENGE = 'WWW-Authenticate: Digest realm="provider", nonce="abc", qop="auth"\r\n'


@pytest.fixture
def line() -> Iterator[WorkerUnderTest]:
    """A worker of its own: what is registered must not outlive the test."""
    with worker() as under_test:
        yield under_test


def trunk(account_id: str = "trunk-5", secret: str = "correct horse") -> dict[str, Any]:
    return {
        "account_id": account_id,
        "domain": "provider.example",
        "user": "441632960105",
        "secret": secret,
        "registers": True,
    }


def log_in(line: WorkerUnderTest) -> Heard:
    """Play a registrar that takes any password; return the REGISTER it took."""
    first = line.far.expect("REGISTER")
    line.far.reply(first, "401 Unauthorized", headers=CHALLENGE)
    second = line.far.expect("REGISTER", first.header("call-id"))
    line.far.reply(second, "200 OK", headers=f"{bound(second)}Expires: 300\r\n")
    return second


def bound(register: Heard) -> str:
    return f"Contact: {register.header('contact')};expires=300\r\n"


def test_a_trunk_logs_in_through_the_edge(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk()])

    register = log_in(line)

    assert register.start == "REGISTER sip:provider.example SIP/2.0"
    assert register.header("route") == f"<sip:{line.far.address};lr>"
    assert register.header("x-tipring-account") == "trunk-5"
    assert "sip:441632960105@provider.example" in register.header("to")
    assert 'username="441632960105"' in register.header("authorization")
    assert "correct horse" not in str(register)
    told = line.news("registration")
    assert (told["account_id"], told["registered"], told["status"]) == ("trunk-5", True, 200)


def test_a_dropped_trunk_logs_out(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk(), *ACCOUNTS])
    log_in(line)
    line.news("registration")

    line.order("use-accounts", accounts=ACCOUNTS)

    out = line.far.expect("REGISTER")
    assert out.header("expires") == "0" or "expires=0" in out.header("contact")
    line.far.reply(out, "200 OK")
    assert line.pending() == []


def test_a_trunk_with_a_new_password_logs_in_again(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk()])
    first = log_in(line)
    line.news("registration")

    line.order("use-accounts", accounts=[trunk(secret="other horse")])

    seen = {first.header("call-id")}
    while True:
        register = line.far.expect("REGISTER")
        if register.header("call-id") in seen:
            line.far.reply(register, "200 OK")
        elif not register.header("authorization"):
            line.far.reply(register, "401 Unauthorized", headers=CHALLENGE)
        else:
            break
    line.far.reply(register, "200 OK", headers=f"{bound(register)}Expires: 300\r\n")
    assert register.header("authorization") != first.header("authorization")


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_wrong_password_is_told_once(line: WorkerUnderTest, status: str) -> None:
    line.order("use-accounts", accounts=[trunk()])
    first = line.far.expect("REGISTER")
    line.far.reply(first, "401 Unauthorized", headers=CHALLENGE)
    second = line.far.expect("REGISTER", first.header("call-id"))

    line.far.reply(second, status, headers=CHALLENGE if status.startswith("401") else "")

    told = line.news("registration")
    assert (told["registered"], told["status"]) == (False, int(status[:3]))
    assert line.pending() == []


def test_a_registrar_that_does_not_answer_is_told(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk()])

    told = line.news("registration")

    assert (told["registered"], told["status"]) == (False, 408)


def test_more_trunks_than_the_library_holds_are_refused_in_words(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk(f"trunk-{n}") for n in range(9)])

    refused = {line.news("registration")["account_id"] for _ in range(2)}

    assert refused == {"trunk-7", "trunk-8"}


def test_a_call_goes_out_on_a_registered_trunk(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk()])
    log_in(line)
    line.news("registration")

    line.order("invite", leg_id="a", account_id="trunk-5", user="07700900123", shown_number=None)

    invite = line.far.expect("INVITE")
    assert invite.header("x-tipring-account") == "trunk-5"
    line.far.reply(invite, "486 Busy Here")
    line.news("ended", "a")


def test_a_registrar_may_want_longer_registrations(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk()])
    first = line.far.expect("REGISTER")

    line.far.reply(first, "423 Interval Too Brief", headers="Min-Expires: 900\r\n")

    second = line.far.expect("REGISTER", first.header("call-id"))
    assert second.header("expires") == "900"
    line.far.reply(second, "200 OK", headers=f"{bound(second)}Expires: 900\r\n")
    assert line.news("registration")["registered"]


def test_logging_out_answers_a_challenge_too(line: WorkerUnderTest) -> None:
    line.order("use-accounts", accounts=[trunk()])
    log_in(line)
    line.news("registration")

    line.order("use-accounts", accounts=[])

    out = line.far.expect("REGISTER")
    fresh = CHALLENGE.replace('nonce="abc"', 'nonce="def"')
    line.far.reply(out, "401 Unauthorized", headers=fresh)
    again = line.far.expect("REGISTER", out.header("call-id"))
    assert 'nonce="def"' in again.header("authorization")
    assert again.header("expires") == "0"
    line.far.reply(again, "200 OK")
    assert line.settled() == []
