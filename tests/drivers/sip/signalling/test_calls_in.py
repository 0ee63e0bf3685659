"""Calls that come to the worker over real UDP."""

import pytest

from tests.drivers.sip.signalling.far_end import (
    BOX,
    PORTS,
    RTP_ADDRESS,
    WorkerUnderTest,
    answered_call,
    call_in,
    description,
    hang_up,
)


def test_an_invite_is_told_and_gets_100_and_nothing_else(line: WorkerUnderTest) -> None:
    call_id = line.far.call_id()
    asked = line.far.request(
        "INVITE",
        call_id,
        body=description(),
        headers=("X-Tipring-Account: phone-1", "User-Agent: Desk 1"),
    )
    line.far.send(asked)

    told = line.news("invited")

    assert (told["account"], told["called"], told["calling"]) == ("phone-1", "201", "101")
    assert (told["calling_name"], told["user_agent"]) == ("Front desk", "Desk 1")
    assert (told["call_id"], told["far_tag"]) == (call_id, "far")
    assert line.far.expect(100, call_id)
    assert line.pending() == []

    line.order("ring", leg_id=told["leg_id"])
    assert line.far.expect(180, call_id).tag("to") == told["own_tag"]
    line.order("clear", leg_id=told["leg_id"], cause=17)
    line.far.acknowledge(line.far.expect(486, call_id))
    assert line.news("ended")["cause"] == 17


def test_a_call_is_rung_answered_and_hung_up_by_the_far_end(line: WorkerUnderTest) -> None:
    call = call_in(line)
    line.order("ring", leg_id=call.leg_id)
    assert not call.expect(180).body
    line.order("answer", leg_id=call.leg_id)
    ok = call.expect(200)
    agreed = line.news("media-agreed", call.leg_id)

    assert f"c=IN IP4 {RTP_ADDRESS}" in ok.body
    assert ok.audio_port == agreed["local_port"]
    assert ok.audio_port in PORTS
    assert (agreed["address"], agreed["port"], agreed["codec"]) == ("127.0.0.1", 5004, "PCMA")
    assert (agreed["payload_type"], agreed["event_payload_type"]) == (8, 101)
    assert agreed["direction"] == "sendrecv"

    call.to_tag = ok.tag("to")
    call.far.acknowledge(ok)
    assert line.news("answered", call.leg_id)["far_tag"] == "far"
    ended = hang_up(line, call)
    assert (ended["cause"], ended["status"], ended["by_far_end"]) == (16, 0, True)


def test_our_answer_holds_g711_and_events_at_20_ms_only(line: WorkerUnderTest) -> None:
    names = "".join(
        f"a=rtpmap:{n} {name}\r\n" for n, name in ((96, "opus/48000/2"), (9, "G722/8000"))
    )
    call = call_in(
        line,
        description(formats="96 9 0 8 101", extra=names + "a=rtpmap:101 telephone-event/8000\r\n"),
    )
    line.order("answer", leg_id=call.leg_id)
    ok = call.expect(200)
    call.to_tag = ok.tag("to")
    call.far.acknowledge(ok)

    assert "RTP/AVP 0 101\r\n" in ok.body
    assert "a=ptime:20" in ok.body
    assert "a=rtcp" not in ok.body
    hang_up(line, call)


def test_sound_before_the_answer_goes_by_183(line: WorkerUnderTest) -> None:
    call = call_in(line)
    line.order("send-early", leg_id=call.leg_id)
    early = call.expect(183)

    agreed = line.news("media-agreed", call.leg_id)
    assert agreed["early"]
    assert early.audio_port == agreed["local_port"]

    line.order("answer", leg_id=call.leg_id)
    ok = call.expect(200)
    call.to_tag = ok.tag("to")
    call.far.acknowledge(ok)
    line.news("answered", call.leg_id)
    hang_up(line, call)


def test_a_caller_who_gives_up_is_told_with_its_reason(line: WorkerUnderTest) -> None:
    call = call_in(line)
    line.order("ring", leg_id=call.leg_id)
    call.expect(180)

    call.far.send(
        call.far.request(
            "CANCEL",
            call.call_id,
            branch=f"{call.call_id}INVITE1",
            headers=('Reason: SIP;cause=200;text="elsewhere", Q.850;cause=102',),
        )
    )

    call.expect(200, "CANCEL")
    call.far.acknowledge(call.expect(487))
    ended = line.news("ended", call.leg_id)
    assert (ended["status"], ended["cause"], ended["by_far_end"]) == (487, 102, True)


