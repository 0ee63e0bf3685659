"""Calls the worker makes, by the edge, over real UDP."""

from typing import Any

import pytest

from tests.drivers.sip.signalling.far_end import (
    ACCOUNTS,
    BOX,
    Heard,
    WorkerUnderTest,
    description,
)

_legs = iter(f"out-{number}" for number in range(1000))


def call_out(line: WorkerUnderTest, **more: Any) -> tuple[str, Heard]:
    """Order a call; return its leg and the INVITE that came of it."""
    leg_id = next(_legs)
    fields = {"account_id": "phone-1", "user": "201", "shown_number": "101"} | more
    line.order("invite", leg_id=leg_id, **fields)
    offered = line.news("offered", leg_id)
    invite = line.far.expect("INVITE", offered["call_id"])
    assert invite.tag("from") == offered["own_tag"]
    return leg_id, invite


def answer(line: WorkerUnderTest, leg_id: str, invite: Heard, body: str = "") -> None:
    line.far.reply(invite, "200 OK", body=body or description())
    line.far.expect("ACK", invite.header("call-id"))
    line.news("answered", leg_id)


def far_end_hangs_up(line: WorkerUnderTest, leg_id: str, invite: Heard) -> dict[str, Any]:
    bye = line.far.request(
        "BYE", invite.header("call-id"), 7, to_tag=invite.tag("from"), from_tag="far"
    )
    line.far.send(bye)
    line.far.expect(200, invite.header("call-id"), "BYE")
    return line.news("ended", leg_id)


def refused(line: WorkerUnderTest, status: str, headers: str = "") -> dict[str, Any]:
    leg_id, invite = call_out(line)
    line.far.reply(invite, status, headers=headers)
    line.far.expect("ACK", invite.header("call-id"))
    return line.news("ended", leg_id)


def test_a_call_rings_is_answered_and_ends(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line, shown_name='Ann "A" Bell')

    assert invite.start == f"INVITE sip:201@{BOX} SIP/2.0"
    assert invite.header("route") == f"<sip:{line.far.address};lr>"
    assert invite.header("x-tipring-account") == "phone-1"
    assert invite.header("from").startswith(f'"Ann \\"A\\" Bell" <sip:101@{BOX}>')
    assert "RTP/AVP 8 0 " in invite.body
    assert "telephone-event/8000" in invite.body
    assert "a=ptime:20" in invite.body

    line.far.reply(invite, "100 Trying", tag="")
    line.far.reply(invite, "180 Ringing")
    line.far.reply(invite, "180 Ringing")
    assert line.news("ringing", leg_id)
    line.far.reply(invite, "200 OK", body=description(port=5_100, formats="0 101"))
    line.far.expect("ACK", invite.header("call-id"))
    agreed = line.news("media-agreed", leg_id)
    assert (agreed["codec"], agreed["port"], agreed["early"]) == ("PCMU", 5100, False)
    assert agreed["local_port"] == invite.audio_port
    assert line.news("answered", leg_id)["far_tag"] == "far"
    assert line.pending() == []

    ended = far_end_hangs_up(line, leg_id, invite)
    assert (ended["cause"], ended["status"], ended["by_far_end"]) == (16, 0, True)


def test_early_media_is_agreed_before_the_answer(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)

    line.far.reply(invite, "183 Session Progress", body=description(port=5_200))
    early = line.news("media-agreed", leg_id)
    assert (early["early"], early["port"]) == (True, 5200)

    answer(line, leg_id, invite, description(port=5_200))
    far_end_hangs_up(line, leg_id, invite)


def test_an_answer_with_other_sound_than_the_early_one_is_told(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)
    line.far.reply(invite, "183 Session Progress", body=description(port=5_200))
    line.news("media-agreed", leg_id)

    line.far.reply(invite, "200 OK", tag="other", body=description(port=5_202))

    line.far.expect("ACK", invite.header("call-id"))
    assert line.news("media-agreed", leg_id)["port"] == 5202
    assert line.news("answered", leg_id)["far_tag"] == "other"
    line.order("clear", leg_id=leg_id)
    line.far.reply(line.far.expect("BYE", invite.header("call-id")), "200 OK")
    line.news("ended", leg_id)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("486 Busy Here", 17),
        ("600 Busy Everywhere", 17),
        ("480 Temporarily Unavailable", 18),
        ("404 Not Found", 1),
        ("603 Decline", 21),
        ("503 Service Unavailable", 41),
        ("408 Request Timeout", 102),
        ("484 Address Incomplete", 28),
        ("488 Not Acceptable Here", 58),
        ("302 Moved", 31),
        ("499 Odd", 41),
    ],
)
def test_a_refused_call_ends_with_status_and_cause(
    line: WorkerUnderTest, status: str, cause: int
) -> None:
    ended = refused(line, status)

    assert ended["cause"] == cause
    assert (ended["status"], ended["by_far_end"]) == (int(status[:3]), True)
    assert ended["reason"] == status[4:]


