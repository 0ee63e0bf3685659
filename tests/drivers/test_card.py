"""A card as a real process, between a fake exchange, a fake switch and practice phones."""

import asyncio
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers.simulators.settings import PhoneSettings
from drivers.simulators.virtual_phone import Hook, VirtualPhone
from tests.drivers.fake_exchange import FakeExchange, FakeSwitch
from tests.drivers.rig import DEADLINE_S


def line(number: int, **settings: Any) -> dict[str, Any]:
    return {"id": f"phone-{number}", "driver": "virtual", "serial": f"phone-f{number}", **settings}


@dataclass
class Bench:
    """Everything around the card under test."""

    state: Path
    exchange: FakeExchange
    switch: FakeSwitch
    phones: dict[int, VirtualPhone]
    card: asyncio.subprocess.Process

    @property
    def devices(self) -> Path:
        return self.state / "dev"

    def plug_in(self, number: int) -> VirtualPhone:
        settings = PhoneSettings(
            wire="virtual", serial=f"phone-f{number}", line=f"phone-{number}", number=f"10{number}"
        )
        self.phones[number] = VirtualPhone(self.devices, settings)
        return self.phones[number]

    async def unplug(self, number: int) -> None:
        await self.phones.pop(number).stop()

    async def start_card(self) -> None:
        self.card = await _card(self.state, self.devices)

    async def call(self, number: int, leg_id: str) -> None:
        """Ring the phone, answer it; the leg is up."""
        self.exchange.send(kind="alert-call", leg_id=leg_id, line_id=f"phone-{number}")
        async with asyncio.timeout(DEADLINE_S):
            await self.phones[number].reaches(Hook.RINGING)
        self.phones[number].lift()
        await self.exchange.hears("connect", leg_id=leg_id)

    async def still_talking(self, number: int) -> None:
        """The card still answers the phone's blocks with blocks."""
        async with asyncio.timeout(DEADLINE_S):
            await self.phones[number].ear.hears_for(0.1)


async def _card(state: Path, devices: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "drivers", "virtual"),
        *("--state", str(state), "--devices", str(devices)),
    )


@asynccontextmanager
async def bench_with(
    lines: list[dict[str, Any]], plugged_in: tuple[int, ...]
) -> AsyncIterator[Bench]:
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))  # sun_path is short
    (state / "run").mkdir()
    (state / "dev").mkdir()
    exchange, switch = FakeExchange(state, lines), FakeSwitch(state)
    await exchange.start()
    switch.start()
    card = await _card(state, state / "dev")
    made = Bench(state, exchange, switch, {}, card)
    try:
        for number in plugged_in:
            made.plug_in(number)
        await exchange.hears("hello")
        yield made
    finally:
        if made.card.returncode is None:
            made.card.kill()
        await made.card.wait()
        for phone in made.phones.values():
            await phone.stop()
        await exchange.die()
        switch.die()
        shutil.rmtree(state)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with bench_with([line(1), line(2)], plugged_in=(1, 2)) as made:
        await made.exchange.hears_line("phone-1", "ready")
        await made.exchange.hears_line("phone-2", "ready")
        yield made


async def test_the_card_says_who_it_is_and_hands_its_span_to_the_switch(bench: Bench) -> None:
    hello = await bench.exchange.hears("hello")
    assert (hello["card"], hello["driver"]) == ("virtual", "virtual")
    assert hello["legs"] == hello["lines"] == []
    name, _ = await bench.switch.takes_span()
    assert name == hello["span"]["name"]


async def test_an_exchange_that_dies_leaves_the_call_up_and_finds_it_in_the_next_hello(
    bench: Bench,
) -> None:
    await bench.call(1, "leg-1")
    await bench.exchange.die()
    await bench.still_talking(1)
    before = bench.exchange.mark()
    await bench.exchange.start()
    hello = await bench.exchange.hears("hello", after=before)
    (leg,) = hello["legs"]
    assert (leg["leg_id"], leg["line_id"], leg["state"]) == ("leg-1", "phone-1", "active")
    assert leg["timeslot"] is not None
    assert {state["health"] for state in hello["lines"]} == {"ready"}
    await bench.still_talking(1)
    bench.exchange.send(kind="clear-call", leg_id="leg-1")
    await bench.exchange.hears("release", after=before, leg_id="leg-1")