@pytest.mark.parametrize(
    ("cause", "status"), [(17, 486), (1, 404), (21, 603), (42, 503), (28, 484), (58, 488)]
)
def test_a_refusal_says_why_as_status_and_as_reason(
    line: WorkerUnderTest, cause: int, status: int
) -> None:
    call = call_in(line)

    line.order("clear", leg_id=call.leg_id, cause=cause)

    refused = call.expect(status)
    assert refused.header("reason") == f"Q.850;cause={cause}"
    call.far.acknowledge(refused)
    ended = line.news("ended", call.leg_id)
    assert (ended["cause"], ended["by_far_end"]) == (cause, False)


def test_a_refusal_for_want_of_room_says_when_to_try_again(line: WorkerUnderTest) -> None:
    call = call_in(line)

    line.order("clear", leg_id=call.leg_id, cause=34, retry_after_s=7)

    refused = call.expect(503)
    assert refused.header("retry-after") == "7"
    call.far.acknowledge(refused)
    line.news("ended", call.leg_id)


def test_we_hang_up_an_answered_call_with_a_reason(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    line.order("clear", leg_id=call.leg_id, cause=41)

    bye = call.expect("BYE")
    assert bye.header("reason") == "Q.850;cause=41"
    call.far.reply(bye, "200 OK")
    ended = line.news("ended", call.leg_id)
    assert (ended["cause"], ended["status"], ended["by_far_end"]) == (41, 0, False)


def test_a_reason_in_the_far_ends_bye_is_its_cause(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("BYE", headers=("Reason: Q.850;cause=38",))

    call.expect(200, "BYE")
    assert line.news("ended", call.leg_id)["cause"] == 38


@pytest.mark.parametrize(
    "offer",
    [
        description(formats="18 9", extra="a=rtpmap:9 G722/8000\r\n"),
        description(formats="96", extra="a=rtpmap:96 opus/48000/2\r\n"),
        description().replace("RTP/AVP", "RTP/SAVP"),
        description().replace("m=audio", "m=video"),
        description(address="phone.example"),
    ],
    ids=["g722", "opus", "encrypted", "video", "no-address"],
)
def test_an_offer_we_cannot_meet_gets_488_and_no_leg(line: WorkerUnderTest, offer: str) -> None:
    call_id = line.far.call_id()

    line.far.send(line.far.request("INVITE", call_id, body=offer))

    refused = line.far.expect(488, call_id)
    assert "G.711" in refused.header("warning")
    line.far.acknowledge(refused)
    assert [news["kind"] for news in line.pending()] == ["offer-refused"]


def test_of_several_streams_all_but_one_are_refused_by_port_0(line: WorkerUnderTest) -> None:
    offer = description() + "m=video 6000 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n"
    call = call_in(line, offer + "m=audio 6002 RTP/AVP 8\r\n")
    line.order("answer", leg_id=call.leg_id)
    ok = call.expect(200)
    call.to_tag = ok.tag("to")
    call.far.acknowledge(ok)

    ports = [text.split()[1] for text in ok.body.split("m=")[1:]]
    assert ports[1:] == ["0", "0"]
    assert ports[0] != "0"
    assert line.news("media-agreed", call.leg_id)["port"] == 5004
    hang_up(line, call)


def test_an_invite_without_an_offer_gets_ours_and_the_ack_answers(line: WorkerUnderTest) -> None:
    call_id = line.far.call_id()
    line.far.send(line.far.request("INVITE", call_id))
    leg_id = line.news("invited")["leg_id"]
    line.order("answer", leg_id=leg_id)
    ok = line.far.expect(200, call_id)
    assert "RTP/AVP 8 0 " in ok.body

    line.far.acknowledge(ok, description(port=5_300, formats="0"))

    agreed = line.news("media-agreed", leg_id)
    assert (agreed["port"], agreed["codec"], agreed["event_payload_type"]) == (5300, "PCMU", None)
    line.news("answered", leg_id)
    line.order("clear", leg_id=leg_id)
    line.far.reply(line.far.expect("BYE", call_id), "200 OK")
    line.news("ended", leg_id)


def test_a_description_within_multipart_is_found(line: WorkerUnderTest) -> None:
    parts = (
        "--cut\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        f"--cut\r\nContent-Type: application/sdp\r\n\r\n{description(port=5_400)}\r\n--cut--\r\n"
    )
    call = answered_call(line, parts, content_type="multipart/mixed;boundary=cut")

    assert hang_up(line, call)["cause"] == 16


@pytest.mark.parametrize(
    ("caller", "headers", "calling", "name"),
    [
        ("<sip:+447700900123@provider.example>", (), "+447700900123", None),
        ("<tel:+447700900123>", (), "+447700900123", None),
        ('"Ann \\"A\\" Bell" <sip:101@box>', (), "101", 'Ann "A" Bell'),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', (), None, None),
        (
            "<sip:trunk@provider.example>",
            ('P-Asserted-Identity: "Bob" <sip:+447700900124@provider.example>',),
            "+447700900124",
            "Bob",
        ),
        (
            "<sip:anonymous@anonymous.invalid>",
            ("P-Asserted-Identity: <sip:+447700900124@provider.example>", "Privacy: id"),
            None,
            None,
        ),
        ("<sip:101@box>", ("Privacy: id;critical",), None, None),
        ("<sip:101@box>", ("Privacy: none",), "101", None),
    ],
)
def test_who_calls_is_from_asserted_identity_or_withheld(
    line: WorkerUnderTest,
    caller: str,
    headers: tuple[str, ...],
    calling: str | None,
    name: str | None,
) -> None:
    call_id = line.far.call_id()
    line.far.send(
        line.far.request("INVITE", call_id, body=description(), caller=caller, headers=headers)
    )

    told = line.news("invited")

    assert (told["calling"], told["calling_name"]) == (calling, name)
    line.order("clear", leg_id=told["leg_id"])
    line.far.acknowledge(line.far.expect(480, call_id))
    line.news("ended")


def test_a_replaces_header_comes_past_the_library(line: WorkerUnderTest) -> None:
    replaces = "abc@pbx;to-tag=1;from-tag=2"
    call_id = line.far.call_id()
    line.far.send(
        line.far.request(
            "INVITE", call_id, body=description(), headers=(f"X-Tipring-Replaces: {replaces}",)
        )
    )

    told = line.news("invited")

    assert told["replaces"] == replaces
    line.order("clear", leg_id=told["leg_id"])
    line.far.acknowledge(line.far.expect(480, call_id))
    line.news("ended")


def test_four_calls_stand_at_once_and_the_fifth_is_busy(line: WorkerUnderTest) -> None:
    capacity = line.ready["capacity"]
    calls = [answered_call(line) for _ in range(capacity)]
    fifth = line.far.call_id()

    line.far.send(line.far.request("INVITE", fifth, body=description()))

    line.far.acknowledge(line.far.expect(486, fifth))
    for call in calls:
        assert hang_up(line, call)["cause"] == 16
    after = answered_call(line)
    hang_up(line, after)


def test_ports_are_given_out_least_recently_used_first(line: WorkerUnderTest) -> None:
    ports = []
    for _ in range(2 * len(PORTS)):
        call = call_in(line)
        line.order("answer", leg_id=call.leg_id)
        ok = call.expect(200)
        call.to_tag = ok.tag("to")
        call.far.acknowledge(ok)
        ports.append(ok.audio_port)
        hang_up(line, call)

    assert ports[: len(PORTS)] == ports[len(PORTS) :]
    assert len(set(ports)) == len(PORTS)


def test_a_call_that_needs_reliable_provisional_answers_gets_them(line: WorkerUnderTest) -> None:
    call = call_in(line, headers=("Require: 100rel", "Supported: 100rel"))
    line.order("ring", leg_id=call.leg_id)
    ringing = call.expect(180)
    call.to_tag = ringing.tag("to")
    call.request("PRACK", headers=(f"RAck: {ringing.header('rseq')} 1 INVITE",))
    call.expect(200, "PRACK")

    line.order("answer", leg_id=call.leg_id)
    ok = call.expect(200, "INVITE")
    call.far.acknowledge(ok)
    line.news("answered", call.leg_id)
    hang_up(line, call)


def test_called_user_is_the_request_uris(line: WorkerUnderTest) -> None:
    call_id = line.far.call_id()
    line.far.send(line.far.request("INVITE", call_id, body=description(), user="+441632960100"))

    told = line.news("invited")

    assert told["called"] == "+441632960100"
    assert BOX not in told["called"]
    line.order("clear", leg_id=told["leg_id"])
    line.far.acknowledge(line.far.expect(480, call_id))
    line.news("ended")
