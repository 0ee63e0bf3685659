"""Live news: in order, replayed after a gap, started again when the exchange does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from firmware.contract.control import Follow
from firmware.contract.events import (
    AlarmEvent,
    CallEvent,
    NumberedEvent,
    VoicemailEvent,
)
from firmware.contract.texts import Text
from firmware.contract.views import AlarmView, Snapshot, StoryStep
from tests.webui.practice_office import live_call
from tests.webui.served import Served, until
from webui.control_link import ControlLink
from webui.event_feed import CLIENT_QUEUE, KEPT_BYTES, EventFeed
from webui.script_stream import ScriptStream, lines

BEGAN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@asynccontextmanager
async def stream(box: Served, epoch: str, after: int) -> AsyncIterator[ClientConnection]:
    url = f"{box.url.replace('http', 'ws')}/api/events?epoch={epoch}&after={after}"
    headers = {"Cookie": f"sid={box.client.cookies['sid']}"}
    async with connect(url, additional_headers=headers) as socket:
        yield socket


async def news(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        message: dict[str, Any] = json.loads(await socket.recv())
    return message


def messages_waiting(count: int) -> VoicemailEvent:
    return VoicemailEvent(new_voicemails=count)


async def test_a_call_is_told_the_moment_it_comes(box: Served) -> None:
    async with stream(box, "first", 0) as socket:
        assert await news(socket) == {"kind": "exchange", "reachable": True}

        box.exchange.call(live_call(BEGAN))

        told = await news(socket)
        assert (told["epoch"], told["seq"]) == ("first", 1)
        assert told["event"]["call"]["calling"] == "+447700900123"


async def test_a_page_that_was_away_gets_what_it_missed_and_nothing_twice(box: Served) -> None:
    for count in (1, 2, 3):
        box.exchange.publish(messages_waiting(count))

    async with stream(box, "first", 1) as socket:
        await news(socket)
        seen = [await news(socket), await news(socket)]
        box.exchange.publish(messages_waiting(4))
        seen.append(await news(socket))

    assert [one["seq"] for one in seen] == [2, 3, 4]


async def test_an_exchange_that_comes_back_anew_makes_everybody_start_again(box: Served) -> None:
    async with stream(box, "first", 0) as socket:
        await news(socket)
        await box.exchange.die()
        assert await news(socket) == {"kind": "exchange", "reachable": False}
        assert (await box.client.get("/api/health")).json() == {"web": True, "exchange": False}
        assert (await box.client.get("/api/snapshot")).status_code == 503

        await box.exchange.come_back("second")

        assert await news(socket) == {"kind": "resync"}
    snapshot = Snapshot.model_validate((await box.client.get("/api/snapshot")).json())
    assert snapshot.epoch == "second"


async def test_scripts_get_the_same_stream_as_lines(box: Served) -> None:
    alarm = AlarmView(text=Text(code="gsm.no-sim"), line_id="gsm-1", since=BEGAN)
    async with box.client.stream("GET", "/api/events?epoch=first&after=0") as answer:
        lines = answer.aiter_lines()
        first = await anext(lines)
        box.exchange.publish(AlarmEvent(alarm=alarm))
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert await anext(lines) == ""
        second = await anext(lines)

    assert json.loads(first.removeprefix("data: "))["kind"] == "exchange"
    told = json.loads(second.removeprefix("data: "))["event"]["alarm"]
    assert told["text"] == {"code": "gsm.no-sim", "args": {}}


@asynccontextmanager
async def script(box: Served, last_id: str = "") -> AsyncIterator[AsyncIterator[str]]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with box.client.stream("GET", "/api/events", headers=headers) as answer:
        yield (line async for line in answer.aiter_lines() if line)


async def told(lines: AsyncIterator[str]) -> tuple[dict[str, Any], str]:
    """Return the next message that has a place, and that place."""
    message: dict[str, Any] = {}
    async with asyncio.timeout(20):
        async for line in lines:
            if line.startswith("data: "):
                message = json.loads(line.removeprefix("data: "))
            elif line.startswith("id: "):
                return message, line.removeprefix("id: ")
    raise AssertionError("the stream ended")


async def test_a_script_that_comes_back_goes_on_after_its_last_id(box: Served) -> None:
    for count in (1, 2, 3):
        box.exchange.publish(messages_waiting(count))
    await until(lambda: box.desk.feed.seq == 3)

    async with script(box, "first:1") as stream:
        seen = [await told(stream) for _ in range(2)]

    assert [last_id for _, last_id in seen] == ["first:2", "first:3"]
    assert [message["seq"] for message, _ in seen] == [2, 3]


@pytest.mark.parametrize("last_id", ["", "before:7", "nonsense", "first:1\tx"])
async def test_a_script_without_a_good_place_gets_a_snapshot_and_goes_on(
    box: Served, last_id: str
) -> None:
    box.exchange.publish(messages_waiting(4), new_voicemails=4)
    await until(lambda: box.desk.feed.seq == 1)
    async with script(box, last_id) as stream:
        message, at = await told(stream)
        box.exchange.publish(messages_waiting(5))
        after, _ = await told(stream)

    assert (message["kind"], message["snapshot"]["new_voicemails"], at) == (
        "snapshot",
        4,
        "first:1",
    )
    assert after["event"]["new_voicemails"] == 5


async def test_a_script_is_told_of_a_new_exchange_by_a_snapshot(box: Served) -> None:
    async with script(box, "first:0") as stream:
        await anext(stream)
        await box.exchange.die()
        await box.exchange.come_back("second")
        message, at = await told(stream)

    assert (message["kind"], at) == ("snapshot", "second:0")


async def test_a_scripts_stream_ends_with_its_session(box: Served) -> None:
    async with script(box, "first:0") as stream:
        await anext(stream)
        await box.client.post("/api/logout")
        async with asyncio.timeout(20):
            rest = [line async for line in stream]

    assert rest == []


async def test_a_script_that_does_not_read_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.script_stream.TAKEN_WITHIN_S", 0.05)
    ended: asyncio.Task[None] = asyncio.create_task(asyncio.sleep(60))
    feed = EventFeed()
    link = ControlLink(Path("/nowhere"), feed.up, feed.take, feed.down)
    feed.up(Snapshot(epoch="e", seq=0, office="o", country="GB"))
    sent = []

    async def send(message: Any) -> None:
        sent.append(message["type"])
        if len(sent) > 1:
            await asyncio.sleep(60)

    body = lines(feed, link, ("e", 0), ended)
    stream = ScriptStream(body)
    async with asyncio.timeout(20):
        await stream.stream_response(send)
    await body.aclose()

    assert sent == ["http.response.start", "http.response.body"]
    assert ended.cancelled()


async def test_a_stream_ends_when_its_session_does(box: Served) -> None:
    async with stream(box, "first", 0) as socket:
        await news(socket)
        await box.client.post("/api/logout")
        async with asyncio.timeout(30):
            await socket.wait_closed()

    assert socket.close_code == 4401


@pytest.mark.parametrize(
    "nonsense",
    [b"\xff\xfe\n", b"5\n", b"[]\n", b'{"epoch": 1}\n', b'{"re": "x"}\n', b"x" * (2 << 20) + b"\n"],
    ids=["bytes", "number", "list", "half event", "half answer", "endless"],
)
async def test_nonsense_from_the_exchange_costs_a_reconnection_and_no_more(
    box: Served, nonsense: bytes
) -> None:
    before = len(box.exchange.requests(Follow))

    box.exchange.babble(nonsense)
    await until(lambda: len(box.exchange.requests(Follow)) > before)

    await box.reaches_exchange()
    assert (await box.client.get("/api/snapshot")).status_code == 200


async def test_a_client_too_slow_to_keep_up_is_told_to_start_again() -> None:
    feed = EventFeed()
    feed.up(Snapshot(epoch="e", seq=0, office="o", country="GB"))
    with feed.client("e", 0) as client:
        for seq in range(1, CLIENT_QUEUE + 10):
            feed.take(_numbered(seq))

        kinds = [json.loads(message)["kind"] async for message in client.messages()]

    assert kinds == ["resync"]


def test_a_page_from_another_epoch_is_told_to_start_again() -> None:
    feed = EventFeed()
    feed.up(Snapshot(epoch="e", seq=5, office="o", country="GB"))

    with feed.client("before", 5) as client:
        first = asyncio.run(_first(client.messages()))

    assert json.loads(first)["kind"] == "resync"


async def test_long_stories_are_kept_by_their_bytes_and_replayed() -> None:
    feed = EventFeed()
    feed.up(Snapshot(epoch="e", seq=0, office="o", country="GB"))
    call = live_call(BEGAN)
    story = StoryStep(at_ms=0, what=Text(code="call.menu", args={"menu": "m" * 100}))
    event = CallEvent(call=call.model_copy(update={"story": (story,) * 100}))
    for seq in range(1, 601):
        feed.take(NumberedEvent(epoch="e", seq=seq, event=event))

    with feed.client("e", 590) as late, feed.client("e", 1) as too_late:
        messages = late.messages()
        replayed = [json.loads(await anext(messages)) for _ in range(11)]
        alone = [json.loads(message)["kind"] async for message in too_late.messages()]

    assert 600 * len(event.model_dump_json()) > 2 * KEPT_BYTES
    assert [message.get("seq") for message in replayed] == [None, *range(591, 601)]
    assert NumberedEvent.model_validate(
        {name: replayed[-1][name] for name in ("epoch", "seq", "event")}
    ) == NumberedEvent(epoch="e", seq=600, event=event)
    assert alone == ["resync"]


def _numbered(seq: int) -> Any:
    return NumberedEvent(epoch="e", seq=seq, event=messages_waiting(seq))


async def _first(messages: AsyncIterator[str]) -> str:
    return await anext(messages)