async def test_a_switch_that_dies_gets_the_same_span_again(bench: Bench) -> None:
    first = await bench.switch.takes_span()
    bench.switch.die()
    bench.switch.start()
    assert await bench.switch.takes_span() == first


async def test_a_killed_card_comes_back_without_legs_and_its_lines_are_ready(
    bench: Bench,
) -> None:
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    bench.card.kill()
    await bench.card.wait()
    async with asyncio.timeout(DEADLINE_S):
        await bench.phones[1].reaches(Hook.ON)
    await bench.start_card()
    hello = await bench.exchange.hears("hello", after=before)
    assert hello["legs"] == []
    await bench.exchange.hears_line("phone-1", "ready", after=before)
    await bench.call(1, "leg-2")


async def test_a_terminated_card_releases_its_calls_first(bench: Bench) -> None:
    await bench.call(1, "leg-1")
    bench.card.send_signal(signal.SIGTERM)
    release = await bench.exchange.hears("release", leg_id="leg-1")
    assert release["cause"] == 41
    async with asyncio.timeout(DEADLINE_S):
        assert await bench.card.wait() == 0


async def test_a_line_that_loses_its_device_recovers_and_another_does_not_notice(
    bench: Bench,
) -> None:
    await bench.call(1, "leg-1")
    await bench.call(2, "leg-2")
    before = bench.exchange.mark()
    await bench.unplug(1)
    release = await bench.exchange.hears("release", after=before, leg_id="leg-1")
    assert release["cause"] == 41
    absent = await bench.exchange.hears_line("phone-1", "absent", after=before)
    assert absent["why"]["code"] == "line.absent"
    await bench.still_talking(2)
    bench.plug_in(1)
    await bench.exchange.hears_line("phone-1", "ready", after=before)
    await bench.still_talking(2)
    await bench.call(1, "leg-3")


async def test_a_far_end_that_falls_silent_in_a_call_is_reopened(bench: Bench) -> None:
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    bench.phones[1].stand_still()
    release = await bench.exchange.hears("release", after=before, leg_id="leg-1")
    assert release["cause"] == 41
    state = await bench.exchange.hears_line("phone-1", "recovering", after=before)
    assert state["why"]["code"] == "line.silent"
    await bench.exchange.hears_line("phone-1", "ready", after=before)


async def test_an_unchanged_line_keeps_its_call_when_another_is_configured_away(
    bench: Bench,
) -> None:
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    bench.exchange.lines = [line(1)]
    bench.exchange.configure()
    bench.exchange.send(kind="alert-call", leg_id="leg-2", line_id="phone-2")
    refused = await bench.exchange.hears("release", after=before, leg_id="leg-2")
    assert refused["cause"] == 3
    await bench.still_talking(1)


async def test_a_new_label_changes_nothing_on_the_line(bench: Bench) -> None:
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    bench.exchange.lines = [line(1, label="Front desk", record=True), line(2)]
    bench.exchange.configure()
    bench.exchange.send(kind="run-self-test", line_id="phone-1")
    await bench.exchange.hears("self-test-done", after=before)
    assert [r["kind"] for r in bench.exchange.heard[before:]] == ["self-test-done"]
    await bench.still_talking(1)


