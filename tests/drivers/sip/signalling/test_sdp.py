"""Session descriptions by RFC 8866 and RFC 3264, as phones write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.sip.media_messages import Codec, MediaDirection
from drivers.sip.signalling.sdp import agree, can_meet, parse, with_our_media

OURS = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8 0 120\r\n"
    "c=IN IP4 192.0.2.10\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:120 telephone-event/8000\r\na=fmtp:120 0-16\r\na=sendrecv\r\n"
)


def theirs(media: str, address: str = "192.0.2.20", session: str = "") -> str:
    return f"v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n{session}{media}"


def test_static_payload_types_need_no_rtpmap() -> None:
    (stream,) = parse(theirs("m=audio 5004 RTP/AVP 18 0 8\r\n"))

    assert stream.codecs() == [(Codec.PCMU, 0), (Codec.PCMA, 8)]


def test_a_media_level_address_overrides_the_sessions() -> None:
    audio, video = parse(
        theirs("m=audio 5004 RTP/AVP 0\r\nc=IN IP4 192.0.2.21\r\nm=video 5006 RTP/AVP 31\r\n")
    )

    assert (audio.address, video.address) == ("192.0.2.21", "192.0.2.20")


def test_ipv6_and_multicast_addresses_are_read() -> None:
    six, many = parse(
        theirs(
            "m=audio 1 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\n"
            "m=audio 2 RTP/AVP 0\r\nc=IN IP4 233.252.0.1/127\r\n"
        )
    )

    assert (six.address, many.address) == ("2001:db8::1", "233.252.0.1")


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ("sendrecv", MediaDirection.SENDRECV),
        ("sendonly", MediaDirection.RECVONLY),
        ("recvonly", MediaDirection.SENDONLY),
        ("inactive", MediaDirection.INACTIVE),
    ],
)
@pytest.mark.parametrize("level", ["session", "media"])
def test_their_direction_is_the_opposite_of_ours(
    said: str, ours: MediaDirection, level: str
) -> None:
    line = f"a={said}\r\n"
    media = "m=audio 5004 RTP/AVP 8\r\n"
    text = theirs(media, session=line) if level == "session" else theirs(media + line)

    agreed = agree(OURS, text)

    assert agreed is not None
    assert agreed.direction == ours


@pytest.mark.parametrize(
    ("said", "ours"),
    [("sendrecv", MediaDirection.RECVONLY), ("sendonly", MediaDirection.RECVONLY)],
)
def test_an_address_of_zeros_is_hold(said: str, ours: MediaDirection) -> None:
    text = theirs(f"m=audio 5004 RTP/AVP 8\r\na={said}\r\n", address="0.0.0.0")

    agreed = agree(OURS, text)

    assert agreed is not None
    assert agreed.direction == ours


def test_their_numbers_are_used_for_what_we_send() -> None:
    media = (
        "m=audio 5004 RTP/AVP 97 98\r\n"
        "a=rtpmap:97 pcmu/8000/1\r\na=rtpmap:98 telephone-event/8000\r\n"
    )

    agreed = agree(OURS, theirs(media))

    assert agreed is not None
    assert (agreed.codec, agreed.payload_type) == (Codec.PCMU, 97)
    assert agreed.event_payload_type == 98
    assert (agreed.local_port, agreed.port) == (40000, 5004)


def test_events_at_another_clock_rate_are_not_agreed() -> None:
    media = "m=audio 5004 RTP/AVP 8 98\r\na=rtpmap:98 telephone-event/48000\r\n"

    agreed = agree(OURS, theirs(media))

    assert agreed is not None
    assert agreed.event_payload_type is None


def test_the_stream_that_was_not_refused_counts() -> None:
    ours = OURS.replace("m=audio 40000", "m=video 0 RTP/AVP 31\r\nm=audio 40000")
    text = theirs("m=video 5006 RTP/AVP 31\r\nm=audio 5004 RTP/AVP 8\r\n")

    agreed = agree(ours, text)

    assert agreed is not None
    assert agreed.port == 5004


@pytest.mark.parametrize(
    "media",
    [
        "m=audio 5004 RTP/AVP 18\r\n",
        "m=audio 0 RTP/AVP 8\r\n",
        "m=video 5004 RTP/AVP 8\r\n",
        "m=audio 5004 RTP/SAVP 8\r\n",
        "m=audio 5004 udptl t38\r\n",
        "m=audio 5004 RTP/AVP 8\r\na=rtpmap:8 L16/8000\r\n",
        "m=audio nonsense\r\n",
        "",
    ],
)
def test_what_carries_no_g711_cannot_be_met(media: str) -> None:
    assert not can_meet(theirs(media))


def test_a_name_is_no_address_to_send_to() -> None:
    assert not can_meet(theirs("m=audio 5004 RTP/AVP 8\r\n", address="phone.example"))
    assert can_meet(theirs("m=audio 5004 RTP/AVPF 8\r\n"))


def test_nothing_in_common_is_no_agreement() -> None:
    assert agree(OURS, theirs("m=audio 5004 RTP/AVP 9\r\n")) is None
    assert agree("", "") is None


def test_our_media_replaces_the_librarys() -> None:
    made = (
        "v=0\r\no=- 7 8 IN IP4 127.0.0.1\r\ns=-\r\nb=AS:84\r\nt=0 0\r\na=X-nat:0\r\n"
        "m=audio 4000 RTP/AVP 8 120\r\nc=IN IP4 127.0.0.1\r\na=rtcp:4001 IN IP4 127.0.0.1\r\n"
        "a=sendrecv\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:120 telephone-event/8000\r\n"
        "a=ssrc:1 cname:x\r\nm=audio 0 RTP/AVP 0\r\nc=IN IP4 127.0.0.1\r\n"
    )

    text = with_our_media(made, "192.0.2.10", 40_002)

    first, second = parse(text)
    assert (first.port, first.address, second.port) == (40_002, "192.0.2.10", 0)
    assert "127.0.0.1" not in text
    assert "o=- 7 8 IN IP4 192.0.2.10\r\n" in text
    assert text.count("a=ptime:20") == 1
    assert not any(word in text for word in ("rtcp", "ssrc", "X-nat"))


def test_our_media_may_have_an_ipv6_address() -> None:
    text = with_our_media(OURS, "2001:db8::1", 40_002)

    assert "c=IN IP6 2001:db8::1\r\n" in text


@given(st.text(max_size=200), st.lists(st.sampled_from(OURS.split("\r\n")), max_size=12))
def test_no_text_upsets_the_reader(noise: str, lines: list[str]) -> None:
    text = "\r\n".join([*lines, noise, *lines])

    assert isinstance(can_meet(text), bool)
    agree(OURS, text)
    agree(text, OURS)