def test_a_q850_reason_says_more_than_the_status(line: WorkerUnderTest) -> None:
    assert refused(line, "480 Gone", "Reason: Q.850;cause=19\r\n")["cause"] == 19


def test_a_call_given_up_is_cancelled(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)
    line.far.reply(invite, "180 Ringing")
    line.news("ringing", leg_id)

    line.order("clear", leg_id=leg_id, cause=19)

    cancel = line.far.expect("CANCEL", invite.header("call-id"))
    line.far.reply(cancel, "200 OK")
    line.far.reply(invite, "487 Request Terminated")
    line.far.expect("ACK", invite.header("call-id"))
    ended = line.news("ended", leg_id)
    assert (ended["cause"], ended["by_far_end"]) == (19, False)


def test_a_cancel_that_crosses_the_answer_ends_in_bye(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)
    line.far.reply(invite, "180 Ringing")
    line.news("ringing", leg_id)
    line.order("clear", leg_id=leg_id)
    cancel = line.far.expect("CANCEL", invite.header("call-id"))

    line.far.reply(invite, "200 OK", body=description())
    line.far.reply(cancel, "200 OK")

    line.far.reply(line.far.expect("BYE", invite.header("call-id")), "200 OK")
    assert not line.news("ended", leg_id)["by_far_end"]


def test_an_answer_without_a_codec_of_ours_ends_the_call(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)

    line.far.reply(
        invite, "200 OK", body=description(formats="9", extra="a=rtpmap:9 G722/8000\r\n")
    )

    line.far.expect("ACK", invite.header("call-id"))
    line.far.reply(line.far.expect("BYE", invite.header("call-id")), "200 OK")
    assert line.news("ended", leg_id)["cause"] == 58


def test_nobody_at_the_edge_ends_the_call_by_timer(line: WorkerUnderTest) -> None:
    leg_id, _ = call_out(line)

    ended = line.news("ended", leg_id)

    assert (ended["status"], ended["cause"]) == (408, 102)


def test_a_withheld_number_shows_in_no_header(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line, shown_number=None, account_id="trunk-1", user="07700900123")

    assert invite.header("from").startswith('"Anonymous" <sip:anonymous@anonymous.invalid>')
    assert invite.header("privacy") == "id"
    assert invite.header("p-asserted-identity") == ""
    assert invite.header("p-preferred-identity") == "<sip:441632960100@provider.example>"
    assert "101" not in invite.header("contact")
    line.far.reply(invite, "486 Busy Here")
    line.news("ended", leg_id)


