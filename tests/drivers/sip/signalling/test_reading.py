"""The small readers: messages, addresses, Refer-To, INFO bodies, causes, ports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.sip.signalling import info_dtmf
from drivers.sip.signalling.caller import address, caller_of, split_address, user_of
from drivers.sip.signalling.message import read
from drivers.sip.signalling.port_room import PortRoom
from drivers.sip.signalling.refer import ReferTarget, parse_refer_to
from drivers.sip.signalling.status_causes import TABLE, cause_of, reason_header, status_of
from firmware.contract.causes import Cause


def test_compact_and_folded_headers_are_read() -> None:
    message = read(
        "INVITE sip:1@x SIP/2.0\r\nf: <sip:a@b>\r\n ;tag=one\r\nT : <sip:c@d>\r\ni:id@x\r\n"
        "c: application/sdp;x=y\r\n\r\nv=0\r\n"
    )

    assert (message.method, message.request_uri, message.status) == ("INVITE", "sip:1@x", 0)
    assert (message.from_tag, message.to_tag, message.call_id) == ("one", "", "id@x")
    assert message.sdp == "v=0\r\n"


def test_a_tag_within_a_uri_is_not_the_headers() -> None:
    message = read("BYE sip:1@x SIP/2.0\r\nTo: <sip:c@d;tag=no>;tag=yes\r\n\r\n")

    assert message.to_tag == "yes"


def test_a_response_has_status_and_phrase() -> None:
    message = read("SIP/2.0 486 Busy Here\r\n\r\n")

    assert (message.status, message.phrase, message.method) == (486, "Busy Here", "")


def test_bytes_that_are_no_utf8_can_be_told_on() -> None:
    message = read("SIP/2.0 486 \udcff\udcfe\r\n\r\n")

    assert message.phrase.encode()


@given(st.text(max_size=300))
def test_no_text_upsets_the_message_reader(text: str) -> None:
    message = read(text)

    assert message.status >= 0
    assert (message.sdp or "") is not None
    caller_of(message, trusted=True)
    parse_refer_to(text)
    info_dtmf.parse(info_dtmf.RELAY, text)
    cause_of(404, (text,))


@pytest.mark.parametrize(
    ("uri", "user"),
    [
        ("sip:101@box", "101"),
        ("sips:101@box:5061;transport=tls", "101"),
        ("sip:+441632960100;phone-context=x@box;user=phone", "+441632960100"),
        ("tel:+44-1632-960100;ext=1", "+441632960100"),
        ("sip:a%2Bb:secret@box", "a+b"),
        ("sip:box.example", ""),
        ("", ""),
    ],
)
def test_the_user_part_of_a_uri(uri: str, user: str) -> None:
    assert user_of(uri) == user


@pytest.mark.parametrize(
    ("value", "name", "uri"),
    [
        ('"Ann" <sip:1@x>;tag=a', "Ann", "sip:1@x"),
        ("Ann Bell <sip:1@x>", "Ann Bell", "sip:1@x"),
        ("<sip:1@x>", None, "sip:1@x"),
        ("sip:1@x;tag=a", None, "sip:1@x"),
        ('"<sip:evil@x>" <sip:1@x>', "<sip:evil@x>", "sip:1@x"),
    ],
)
def test_name_and_uri_of_an_address(value: str, name: str | None, uri: str) -> None:
    assert split_address(value) == (name, uri)


def test_an_address_says_nothing_but_what_it_is_given() -> None:
    made = address("10 1\r\n", "box", 'A "B"\r\nX: y\\')

    assert made == '"A \\"B\\"X: y\\\\" <sip:10%201%0D%0A@box>'
    assert split_address(made) == ('A "B"X: y\\', "sip:10%201%0D%0A@box")


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("<sip:202@box>", ReferTarget("202", None)),
        ("sip:202@box;method=INVITE", ReferTarget("202", None)),
        ('"Bob" <sip:%2B441632960100@box>', ReferTarget("+441632960100", None)),
        ("<tel:+441632960100>", ReferTarget("+441632960100", None)),
        (
            "<sip:202@box?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces>",
            ReferTarget("202", "a@b;to-tag=1;from-tag=2"),
        ),
        ("<sip:202@box;method=BYE>", None),
        ("<sip:box>", None),
        ("<http://box/>", None),
        ("", None),
    ],
)
def test_where_a_transfer_goes(value: str, target: ReferTarget | None) -> None:
    assert parse_refer_to(value) == target


@pytest.mark.parametrize("digit", list("0123456789ABCD*#"))
def test_a_digit_we_send_is_a_digit_we_read(digit: str) -> None:
    assert info_dtmf.parse(info_dtmf.RELAY, info_dtmf.relay_body(digit)) == digit


@pytest.mark.parametrize("body", ["", "Duration=100", "Signal=", "Signal=55", "Signal=E", "17"])
def test_what_is_no_digit_is_none(body: str) -> None:
    assert info_dtmf.parse(info_dtmf.RELAY, body) is None
    assert info_dtmf.parse("text/plain", "5") is None


def test_every_cause_has_one_row_and_every_status_one_cause() -> None:
    assert [row.cause for row in TABLE] == list(Cause)
    meant = [status for row in TABLE for status in row.means]
    assert len(meant) == len(set(meant))
    assert all(400 <= row.says < 700 for row in TABLE)


@pytest.mark.parametrize(
    ("cause", "status"),
    [(1, 404), (3, 404), (17, 486), (19, 480), (21, 603), (28, 484), (34, 503), (58, 488)],
)
def test_causes_become_statuses(cause: int, status: int) -> None:
    assert status_of(Cause(cause)) == status


@pytest.mark.parametrize(
    ("status", "cause"),
    [(404, 1), (486, 17), (408, 102), (403, 21), (484, 28), (500, 41), (502, 38), (600, 17)],
)
def test_statuses_become_causes(status: int, cause: int) -> None:
    assert cause_of(status) == cause


def test_statuses_nobody_listed_go_by_their_class() -> None:
    assert cause_of(0) == Cause.NORMAL_CALL_CLEARING
    assert cause_of(499) == Cause.TEMPORARY_FAILURE
    assert cause_of(599) == Cause.NETWORK_OUT_OF_ORDER
    assert cause_of(699) == Cause.CALL_REJECTED
    assert cause_of(300) == Cause.NORMAL_UNSPECIFIED


def test_a_reason_counts_only_when_it_is_a_cause_of_q850() -> None:
    assert cause_of(480, (reason_header(Cause.USER_BUSY),)) == Cause.USER_BUSY
    assert cause_of(480, ('SIP;cause=200, Q.850;text="x";cause=19',)) == Cause.NO_ANSWER_FROM_USER
    assert cause_of(486, ("Q.850;cause=126",)) == Cause.USER_BUSY
    assert cause_of(486, ("SIP;cause=200",)) == Cause.USER_BUSY


def test_a_port_is_a_legs_own_until_it_is_given_back() -> None:
    room = PortRoom()
    assert room.take("a") is None
    room.use("192.0.2.10", (2, 4))

    first, second = room.take("a"), room.take("b")

    assert first is not None
    assert second is not None
    assert (first.port, second.port) == (2, 4)
    assert room.take("c") is None
    room.use("192.0.2.10", (4, 6))
    room.give_back("a")
    room.give_back("a")
    room.give_back("b")
    assert [getattr(room.take(leg), "port", None) for leg in "cde"] == [6, 4, None]