async def test_a_line_with_a_call_changes_its_device_once_the_call_is_over(bench: Bench) -> None:
    bench.plug_in(3)
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    bench.exchange.lines = [line(1, serial="phone-f3"), line(2)]
    bench.exchange.configure()
    await bench.still_talking(1)
    bench.exchange.send(kind="clear-call", leg_id="leg-1")
    await bench.exchange.hears("release", after=before, leg_id="leg-1")
    ready = await bench.exchange.hears_line("phone-1", "ready", after=before)
    assert ready["identity"]["serial"] == "phone-f3"
    bench.exchange.send(kind="alert-call", leg_id="leg-2", line_id="phone-1")
    async with asyncio.timeout(DEADLINE_S):
        await bench.phones[3].reaches(Hook.RINGING)


async def test_a_device_given_to_another_line_moves_once_its_call_is_over(bench: Bench) -> None:
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    bench.exchange.lines = [line(2), {**line(1), "id": "phone-9"}]
    bench.exchange.configure()
    bench.exchange.configure()
    await bench.exchange.hears_line("phone-9", "starting", after=before)
    await bench.still_talking(1)
    bench.exchange.send(kind="clear-call", leg_id="leg-1")
    await bench.exchange.hears_line("phone-9", "ready", after=before)


async def test_a_line_taken_away_and_given_back_in_a_call_is_opened_after_it(
    bench: Bench,
) -> None:
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    for lines in ([line(2)], [line(1), line(2)], [line(2)], [line(1), line(2)]):
        bench.exchange.lines = lines
        bench.exchange.configure()
    await bench.exchange.hears_line("phone-1", "starting", after=before)
    await bench.still_talking(1)
    bench.exchange.send(kind="clear-call", leg_id="leg-1")
    await bench.exchange.hears_line("phone-1", "ready", after=before)
    await bench.call(1, "leg-2")


async def test_a_plugged_in_phone_of_no_line_is_shown_as_unassigned(bench: Bench) -> None:
    bench.plug_in(3)
    await bench.exchange.hears_line("new-phone-f3", "unassigned")
    bench.exchange.lines = [line(1), line(2), line(3)]
    bench.exchange.configure()
    await bench.exchange.hears_line("phone-3", "ready")
    await bench.exchange.hears("line-gone", line_id="new-phone-f3")


async def test_commands_for_a_leg_nobody_has_are_answered_by_release(bench: Bench) -> None:
    for kind in ("answer-call", "clear-call"):
        before = bench.exchange.mark()
        bench.exchange.send(kind=kind, leg_id="nobody")
        release = await bench.exchange.hears("release", after=before, leg_id="nobody")
        assert release["cause"] == 81


async def test_a_call_a_line_cannot_place_is_released_with_a_cause(bench: Bench) -> None:
    bench.exchange.send(kind="place-call", leg_id="leg-1", line_id="phone-1", called="01632960100")
    assert (await bench.exchange.hears("release", leg_id="leg-1"))["cause"] == 69
    await bench.call(1, "leg-2")
    bench.exchange.send(kind="alert-call", leg_id="leg-3", line_id="phone-1")
    assert (await bench.exchange.hears("release", leg_id="leg-3"))["cause"] == 17
    await bench.still_talking(1)


async def test_a_call_on_a_line_without_its_device_is_released_at_once() -> None:
    async with bench_with([line(1)], plugged_in=()) as bench:
        await bench.exchange.hears_line("phone-1", "absent")
        bench.exchange.send(kind="alert-call", leg_id="leg-1", line_id="phone-1")
        assert (await bench.exchange.hears("release", leg_id="leg-1"))["cause"] == 27


@pytest.mark.parametrize(
    "nonsense",
    [b"hello?\n", b'{"kind": "explode"}\n', b'{"kind": "clear-call"}\n', b"\xff\xfe\n"],
)
async def test_an_exchange_that_talks_nonsense_is_left_and_met_again(
    bench: Bench, nonsense: bytes
) -> None:
    await bench.call(1, "leg-1")
    before = bench.exchange.mark()
    bench.exchange.send_raw(nonsense)
    hello = await bench.exchange.hears("hello", after=before)
    assert [leg["leg_id"] for leg in hello["legs"]] == ["leg-1"]
    await bench.still_talking(1)