def test_a_shown_number_is_asserted_to_the_provider(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(
        line, shown_number="+441632960101", account_id="trunk-1", user="07700900123"
    )

    assert invite.start.startswith("INVITE sip:07700900123@provider.example")
    assert invite.header("p-asserted-identity") == "<sip:+441632960101@provider.example>"
    assert invite.header("privacy") == ""
    line.far.reply(invite, "486 Busy Here")
    line.news("ended", leg_id)


def test_an_intercom_call_asks_the_phone_to_answer_by_itself(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line, answer_by_itself=True)

    assert "answer-after=0" in invite.header("call-info")
    assert "info=alert-autoanswer" in invite.header("alert-info")
    line.far.reply(invite, "486 Busy Here")
    line.news("ended", leg_id)


def test_no_more_calls_than_the_library_holds(line: WorkerUnderTest) -> None:
    standing = [call_out(line) for _ in range(line.ready["capacity"])]

    line.order("invite", leg_id="too-many", account_id="phone-1", user="201", shown_number="101")
    ended = line.news("ended", "too-many")
    assert (ended["status"], ended["cause"]) == (503, 34)

    for leg_id, invite in standing:
        line.far.reply(invite, "486 Busy Here")
        line.news("ended", leg_id)


def test_a_call_on_an_account_nobody_knows_ends_at_once(line: WorkerUnderTest) -> None:
    line.order("invite", leg_id="nobody", account_id="trunk-9", user="201")

    assert line.news("ended", "nobody")["cause"] == 3


def test_a_call_may_be_challenged_for_the_accounts_password(line: WorkerUnderTest) -> None:
    secret = {**ACCOUNTS[1], "account_id": "trunk-2", "secret": "correct horse"}
    line.order("use-accounts", accounts=[*ACCOUNTS, secret])
    leg_id, invite = call_out(line, account_id="trunk-2", user="07700900123")

    challenge = 'Proxy-Authenticate: Digest realm="provider", nonce="n1", algorithm=MD5\r\n'
    line.far.reply(invite, "407 Proxy Authentication Required", headers=challenge)

    line.far.expect("ACK", invite.header("call-id"))
    again = line.far.expect("INVITE", invite.header("call-id"))
    assert 'username="441632960100"' in again.header("proxy-authorization")
    answer(line, leg_id, again)
    far_end_hangs_up(line, leg_id, again)
    line.order("use-accounts", accounts=ACCOUNTS)


def test_many_accounts_with_passwords_take_turns_in_the_library(line: WorkerUnderTest) -> None:
    many = [
        {"account_id": f"trunk-{n}", "domain": f"p{n}.example", "user": "u", "secret": "x" * 8}
        for n in range(10, 22)
    ]
    line.order("use-accounts", accounts=[*ACCOUNTS, *many])

    for account in many * 2:
        leg_id, invite = call_out(line, account_id=account["account_id"])
        assert account["domain"] in invite.start
        line.far.reply(invite, "486 Busy Here")
        line.far.expect("ACK", invite.header("call-id"))
        line.news("ended", leg_id)
    line.order("use-accounts", accounts=ACCOUNTS)


def test_a_long_invite_goes_by_udp_too(line: WorkerUnderTest) -> None:
    long = {"account_id": "trunk-3", "domain": f"{'d' * 200}.example", "user": "u" * 64}
    line.order("use-accounts", accounts=[*ACCOUNTS, {**long, "secret": "correct horse"}])

    leg_id, invite = call_out(
        line,
        account_id="trunk-3",
        user="9" * 64,
        shown_number="8" * 64,
        shown_name="Müller & Söhne " * 8,
    )
    size = len(invite.body) + sum(len(name + value) for name, value in invite.headers)
    assert size > 1_300
    assert len(invite.header("from")) < 500

    line.far.reply(invite, "486 Busy Here")
    line.news("ended", leg_id)
    line.order("use-accounts", accounts=ACCOUNTS)


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_the_edge_is_told_how_the_provider_wants_it(line: WorkerUnderTest, transport: str) -> None:
    account = {"account_id": "trunk-4", "domain": "p.example:5071", "transport": transport}
    line.order("use-accounts", accounts=[*ACCOUNTS, account])

    leg_id, invite = call_out(line, account_id="trunk-4", user="07700900123")

    assert invite.start == f"INVITE sip:07700900123@p.example:5071;transport={transport} SIP/2.0"
    line.far.reply(invite, "486 Busy Here")
    line.news("ended", leg_id)
    line.order("use-accounts", accounts=ACCOUNTS)


def test_a_provider_may_want_its_early_answers_acknowledged(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)
    assert "100rel" in invite.header("supported")

    reliable = "Require: 100rel\r\nRSeq: 7\r\n"
    line.far.reply(invite, "183 Session Progress", body=description(), headers=reliable)

    prack = line.far.expect("PRACK", invite.header("call-id"))
    assert prack.header("rack") == f"7 {invite.cseq[0]} INVITE"
    line.far.reply(prack, "200 OK")
    assert line.news("media-agreed", leg_id)["early"]
    line.far.reply(invite, "200 OK")
    line.far.expect("ACK", invite.header("call-id"))
    line.news("answered", leg_id)
    far_end_hangs_up(line, leg_id, invite)


def test_a_redirection_is_never_followed(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)

    elsewhere = "Contact: <sip:09098790000@elsewhere.example>\r\n"
    line.far.reply(invite, "302 Moved Temporarily", headers=elsewhere)

    line.far.expect("ACK", invite.header("call-id"))
    assert line.news("ended", leg_id)["status"] == 302
    assert line.far.silent_for(0.3), line.far.seen


def test_a_late_answer_of_another_phone_changes_nothing(line: WorkerUnderTest) -> None:
    leg_id, invite = call_out(line)
    answer(line, leg_id, invite)

    line.far.reply(invite, "180 Ringing", tag="late")
    refer = line.far.request(
        "REFER",
        invite.header("call-id"),
        7,
        to_tag=invite.tag("from"),
        headers=("Refer-To: <sip:202@box.example>",),
    )
    line.far.send(refer)

    assert line.news("refer-asked", leg_id)["user"] == "202"
    line.order("answer-refer", leg_id=leg_id, accepted=False)
    line.far.expect(603, invite.header("call-id"))
    line.order("clear", leg_id=leg_id)
    line.far.reply(line.far.expect("BYE", invite.header("call-id")), "200 OK")
    line.news("ended", leg_id)
