"""A span's memory: what may be mapped, and what must be refused."""

import os
from collections.abc import Iterator

import pytest

from firmware.contract.errors import LineError
from firmware.highway.span import HEADER, MAGIC, SEALS, VERSION, Span, span_bytes


@pytest.fixture
def span() -> Iterator[Span]:
    span = Span.create("gsm", 4)
    yield span
    span.close()


def test_the_switch_maps_what_the_card_made(span: Span) -> None:
    seen = Span.attach(os.dup(span.fd), "gsm")
    span.heard.blocks[3, 7, 159] = -12345
    span.sent.written[2] = 77

    assert seen.timeslots == 4
    assert seen.memory == span.memory
    assert seen.heard.blocks[3, 7, 159] == -12345
    assert seen.sent.written[2] == 77
    seen.close()


def test_a_heartbeat_is_seen_from_the_other_side(span: Span) -> None:
    seen = Span.attach(os.dup(span.fd), "gsm")
    before = seen.heartbeat
    span.beat()

    assert seen.heartbeat == before + 1
    seen.close()


@pytest.mark.parametrize("timeslots", [0, -1, 1025])
def test_no_span_is_made_with_an_impossible_size(timeslots: int) -> None:
    with pytest.raises(LineError):
        Span.create("gsm", timeslots)


@pytest.mark.parametrize(
    "header",
    [
        HEADER.pack(b"TIPRINK\x00", VERSION, 4, 8, 160, 0),
        HEADER.pack(MAGIC, VERSION + 1, 4, 8, 160, 0),
        HEADER.pack(MAGIC, VERSION, 5, 8, 160, 0),
        HEADER.pack(MAGIC, VERSION, 4_000_000_000, 8, 160, 0),
        HEADER.pack(MAGIC, VERSION, 0, 8, 160, 0),
        HEADER.pack(MAGIC, VERSION, 4, 16, 160, 0),
        HEADER.pack(MAGIC, VERSION, 4, 8, 80, 0),
        b"\xff" * HEADER.size,
    ],
)
def test_a_header_that_is_not_ours_is_refused(span: Span, header: bytes) -> None:
    os.pwrite(span.fd, header, 0)

    with pytest.raises(LineError):
        Span.attach(span.fd, "gsm")


def test_memory_that_could_shrink_under_the_switch_is_refused() -> None:
    fd = os.memfd_create("unsealed", os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, span_bytes(4))
    os.pwrite(fd, HEADER.pack(MAGIC, VERSION, 4, 8, 160, 0), 0)

    assert SEALS
    with pytest.raises(LineError):
        Span.attach(fd, "gsm")
    os.close(fd)


def test_a_descriptor_that_is_no_memory_is_refused() -> None:
    reader, writer = os.pipe()
    with pytest.raises(LineError):
        Span.attach(reader, "gsm")
    os.close(reader)
    os.close(writer)
