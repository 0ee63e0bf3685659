"""Messages over real Unix sockets: order, nonsense, slow readers, peers that come and go."""

import asyncio
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.contract.errors import MessageRefused
from firmware.contract.messages import (
    COMMANDS,
    REPORTS,
    AnswerCall,
    ClearCall,
    Command,
    Release,
    Report,
)
from firmware.highway import link as link_module
from firmware.highway.lasting import connect_forever, hand_over_span
from firmware.highway.lines import LineSplitter, parse
from firmware.highway.link import Link, listen_at, serve

HELLO = Release(leg_id="hello")


@pytest.fixture
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        yield Path(folder) / "exchange.sock"


@given(st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line)), st.data())
def test_lines_are_the_same_however_the_stream_is_cut(
    lines: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    splitter = LineSplitter()
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]

    assert [line for piece in pieces for line in splitter.feed(piece)] == lines


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    splitter = LineSplitter(max_bytes=100)
    splitter.feed(b"x" * 100)
    with pytest.raises(MessageRefused, match="line-too-long"):
        splitter.feed(b"x")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b"{}",
        b"[]",
        b'{"kind":"hang-up","leg_id":"a"}',
        b'{"kind":"release"}',
        b'{"kind":"release","leg_id":"a","cause":9999}',
        b'{"kind":"release","leg_id":"a","extra":1}',
        b'{"kind":"release","leg_id":"A;AT+CFUN=0"}',
        b"\xff\xfe{",
    ],
)
def test_nonsense_is_refused_with_one_sentence(line: bytes) -> None:
    with pytest.raises(MessageRefused, match=r"link\.not-a-message"):
        parse(line, REPORTS)


@given(st.binary(max_size=200))
def test_no_line_of_bytes_raises_anything_but_a_refusal(line: bytes) -> None:
    with pytest.raises(MessageRefused):
        parse(line, COMMANDS)


async def test_messages_cross_in_order_in_both_directions(path: Path) -> None:
    async def echo(link: Link[Report]) -> None:
        async for report in link:
            assert isinstance(report, Release)
            link.send(AnswerCall(leg_id=report.leg_id))

    got: asyncio.Queue[Command] = asyncio.Queue()
    up: asyncio.Queue[Link[Command] | None] = asyncio.Queue()
    async with serve(path, REPORTS, echo), asyncio.TaskGroup() as tasks:
        client = tasks.create_task(
            connect_forever(path, COMMANDS, lambda: HELLO, got.put, up.put_nowait)
        )
        link = await up.get()
        assert link is not None
        for number in range(500):
            link.send(Release(leg_id=f"leg-{number}"))
        answers = [await got.get() for _ in range(501)]
        client.cancel()

    expected = ["hello", *(f"leg-{number}" for number in range(500))]
    assert [answer.leg_id for answer in answers if isinstance(answer, AnswerCall)] == expected


async def test_a_client_comes_back_and_says_hello_again(path: Path) -> None:
    hellos: asyncio.Queue[Report] = asyncio.Queue()
    links: list[Link[Command] | None] = []

    async def once(link: Link[Report]) -> None:
        async for report in link:
            await hellos.put(report)
            return

    async with asyncio.TaskGroup() as tasks:
        client = tasks.create_task(
            connect_forever(path, COMMANDS, lambda: HELLO, _ignore, links.append)
        )
        for _ in range(3):  # each time the server process starts anew
            async with serve(path, REPORTS, once), asyncio.timeout(10):
                assert await hellos.get() == HELLO
        client.cancel()

    assert links[0] is not None
    assert None in links


async def _ignore(_message: Command) -> None:
    return


async def test_a_client_that_talks_nonsense_is_cut_off_and_others_are_not(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seen: asyncio.Queue[str] = asyncio.Queue()

    async def listen(link: Link[Report]) -> None:
        async for report in link:
            assert isinstance(report, Release)
            await seen.put(report.leg_id)

    async with serve(path, REPORTS, listen), asyncio.timeout(10):
        _, good = await asyncio.open_unix_connection(path)
        reader, bad = await asyncio.open_unix_connection(path)
        bad.write(b'{"kind": "format-disk"}\n')
        assert await reader.read() == b""
        good.write(Release(leg_id="a").to_line())
        assert await seen.get() == "a"
        good.close()
        bad.close()

    assert "link.not-a-message" in caplog.text


async def test_after_a_refused_line_receive_goes_on_with_the_next(path: Path) -> None:
    heard: asyncio.Queue[Report | None] = asyncio.Queue()

    async def patient(link: Link[Report]) -> None:
        with pytest.raises(MessageRefused):
            await link.receive()
        await heard.put(await link.receive())

    async with serve(path, REPORTS, patient), asyncio.timeout(10):
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(b"nonsense\n" + HELLO.to_line())
        assert await heard.get() == HELLO
        writer.close()


async def test_a_reader_that_does_not_keep_up_is_cut_off(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "MAX_BACKLOG_BYTES", 10_000)
    cut_off = asyncio.Event()

    async def chatter(link: Link[Report]) -> None:
        while link.is_open:
            link.send(ClearCall(leg_id="a"))
            await asyncio.sleep(0)
        cut_off.set()

    async with serve(path, REPORTS, chatter), asyncio.timeout(10):
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.setblocking(False)
            await asyncio.get_running_loop().sock_connect(deaf, str(path))
            await cut_off.wait()


async def test_the_span_is_handed_over_again_when_the_switch_restarts(path: Path) -> None:
    loop = asyncio.get_running_loop()
    memory = os.memfd_create("span")
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        card = tasks.create_task(hand_over_span(path, "gsm", memory))
        for _ in range(2):
            with listen_at(path, socket.SOCK_SEQPACKET) as listener:
                connection, _ = await loop.sock_accept(listener)
                connection.setblocking(True)
                name, fds, _, _ = await asyncio.to_thread(socket.recv_fds, connection, 100, 1)
                assert name == b"gsm"
                assert os.fstat(fds[0]).st_ino == os.fstat(memory).st_ino
                os.close(fds[0])
                connection.close()
        card.cancel()
    os.close(memory)
