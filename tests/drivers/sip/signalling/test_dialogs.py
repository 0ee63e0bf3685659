"""What happens within a call: hold, other sound, digits, transfer asked for, nonsense."""

import pytest

from tests.drivers.sip.signalling.far_end import (
    RTP_ADDRESS,
    WorkerUnderTest,
    answered_call,
    call_in,
    description,
    hang_up,
)

RELAY = "application/dtmf-relay"


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize(
    ("said", "address", "told", "answered"),
    [
        ("sendonly", "127.0.0.1", "recvonly", ("recvonly",)),
        ("inactive", "127.0.0.1", "inactive", ("inactive",)),
        ("sendrecv", "0.0.0.0", "recvonly", ("recvonly", "inactive", "sendrecv")),
    ],
    ids=["sendonly", "inactive", "old-style"],
)
def test_the_far_end_holds_and_takes_back_on_the_same_port(
    line: WorkerUnderTest,
    method: str,
    said: str,
    address: str,
    told: str,
    answered: tuple[str, ...],
) -> None:
    call = answered_call(line)

    def offer(direction: str, where: str, version: int) -> str:
        extra = f"a=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
        return description(extra=extra, address=where, version=version)

    call.request(method, body=offer(said, address, 2))
    held = call.expect(200, method)
    assert any(f"a={word}\r\n" in held.body for word in answered)
    if method == "INVITE":
        call.far.acknowledge(held)
    news = line.news("media-agreed", call.leg_id)
    assert news["direction"] == told

    call.request(method, body=offer("sendrecv", "127.0.0.1", 3))
    back = call.expect(200, method)
    assert "a=sendrecv\r\n" in back.body
    assert f"c=IN IP4 {RTP_ADDRESS}" in back.body
    if method == "INVITE":
        call.far.acknowledge(back)
    again = line.news("media-agreed", call.leg_id)
    assert again["direction"] == "sendrecv"
    assert again["local_port"] == news["local_port"] == back.audio_port == held.audio_port
    hang_up(line, call)


