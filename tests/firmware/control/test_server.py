"""The control socket: closed verbs, numbered events, and one sentence for every nonsense."""

import asyncio
import json
import tracemalloc
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from firmware.contract.control import AnyRequest, ConfirmConfig, TakeSnapshot
from firmware.contract.errors import ConfigurationRefused, NotFound, RequestRefused
from firmware.contract.events import CallEvent, ConfigEvent, NumberedEvent
from firmware.contract.texts import Text
from firmware.contract.views import CallPhase, CallView, StoryStep
from firmware.control.ask import ExchangeAway, Refused, ask
from firmware.control.events import KEPT, KEPT_BYTES, EventStream
from firmware.control.server import serve_control
from firmware.highway import link
from tests.firmware.scripted_box import ScriptedBox, bare_state
from tests.firmware.scripted_card import ControlClient


class AnsweringDesk:
    """Answers snapshots, refuses the rest the way the exchange may."""

    async def carry_out(self, request: AnyRequest) -> JsonValue:
        match request.do:
            case "snapshot":
                return {"fine": True}
            case "apply-config":
                raise ConfigurationRefused((Text(code="config.unknown-key", args={"key": "x"}),))
            case "confirm-config":
                raise RequestRefused("config.not-pending", version=1)
            case _:
                raise NotFound("call.not-there")


@dataclass(frozen=True)
class Bench:
    state: Path
    client: ControlClient
    events: EventStream


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    with bare_state() as state:
        events = EventStream()
        async with serve_control(state / "run" / "control.sock", AnsweringDesk(), events):
            client = await ControlClient.connect(state)
            yield Bench(state, client, events)
            client.close()


async def test_a_verb_is_answered_under_its_own_number(bench: Bench) -> None:
    assert await bench.client.ask("snapshot") == {
        "re": 1,
        "ok": {"fine": True},
        "problem": None,
        "faults": [],
    }


async def test_a_refused_configuration_comes_back_with_its_faults(bench: Bench) -> None:
    answer = await bench.client.ask("apply-config", toml="x = 1", who="owner")

    assert answer["problem"]["code"] == "configuration-refused"
    assert [fault["code"] for fault in answer["faults"]] == ["config.unknown-key"]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b'{"do": "format-disk"}',
        b'{"do": "snapshot", "extra": 1}',
        b'{"do": "clear-call", "call_id": "../../etc", "who": "x"}',
        b'{"id": 1e999, "do": "snapshot"}',
        b'{"do": "dial", "phone": "PHONE 1", "called": "1", "who": ""}',
        b'{"id": {"a": []}, "do": []}',
    ],
)
async def test_nonsense_gets_one_sentence_and_the_next_request_is_served(
    bench: Bench, nonsense: bytes
) -> None:
    bench.client.send_raw(nonsense + b"\n")

    assert (await bench.client.read())["problem"]["code"] in {
        "control.not-a-request",
        "link.not-a-message",
    }
    assert (await bench.client.ask("snapshot"))["ok"] == {"fine": True}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.binary(max_size=60) | JSON.map(lambda one: json.dumps(one).encode()), max_size=5)
)
def test_no_garbage_takes_the_server_down(lines: list[bytes]) -> None:
    async def talk() -> None:
        with bare_state() as state:
            events = EventStream()
            async with serve_control(state / "run" / "control.sock", AnsweringDesk(), events):
                rude = await ControlClient.connect(state)
                for line in lines:
                    rude.send_raw(line + b"\n")
                rude.close()
                polite = await ControlClient.connect(state)
                assert (await polite.ask("snapshot"))["ok"]
                polite.close()

    asyncio.run(talk())


async def test_a_line_without_an_end_gets_one_sentence_and_is_cut_off(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "LAST_WORDS_S", 0.2)
    rude = await ControlClient.connect(bench.state)
    rude.send_raw(b"x" * (1 << 21))

    answer = await rude.read()
    with pytest.raises(ConnectionError):
        await rude.read()

    assert answer["problem"]["code"] == "link.line-too-long"
    rude.close()
    assert (await bench.client.ask("snapshot"))["ok"] == {"fine": True}


