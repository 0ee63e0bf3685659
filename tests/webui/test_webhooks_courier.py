"""What happens reaches who asked for it: once each, in order, across failures, gaps and kills."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from firmware.contract.events import CallEvent, OpeningEvent, VoicemailEvent
from firmware.contract.texts import Text
from firmware.contract.views import (
    CallPhase,
    CallView,
    Opening,
    Snapshot,
)
from firmware.store.archive import Archive
from tests.webui.practice_office import live_call, write_calls
from tests.webui.receiver import receiving
from tests.webui.scripted_exchange import ScriptedExchange
from tests.webui.served import until
from webui.web_db import WebDatabase
from webui.webhooks import kept
from webui.webhooks.courier import Courier
from webui.webhooks.happenings import HookKind, Seen, caught_up, first_sight, step
from webui.webhooks.kept import Waiting, Webhook, Webhooks
from webui.webhooks.sending import DELIVERED, Outcome

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EVERYTHING = frozenset(HookKind)
MESSAGES = frozenset({HookKind.MESSAGE_LEFT})
AWAY = Outcome(Text(code="web.hook-unreachable", args={"host": "crm.lan"}))
REFUSED = Outcome(Text(code="web.hook-refused", args={"host": "crm.lan", "status": 404}), False)


def call(phase: CallPhase, call_id: str = "01JD0000000000000000000001") -> CallView:
    return live_call(NOW, phase).model_copy(update={"call_id": call_id})


@dataclass
class Crm:
    """Takes what is posted, and answers as told first."""

    answers: list[Outcome] = field(default_factory=list)
    tried: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        told = json.loads(body)
        self.tried.append((headers["webhook-id"], told))
        outcome = self.answers.pop(0) if self.answers else DELIVERED
        if outcome is DELIVERED:
            self.taken.append(told)
        return outcome

    @property
    def counts(self) -> list[int]:
        return [one["new_voicemails"] for one in self.taken]


@dataclass
class Office:
    state: Path
    exchange: ScriptedExchange
    hooks: Webhooks
    crm: Crm

    @asynccontextmanager
    async def courier(self) -> AsyncIterator[Courier]:
        """One life of the courier; a new one begins where web.db says."""
        archive = Archive(self.state / "tipring.db")
        control = self.state / "run" / "control.sock"
        courier = Courier(self.hooks, archive, control, self.crm.post)
        running = asyncio.create_task(courier.run())
        try:
            yield courier
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def listens(self) -> None:
        await until(lambda: self.hooks.place() is not None)

    def leave(self, *counts: int) -> None:
        for count in counts:
            self.exchange.publish(VoicemailEvent(new_voicemails=count), new_voicemails=count)


@pytest.fixture
async def office(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr(kept, "BACKOFF_S", (0.02,))
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    db = WebDatabase(state / "web.db")
    try:
        async with ScriptedExchange(state) as exchange:
            yield Office(state, exchange, Webhooks(db), Crm())
    finally:
        db.close()
        shutil.rmtree(state, ignore_errors=True)


def test_a_call_is_told_when_it_begins_is_answered_and_ends_and_never_twice() -> None:
    seen, told = Seen(), []
    phases = (CallPhase.RINGING, CallPhase.MENU, CallPhase.TALKING, CallPhase.CONNECTING,
              CallPhase.TALKING, CallPhase.ENDED)  # fmt: skip
    for phase in phases:
        done = step(seen, _event(call(phase)), NOW)
        seen = done.seen
        told += [message.kind for message in done.news]

    assert told == [HookKind.CALL_BEGAN, HookKind.CALL_ANSWERED, HookKind.CALL_ENDED]
    assert seen == Seen()


def test_after_a_gap_what_differs_is_told() -> None:
    before = Snapshot(
        epoch="e", seq=1, office="o", country="GB", calls=(call(CallPhase.TALKING),),
        new_voicemails=1,
    )  # fmt: skip
    other = call(CallPhase.MENU, "01JD0000000000000000000002")
    after = before.model_copy(
        update={"calls": (other,), "new_voicemails": 3, "opening": Opening.CLOSED}
    )

    done, gone = caught_up(first_sight(before, NOW), after, NOW)

    assert gone == {"01JD0000000000000000000001"}
    assert [message.kind for message in done.news] == [
        HookKind.CALL_BEGAN, HookKind.MESSAGE_LEFT, HookKind.OPENING_CHANGED,
    ]  # fmt: skip


async def test_each_program_is_told_what_it_asked_for(office: Office) -> None:
    office.hooks.add("https://crm.lan/all", EVERYTHING, "owner")
    office.hooks.add("https://crm.lan/messages", MESSAGES, "owner")
    async with office.courier():
        await office.listens()
        office.exchange.publish(OpeningEvent(opening=Opening.CLOSED))
        office.leave(1)
        await until(lambda: len(office.crm.taken) == 3)

    kinds = sorted(one["kind"] for one in office.crm.taken)
    assert kinds == ["message-left", "message-left", "opening-changed"]


async def test_a_call_that_ended_is_told_as_it_stands_on_record(office: Office) -> None:
    recorded = await write_calls(office.state, NOW)
    office.hooks.add("https://crm.lan/", frozenset({HookKind.CALL_ENDED}), "owner")
    async with office.courier():
        await office.listens()
        office.exchange.call(call(CallPhase.TALKING, recorded))
        office.exchange.call(call(CallPhase.ENDED, recorded))
        await until(lambda: office.crm.taken != [])

    (told,) = office.crm.taken
    assert (told["call"]["call_id"], told["call"]["disposition"]) == (recorded, "answered")
    assert told["call"]["ended_at"]


async def test_nothing_overtakes_a_message_that_fails(office: Office) -> None:
    office.crm.answers = [AWAY, AWAY, DELIVERED, AWAY]
    office.hooks.add("https://crm.lan/", MESSAGES, "owner")
    async with office.courier():
        await office.listens()
        office.leave(1, 2, 3)
        await until(lambda: len(office.crm.taken) == 3)

    assert office.crm.counts == [1, 2, 3]
    ids = [message_id for message_id, _ in office.crm.tried]
    assert len(ids) == 6
    assert len(set(ids)) == 3, "a message keeps its id, so that a receiver knows it again"


async def test_what_is_refused_is_parked_and_the_rest_goes_on(office: Office) -> None:
    office.crm.answers = [REFUSED] * kept.REFUSED_TRIES
    hook = office.hooks.add("https://crm.lan/", MESSAGES, "owner")
    async with office.courier() as courier:
        await office.listens()
        office.leave(1, 2)
        await until(lambda: office.crm.counts == [2])
        (parked,) = office.hooks.parked(hook.hook_id)
        assert parked.why == REFUSED.why

        office.hooks.send_parked_again(hook.hook_id)
        courier.changed()
        await until(lambda: office.crm.counts == [2, 1])

    assert office.hooks.parked(hook.hook_id) == ()


def test_a_receiver_that_is_away_is_waited_for_a_day(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = _queued(office, office.hooks.add("https://crm.lan/", MESSAGES, "owner"))
    for _ in range(3 * kept.REFUSED_TRIES):
        office.hooks.settle(message, AWAY)
    assert office.hooks.parked(message.hook_id) == ()

    later = message.made_s + kept.TOO_OLD_S + 1
    monkeypatch.setattr("webui.webhooks.kept.time.time", lambda: later)
    office.hooks.settle(message, AWAY)

    assert [one.message_id for one in office.hooks.parked(message.hook_id)] == [message.message_id]


def test_what_waits_and_what_is_parked_is_bounded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_WAITING", 5)
    monkeypatch.setattr(kept, "MOST_PARKED", 3)
    hook = office.hooks.add("https://crm.lan/", MESSAGES, "owner")

    for count in range(20):
        _queued(office, hook, count)

    waiting = office.hooks.next_for(hook.hook_id)
    assert waiting is not None
    assert json.loads(waiting.body)["new_voicemails"] == 15
    assert office.hooks.waiting(hook.hook_id) == 5
    parked = [json.loads(one.body)["new_voicemails"] for one in office.hooks.parked(hook.hook_id)]
    assert parked == [14, 13, 12]


async def test_what_happened_while_the_page_was_down_is_told(office: Office) -> None:
    office.hooks.add("https://crm.lan/", MESSAGES, "owner")
    async with office.courier():
        await office.listens()
        office.leave(1)
        await until(lambda: office.crm.counts == [1])

    office.leave(2, 3)
    async with office.courier():
        await until(lambda: len(office.crm.taken) == 3)

    assert office.crm.counts == [1, 2, 3]


async def test_after_a_restart_of_the_exchange_as_well_what_differs_is_told(office: Office) -> None:
    office.hooks.add("https://crm.lan/", MESSAGES, "owner")
    async with office.courier():
        await office.listens()
        office.leave(1)
        await until(lambda: office.crm.counts == [1])

    office.leave(2, 3)
    await office.exchange.die()
    await office.exchange.come_back("second")
    async with office.courier():
        await until(lambda: len(office.crm.taken) == 2)

    assert office.crm.counts == [1, 3]


async def test_a_clock_that_was_set_back_does_not_hold_messages_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = _queued(office, office.hooks.add("https://crm.lan/", MESSAGES, "owner"))
    before = "webui.webhooks.kept.time.time"
    with monkeypatch.context() as clock:
        clock.setattr(before, lambda: message.made_s + 3600.0)
        office.hooks.settle(message, AWAY)

    async with office.courier():
        await until(lambda: office.crm.counts == [1])


async def test_a_killed_page_delivers_the_rest_in_order_afterwards(office: Office) -> None:
    """SIGKILL in the middle of a delivery: the next life goes on with that very message."""
    async with receiving() as crm:
        crm.answers = [b"HTTP/1.1 503 Later\r\n\r\n"]
        office.hooks.add(crm.url, MESSAGES, "owner")
        first = await _process(office.state)
        await office.listens()
        office.leave(1, 2, 3, 4)
        await crm.has(2)
        os.kill(first.pid, signal.SIGKILL)
        await first.wait()
        second = await _process(office.state)
        await until(lambda: crm.told[-1]["new_voicemails"] == 4)
        second.terminate()
        await second.wait()

    counts = [one["new_voicemails"] for one in crm.told]
    assert sorted(counts) == counts
    assert set(counts) == {1, 2, 3, 4}


async def _process(state: Path) -> asyncio.subprocess.Process:
    program = (sys.executable, "-m", "tests.webui.courier_process", str(state))
    return await asyncio.create_subprocess_exec(*program)


def _queued(office: Office, hook: Webhook, count: int = 1) -> Waiting:
    place = kept.Place("e", count, Seen())
    done = step(Seen(), VoicemailEvent(new_voicemails=count + 1), NOW)
    message = done.news[0].model_copy(update={"new_voicemails": count})
    office.hooks.keep(place, (message,))
    waiting = office.hooks.next_for(hook.hook_id)
    assert waiting is not None
    return waiting


def _event(view: CallView) -> Any:
    return CallEvent(call=view)