def test_a_re_invite_may_bring_another_address_and_codec(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("INVITE", body=description(5_600, "0", "", "127.0.0.2", version=2))
    ok = call.expect(200, "INVITE")
    call.far.acknowledge(ok)

    agreed = line.news("media-agreed", call.leg_id)
    assert (agreed["address"], agreed["port"], agreed["codec"]) == ("127.0.0.2", 5600, "PCMU")
    assert agreed["event_payload_type"] is None
    hang_up(line, call)


def test_a_re_invite_we_cannot_meet_leaves_the_call_as_it_is(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("INVITE", body=description(formats="9", extra="a=rtpmap:9 G722/8000\r\n"))
    refused = call.expect(488, "INVITE")
    call.far.acknowledge(refused)

    assert line.pending() == []
    assert hang_up(line, call)["cause"] == 16


def test_a_re_invite_without_an_offer_is_answered_with_ours(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("INVITE")
    ok = call.expect(200, "INVITE")
    assert f"c=IN IP4 {RTP_ADDRESS}" in ok.body
    call.far.acknowledge(ok, description(port=5_700, version=2))

    assert line.news("media-agreed", call.leg_id)["port"] == 5700
    hang_up(line, call)


def test_a_refresh_with_the_same_description_is_no_news(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("INVITE", body=description())
    call.far.acknowledge(call.expect(200, "INVITE"))

    assert line.pending() == []
    hang_up(line, call)


def test_a_session_timer_is_agreed_and_refreshed_by_the_far_end(line: WorkerUnderTest) -> None:
    call = call_in(line, headers=("Supported: timer", "Session-Expires: 300;refresher=uac"))
    line.order("answer", leg_id=call.leg_id)
    ok = call.expect(200)
    call.to_tag = ok.tag("to")
    call.far.acknowledge(ok)
    assert ok.header("session-expires") == "300;refresher=uac"

    call.request("UPDATE", headers=("Supported: timer", "Session-Expires: 300;refresher=uac"))
    assert call.expect(200, "UPDATE").header("session-expires").startswith("300")
    hang_up(line, call)


def test_a_session_timer_too_short_is_refused(line: WorkerUnderTest) -> None:
    call_id = line.far.call_id()
    line.far.send(
        line.far.request(
            "INVITE",
            call_id,
            body=description(),
            headers=("Supported: timer", "Session-Expires: 30"),
        )
    )

    refused = line.far.expect(422, call_id)
    line.far.acknowledge(refused)

    assert int(refused.header("min-se")) >= 90
    assert line.pending() == []


@pytest.mark.parametrize(
    ("kind", "body", "digit"),
    [
        (RELAY, "Signal=5\r\nDuration=160\r\n", "5"),
        (RELAY, "Signal= *\nDuration= 250", "*"),
        (RELAY, "signal=11", "#"),
        ("application/dtmf", "7", "7"),
        ("application/dtmf", "d", "D"),
    ],
)
def test_a_digit_by_info_is_told(line: WorkerUnderTest, kind: str, body: str, digit: str) -> None:
    call = answered_call(line)

    call.request("INFO", content_type=kind, body=body)

    call.expect(200, "INFO")
    assert line.news("info-digit", call.leg_id)["digit"] == digit
    hang_up(line, call)


@pytest.mark.parametrize("signal", ["hf", "16", "flash"])
def test_a_pressed_hook_by_info_is_told(line: WorkerUnderTest, signal: str) -> None:
    call = answered_call(line)

    call.request("INFO", content_type=RELAY, body=f"Signal={signal}\r\nDuration=250\r\n")

    call.expect(200, "INFO")
    assert line.news("info-flash", call.leg_id)
    hang_up(line, call)


def test_an_info_about_something_else_is_taken_and_not_told(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("INFO", content_type="application/media_control+xml", body="<x/>")
    call.expect(200, "INFO")
    call.request("INFO")
    call.expect(200, "INFO")

    assert line.pending() == []
    hang_up(line, call)


def test_digits_go_out_as_info(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    line.order("send-info", leg_id=call.leg_id, digits="4#")

    for digit in "4#":
        info = call.expect("INFO")
        call.far.reply(info, "200 OK")
        assert info.header("content-type") == RELAY
        assert f"Signal={digit}\r\n" in info.body
    hang_up(line, call)


@pytest.mark.parametrize("answer", ["200 OK", "405 Method Not Allowed", "501 Not Implemented"])
def test_a_far_end_that_is_asked_and_answers_keeps_its_call(
    line: WorkerUnderTest, answer: str
) -> None:
    call = answered_call(line)

    line.order("ask-far-end", leg_id=call.leg_id)
    call.far.reply(call.expect("OPTIONS"), answer)
    line.order("send-info", leg_id=call.leg_id, digits="4")

    call.far.reply(call.expect("INFO"), "200 OK")
    assert line.pending() == []
    hang_up(line, call)


@pytest.mark.parametrize(
    ("answer", "cause"), [("408 Request Timeout", 102), ("481 Call Does Not Exist", 41)]
)
def test_a_far_end_that_is_asked_and_is_gone_ends_its_call(
    line: WorkerUnderTest, answer: str, cause: int
) -> None:
    call = answered_call(line)

    line.order("ask-far-end", leg_id=call.leg_id)
    call.far.reply(call.expect("OPTIONS"), answer)
    call.far.reply(call.expect("BYE"), "200 OK")

    assert line.news("ended", call.leg_id)["cause"] == cause


def test_a_transfer_asked_for_is_told_and_answered_when_we_are_told(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("REFER", headers=("Refer-To: <sip:202@box.example>",))

    asked = line.news("refer-asked", call.leg_id)
    assert (asked["user"], asked["replaces"]) == ("202", None)
    assert line.far.silent_for(0.3), line.far.seen

    line.order("answer-refer", leg_id=call.leg_id, accepted=True)
    assert call.expect(202, "REFER")
    notify = call.expect("NOTIFY")
    call.far.reply(notify, "200 OK")
    assert notify.body == "SIP/2.0 200 OK\r\n"
    assert notify.header("subscription-state").startswith("terminated")
    assert line.far.silent_for(0.3), line.far.seen
    hang_up(line, call)


def test_an_attended_transfer_names_the_call_to_take_over(line: WorkerUnderTest) -> None:
    call = answered_call(line)
    escaped = "Replaces=abc%40pbx%3Bto-tag%3D1%3Bfrom-tag%3D2"

    call.request("REFER", headers=(f"Refer-To: <sip:202@box.example?{escaped}>",))

    asked = line.news("refer-asked", call.leg_id)
    assert (asked["user"], asked["replaces"]) == ("202", "abc@pbx;to-tag=1;from-tag=2")
    line.order("answer-refer", leg_id=call.leg_id, accepted=False, cause=21)
    assert call.expect(603, "REFER")
    assert line.far.silent_for(0.3), line.far.seen
    hang_up(line, call)


def test_a_repeated_refer_is_one_request(line: WorkerUnderTest) -> None:
    call = answered_call(line)
    call.request("REFER", headers=("Refer-To: <sip:202@box.example>",))
    line.news("refer-asked", call.leg_id)

    call.cseq -= 1
    call.request("REFER", headers=("Refer-To: <sip:202@box.example>",))
    assert line.pending() == []

    line.order("answer-refer", leg_id=call.leg_id, accepted=False)
    call.expect(603, "REFER")
    hang_up(line, call)


@pytest.mark.parametrize("refer_to", ["", "Refer-To: <http://example.com/>"])
def test_a_refer_to_nowhere_is_a_bad_request(line: WorkerUnderTest, refer_to: str) -> None:
    call = answered_call(line)

    call.request("REFER", headers=tuple(filter(None, (refer_to,))))

    assert call.expect(400, "REFER")
    assert line.pending() == []
    hang_up(line, call)


def test_a_call_that_ends_before_its_refer_is_answered_leaves_nothing(
    line: WorkerUnderTest,
) -> None:
    call = answered_call(line)
    call.request("REFER", headers=("Refer-To: <sip:202@box.example>",))
    line.news("refer-asked", call.leg_id)

    hang_up(line, call)
    line.order("answer-refer", leg_id=call.leg_id, accepted=True)

    assert line.pending() == []


@pytest.mark.parametrize("method", ["MESSAGE", "SUBSCRIBE", "PUBLISH", "REGISTER", "JUMP"])
def test_other_methods_within_a_call_are_not_allowed(line: WorkerUnderTest, method: str) -> None:
    call = answered_call(line)

    call.request(method)

    assert "INVITE" in call.expect(405, method).header("allow")
    assert hang_up(line, call)["cause"] == 16


@pytest.mark.parametrize("method", ["INFO", "REFER", "BYE", "INVITE", "UPDATE"])
def test_a_request_with_a_strangers_tag_does_nothing(line: WorkerUnderTest, method: str) -> None:
    call = answered_call(line)
    stranger = line.far.request(
        method,
        call.call_id,
        50,
        to_tag=call.to_tag,
        from_tag="stranger",
        headers=("Refer-To: <sip:202@box.example>",),
    )

    line.far.send(stranger)

    assert call.expect(481, method)
    assert line.pending() == []
    assert hang_up(line, call)["cause"] == 16


def test_options_within_a_call_are_answered(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    call.request("OPTIONS")

    assert call.expect(200, "OPTIONS")
    hang_up(line, call)


MORE_THAN_THE_BRIDGE_HOLDS = 300


def test_a_call_may_be_held_and_taken_back_for_ever(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    for version in range(2, MORE_THAN_THE_BRIDGE_HOLDS):
        call.request(
            "INVITE", body=description(formats="0" if version % 2 else "8", version=version)
        )
        call.far.acknowledge(call.expect(200, "INVITE"))
        line.news("media-agreed", call.leg_id)

    hang_up(line, call)


def test_calls_may_come_for_ever(line: WorkerUnderTest) -> None:
    for _ in range(MORE_THAN_THE_BRIDGE_HOLDS):
        assert hang_up(line, answered_call(line))["cause"] == 16