async def test_a_follower_gets_what_it_missed_then_what_happens(bench: Bench) -> None:
    for version in (1, 2, 3):
        bench.events.publish(ConfigEvent(version=version))
    await bench.client.ask("follow", epoch=bench.events.epoch, after=1)
    bench.events.publish(ConfigEvent(version=4))

    seen = [await bench.client.read() for _ in range(3)]

    assert [event["seq"] for event in seen] == [2, 3, 4]
    assert [event["event"]["version"] for event in seen] == [2, 3, 4]


@pytest.mark.parametrize(("epoch", "after"), [("another", 0), (None, 99), (None, -1)])
async def test_what_cannot_be_followed_starts_again(
    bench: Bench, epoch: str | None, after: int
) -> None:
    answer = await bench.client.ask("follow", epoch=epoch or bench.events.epoch, after=after)

    assert answer["problem"]["code"] == "control.start-again"


def test_only_the_last_ten_thousand_events_can_be_caught_up_with() -> None:
    events = EventStream()
    for version in range(KEPT + 5):
        events.publish(ConfigEvent(version=version))

    assert len(events.missed(events.epoch, 5)) == KEPT
    with pytest.raises(RequestRefused):
        events.missed(events.epoch, 4)


async def test_long_stories_take_no_more_memory_than_is_allowed(bench: Bench) -> None:
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(2000):
        bench.events.publish(CallEvent(call=long_call()))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    line = len(CallEvent(call=long_call()).to_line())
    assert 2000 * line > 2 * KEPT_BYTES, "or nothing had to go"
    assert after - before < 1.1 * KEPT_BYTES
    with pytest.raises(RequestRefused):
        bench.events.missed(bench.events.epoch, 1)


async def test_a_follower_that_missed_all_that_is_kept_gets_it_over_the_socket(
    bench: Bench,
) -> None:
    for _ in range(2000):
        bench.events.publish(CallEvent(call=long_call()))
    newest = NumberedEvent(epoch=bench.events.epoch, seq=2000, event=CallEvent(call=long_call()))
    kept = KEPT_BYTES // len(newest.to_line())

    answer = await bench.client.ask("follow", epoch=bench.events.epoch, after=2000 - kept)
    seen = [await bench.client.read() for _ in range(kept)]

    assert answer["problem"] is None
    assert [event["seq"] for event in seen] == list(range(2000 - kept + 1, 2001))
    assert seen[-1]["event"]["call"] == long_call().model_dump(mode="json")


def long_call() -> CallView:
    """Return a call with a story of some 5 kB."""
    step = StoryStep(at_ms=1000, what=Text(code="call.menu", args={"menu": "main"}))
    return CallView(
        call_id="01J00000000000000000000000",
        began_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
        incoming=True,
        line_id="gsm-1",
        calling="+447700900123",
        called="+447700900001",
        phase=CallPhase.MENU,
        story=(step,) * 50,
    )


async def test_a_program_without_a_loop_asks_the_same_way(box: ScriptedBox) -> None:
    answer = await asyncio.to_thread(ask, box.state, TakeSnapshot())

    assert isinstance(answer, dict)
    assert answer["office"] == "Scripted office"


def test_nobody_behind_the_socket_is_one_sentence() -> None:
    with bare_state() as state, pytest.raises(ExchangeAway) as away:
        ask(state, TakeSnapshot())

    assert away.value.text.code == "control.exchange-away"


async def test_a_refusal_keeps_its_sentence(box: ScriptedBox) -> None:
    with pytest.raises(Refused) as refused:
        await asyncio.to_thread(ask, box.state, ConfirmConfig(version=7, who="cli"))

    assert refused.value.text.code == "config.not-pending"
