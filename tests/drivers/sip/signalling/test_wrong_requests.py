"""What is no call: other methods, strangers, nonsense; the worker answers in form or not at all."""

import random

import pytest

from tests.drivers.sip.signalling.far_end import (
    FarEnd,
    WorkerUnderTest,
    answered_call,
    call_in,
    description,
    hang_up,
    worker,
)

AT_A_TIME = 10
"""A socket holds no more; what it drops tests nothing."""


def still_takes_calls(line: WorkerUnderTest) -> None:
    """All places of the library are free: as many calls as it holds can stand."""
    calls = [answered_call(line) for _ in range(line.ready["capacity"])]
    for call in calls:
        hang_up(line, call)


@pytest.mark.parametrize("method", ["REGISTER", "SUBSCRIBE", "MESSAGE", "PUBLISH", "FETCHAFISH"])
def test_what_the_edge_should_have_answered_is_not_allowed(
    line: WorkerUnderTest, method: str
) -> None:
    call_id = line.far.call_id()

    line.far.send(line.far.request(method, call_id, headers=("Event: presence",)))

    assert line.far.expect(405, call_id).header("allow").startswith("INVITE, ACK")


@pytest.mark.parametrize("to_tag", ["", "unknown"])
@pytest.mark.parametrize("method", ["BYE", "INFO", "UPDATE", "REFER", "NOTIFY"])
def test_a_request_of_no_dialog_is_told_so(line: WorkerUnderTest, method: str, to_tag: str) -> None:
    call_id = line.far.call_id()

    line.far.send(
        line.far.request(method, call_id, to_tag=to_tag, headers=("Refer-To: <sip:1@x>",))
    )

    assert line.far.expect(481, call_id)
    assert line.pending() == []


def test_options_are_answered(line: WorkerUnderTest) -> None:
    call_id = line.far.call_id()

    line.far.send(line.far.request("OPTIONS", call_id))

    assert line.far.expect(200, call_id).header("allow")


def test_a_cancel_of_nothing_is_told_so(line: WorkerUnderTest) -> None:
    call_id = line.far.call_id()

    line.far.send(line.far.request("CANCEL", call_id))

    assert line.far.expect(481, call_id)


def test_orders_about_a_leg_that_is_gone_do_nothing(line: WorkerUnderTest) -> None:
    for kind in ("ring", "send-early", "answer", "clear"):
        line.order(kind, leg_id="gone")
    line.order("send-info", leg_id="gone", digits="1")
    line.order("answer-refer", leg_id="gone", accepted=True)

    assert line.pending() == []


def test_an_order_that_does_not_fit_the_call_is_survived(line: WorkerUnderTest) -> None:
    call = answered_call(line)

    for kind in ("ring", "send-early", "answer"):
        line.order(kind, leg_id=call.leg_id)

    assert hang_up(line, call)["cause"] == 16


def test_without_a_port_for_the_sound_a_call_is_refused(line: WorkerUnderTest) -> None:
    line.order("use-ports", address="192.0.2.10", ports=[])
    assert line.pending() == []
    call_id = line.far.call_id()

    line.far.send(line.far.request("INVITE", call_id, body=description()))
    refused = line.far.expect(503, call_id)
    line.far.acknowledge(refused)
    line.order("invite", leg_id="deaf", account_id="phone-1", user="201")

    assert refused.header("retry-after")
    assert line.news("ended", "deaf")["cause"] == 47
    line.order("use-ports", address="192.0.2.10", ports=[40_000, 40_002, 40_004, 40_006])
    assert line.pending() == []
    still_takes_calls(line)


def test_oversized_messages_do_no_harm(line: WorkerUnderTest) -> None:
    call = answered_call(line)
    for size in (3_000, 9_000, 60_000):
        long = (f"X: {'x' * size}",)
        line.far.send(line.far.request("OPTIONS", line.far.call_id(), headers=long))
        call.request("INFO", content_type="application/dtmf-relay", body="Signal=" + "1" * size)

    assert hang_up(line, call)["cause"] == 16
    line.far.seen.clear()
    still_takes_calls(line)


def mutated(text: str, rng: random.Random) -> bytes:
    """Return `text` with a few bytes changed, doubled, cut out or torn off."""
    data = bytearray(text.encode())
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data))
        kind = rng.randrange(5)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at:at] = data[at : at + rng.randint(1, 200)]
        elif kind == 2:
            del data[at : at + rng.randint(1, 40)]
        elif kind == 3:
            data[at:at] = bytes([rng.choice(b'<>;=@:\r\n\x00\xff "%')]) * rng.randint(1, 50)
        elif len(data) > 200:
            del data[max(at, 100) :]
    return bytes(data)


@pytest.mark.parametrize("seed", range(3))
def test_mutated_messages_within_a_call_do_no_harm(seed: int) -> None:
    rng = random.Random(seed)
    told = []
    with worker() as line:
        call = answered_call(line)
        for number in range(300):
            method = rng.choice(["INFO", "UPDATE", "INVITE", "REFER", "OPTIONS", "NOTIFY", "PRACK"])
            text = line.far.request(
                method,
                call.call_id,
                100 + number,
                to_tag=call.to_tag,
                headers=("Refer-To: <sip:202@box?Replaces=a%3Bto-tag%3D1>", "Session-Expires: 300"),
                body=rng.choice(["", description(), "Signal=5\r\n"]),
                content_type=rng.choice(["application/sdp", "application/dtmf-relay"]),
            )
            line.far.send(mutated(text, rng))
            if number % AT_A_TIME == 0:
                told += line.settled()
        ended = [one for one in told + line.settled() if one["kind"] == "ended"]

        assert line.process.poll() is None
        if not ended:
            call.cseq = 5_000
            call.request("BYE")
            line.news("ended", call.leg_id)


@pytest.mark.parametrize("seed", range(3))
def test_mutated_messages_outside_calls_do_no_harm(seed: int) -> None:
    rng = random.Random(100 + seed)
    with worker() as line:
        for number in range(300):
            method = rng.choice(["OPTIONS", "INVITE", "REGISTER", "BYE", "CANCEL", "ACK"])
            body = description() if method == "INVITE" else ""
            text = line.far.request(method, f"wild-{number}", body=body)
            line.far.send(mutated(text, rng))
            for told in line.settled() if number % AT_A_TIME == 0 else ():
                if told["kind"] == "invited":
                    line.order("clear", leg_id=told["leg_id"])
        for told in line.settled():
            if told["kind"] == "invited":
                line.order("clear", leg_id=told["leg_id"])

        assert line.process.poll() is None
        line.settled()


def test_a_call_nobody_acknowledges_ends_and_frees_its_place(line: WorkerUnderTest) -> None:
    legs = []
    for _ in range(line.ready["capacity"]):
        call = call_in(line)
        line.order("answer", leg_id=call.leg_id)
        call.expect(200)
        legs.append(call.leg_id)
    line.order("clear", leg_id=legs[0])
    fifth = line.far.call_id()
    line.far.send(line.far.request("INVITE", fifth, body=description()))
    line.far.acknowledge(line.far.expect(486, fifth))
    assert "ended" not in [one["kind"] for one in line.pending()]

    for leg_id in legs:
        bye = line.far.expect("BYE")
        line.far.reply(bye, "481 No Such Call")
        assert leg_id
    ended = {leg_id: line.news("ended") for leg_id in legs}

    assert sorted(one["cause"] for one in ended.values()) == [16, 102, 102, 102]
    line.far.seen.clear()
    still_takes_calls(line)


def test_without_an_edge_only_known_addresses_are_heard() -> None:
    far = FarEnd()
    with worker("--listen", "127.0.0.1", "--allow", "127.0.0.9", far=far) as line:
        for method in ("INVITE", "OPTIONS", "REGISTER"):
            far.send(far.request(method, far.call_id(), body=""))
        assert far.silent_for(0.5), far.seen
        assert line.pending() == []


def test_without_an_edge_a_known_phone_is_heard_but_not_believed() -> None:
    far = FarEnd()
    with worker("--listen", "127.0.0.1", "--allow", "127.0.0.1,127.0.0.9", far=far) as line:
        headers = ("X-Tipring-Account: trunk-1", "P-Asserted-Identity: <sip:999@x>")
        call = answered_call(line, headers=headers)
        hang_up(line, call)
        other = line.far.call_id()
        far.send(far.request("INVITE", other, body=description(), headers=headers))

        told = line.news("invited")

        assert (told["account"], told["calling"]) == (None, "101")
        assert told["source"] == far.address


def test_without_an_edge_a_call_goes_straight_to_the_phone() -> None:
    far = FarEnd()
    with worker("--listen", "127.0.0.1", "--allow", "127.0.0.1", far=far) as line:
        line.order("use-accounts", accounts=[{"account_id": "phone-1", "domain": far.address}])
        line.order("invite", leg_id="a", account_id="phone-1", user="201", shown_number="101")

        invite = far.expect("INVITE")

        assert invite.header("route") == ""
        far.reply(invite, "486 Busy Here")
        line.news("ended", "a")


def test_an_invite_that_came_by_two_ways_is_one_call(line: WorkerUnderTest) -> None:
    call = call_in(line)

    call.far.send(
        call.far.request("INVITE", call.call_id, body=description(), branch="another-way")
    )

    call.far.acknowledge(call.expect(482))
    assert line.pending() == []
    line.order("clear", leg_id=call.leg_id)
    call.far.acknowledge(call.expect(480))
    line.news("ended", call.leg_id)


def test_a_replaces_header_under_its_own_name_takes_nothing_over(line: WorkerUnderTest) -> None:
    call = answered_call(line)
    replaces = f"Replaces: {call.call_id};to-tag={call.to_tag};from-tag=far"
    other = line.far.call_id()

    line.far.send(line.far.request("INVITE", other, body=description(), headers=(replaces,)))

    line.far.acknowledge(line.far.expect(481, other))
    assert line.settled() == []
    assert hang_up(line, call)["cause"] == 16
