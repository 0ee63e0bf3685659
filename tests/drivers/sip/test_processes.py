"""The children of the SIP card die, hang, come back, and become more and fewer."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from drivers.sip.media_messages import EventHeard, MediaEnded, MediaReady
from drivers.sip.signalling_messages import Answered, Ended, Invited
from firmware.contract.causes import Cause
from firmware.contract.errors import LineError
from firmware.contract.line import execute
from firmware.contract.messages import (
    AlertCall,
    AnswerCall,
    ClearCall,
    Connect,
    Digit,
    Disconnect,
    Release,
    Setup,
)
from tests.drivers.rig import DEADLINE_S
from tests.drivers.sip.stage import CAPACITY, FIRST_PORT, Actor, Stage, agreed, staged
from tests.drivers.sip.test_phone_line import FIGURES, phone

PORTS_OF_WORKER = CAPACITY + 2


async def opened(stage: Stage) -> None:
    for line in stage.lines.values():
        async with asyncio.timeout(DEADLINE_S):
            await line.open()


async def talks(stage: Stage, worker: Actor, rtp: Actor, leg: str, port: int) -> None:
    """The phone has called over that worker and was answered."""
    before = len(stage.card.reports)
    worker.say(Invited(leg_id=leg, account="sip-1", called="102", calling="103"))
    await stage.card.reported(Setup, after=before)
    await execute(stage.lines["sip-1"], AnswerCall(leg_id=leg))
    worker.say(agreed(leg, port), Answered(leg_id=leg))
    await stage.card.reported(Connect, after=before)
    await rtp.told("start-media")


@pytest.fixture
async def two() -> AsyncIterator[tuple[Stage, Actor, Actor, Actor]]:
    """RTP and two workers, and a phone that may have as many calls as both carry."""
    async with staged(phone(calls_at_once=8)) as stage:
        rtp, first = await stage.rtp(), await stage.worker(1)
        await first.told("use-ports")
        second = await stage.worker(2)
        await second.told("use-ports")
        await opened(stage)
        yield stage, rtp, first, second


Two = tuple[Stage, Actor, Actor, Actor]


async def test_a_dead_worker_takes_its_own_calls_only_and_comes_back(two: Two) -> None:
    stage, rtp, first, second = two
    await talks(stage, first, rtp, "lost", FIRST_PORT)
    await talks(stage, second, rtp, "kept", FIRST_PORT + 2 * PORTS_OF_WORKER)

    os.kill(first.pid, signal.SIGKILL)
    gone = await stage.card.reported(Disconnect)
    again = await stage.worker(1)

    assert (gone.leg_id, gone.cause) == ("lost", Cause.TEMPORARY_FAILURE)
    assert len((await again.told("use-ports"))["ports"]) == PORTS_OF_WORKER
    assert (await again.told("use-accounts"))["accounts"]
    await execute(stage.lines["sip-1"], ClearCall(leg_id="lost"))
    await rtp.told("stop-media")
    assert stage.card.kinds("kept") == ["setup", "connect"]


async def test_a_card_that_stops_starts_no_worker_any_more(two: Two) -> None:
    stage, _, first, second = two

    await stage.processes.workers.end()

    for worker in (first, second):
        await stage.left(worker)
    assert stage.processes.workers.all == ()


async def test_a_worker_that_hangs_is_killed() -> None:
    async with staged(phone(), hung_after_s=2.0) as stage:
        await stage.rtp()
        worker = await stage.worker()
        await opened(stage)
        worker.says_it_is_there = False

        again = await stage.worker()

    assert again.pid != worker.pid


async def test_when_the_rtp_process_comes_back_calls_go_on_at_the_same_ports(two: Two) -> None:
    stage, rtp, first, _ = two
    await talks(stage, first, rtp, "leg", FIRST_PORT)

    os.kill(rtp.pid, signal.SIGKILL)
    again = await stage.rtp()
    opened = [await again.told("open-endpoint") for _ in range(2 * PORTS_OF_WORKER)]
    started = await again.told("start-media")

    assert {one["port"] for one in opened} == {
        FIRST_PORT + 2 * number for number in range(2 * PORTS_OF_WORKER)
    }
    assert (started["endpoint"], started["timeslot"]) == (0, 0)
    assert stage.card.kinds("leg") == ["setup", "connect"]


async def test_a_call_whose_port_is_gone_for_good_ends(two: Two) -> None:
    stage, rtp, first, _ = two
    await talks(stage, first, rtp, "leg", FIRST_PORT)
    os.kill(rtp.pid, signal.SIGKILL)
    again = await stage.actor("sip-rtp")
    again.moves_ports_by = 100
    again.say(MediaReady())

    assert (await stage.card.reported(Disconnect)).cause is Cause.TEMPORARY_FAILURE
    await first.told("clear", leg_id="leg")
    assert (await first.told("use-ports"))["ports"][0] == FIRST_PORT + 100


async def test_a_call_that_ends_while_the_rtp_process_is_away_is_released(two: Two) -> None:
    stage, rtp, first, _ = two
    await talks(stage, first, rtp, "leg", FIRST_PORT)
    os.kill(rtp.pid, signal.SIGKILL)
    await stage.actor("sip-rtp")  # not yet ready

    await execute(stage.lines["sip-1"], ClearCall(leg_id="leg"))
    await stage.card.reported(Release)
    assert stage.card.seized == frozenset()


async def test_the_end_of_one_call_is_not_taken_for_the_end_of_the_next_at_its_port(
    two: Two,
) -> None:
    stage, rtp, first, _ = two
    await talks(stage, first, rtp, "old", FIRST_PORT)
    first.say(Ended(leg_id="old", cause=Cause(16), status=0, by_far_end=True))
    await rtp.told("stop-media")
    await talks(stage, first, rtp, "new", FIRST_PORT)

    rtp.say(MediaEnded(endpoint=0, timeslot=0, figures=FIGURES))
    rtp.say(EventHeard(endpoint=0, digit="7"))

    assert (await stage.card.reported(Digit)).leg_id == "new"
    assert stage.card.kinds("new") == ["setup", "connect", "digit"]
    await execute(stage.lines["sip-1"], ClearCall(leg_id="old"))
    assert (await stage.card.reported(Release)).leg_id == "old"


async def test_calls_go_to_the_worker_with_most_room(two: Two) -> None:
    stage, _, first, second = two
    for number in range(3):
        order = AlertCall(leg_id=f"leg-{number}", line_id="sip-1")
        await execute(stage.lines["sip-1"], order)

    legs = [await first.told("invite"), await second.told("invite"), await first.told("invite")]
    assert {one["leg_id"] for one in legs} == {"leg-0", "leg-1", "leg-2"}


async def test_when_every_worker_is_full_a_call_is_refused() -> None:
    async with staged(phone(calls_at_once=CAPACITY), phone(id="sip-2", user="104")) as stage:
        await stage.rtp()
        worker = await stage.worker(1)
        await opened(stage)  # the second worker never gets ready
        for number in range(CAPACITY):
            await execute(stage.lines["sip-1"], AlertCall(leg_id=f"leg-{number}", line_id="sip-1"))
        with pytest.raises(LineError) as refused:
            await execute(stage.lines["sip-2"], AlertCall(leg_id="more", line_id="sip-2"))
        assert refused.value.text.code == "sip.no-worker-free"
        assert stage.lines["sip-2"].legs() == ()

        worker.say(Ended(leg_id="leg-0", cause=Cause(16), status=0, by_far_end=True))
        await stage.card.reported(Disconnect)
        await execute(stage.lines["sip-2"], AlertCall(leg_id="more", line_id="sip-2"))
        await worker.told("invite", leg_id="more")


async def test_a_configuration_with_fewer_calls_ends_a_worker_only_when_it_is_idle(
    two: Two,
) -> None:
    stage, rtp, _, second = two
    await talks(stage, second, rtp, "kept", FIRST_PORT + 2 * PORTS_OF_WORKER)
    stage.processes.want((phone(calls_at_once=2),), 16)
    assert len(stage.processes.workers.all) == 2

    second.say(Ended(leg_id="kept", cause=Cause(16), status=0, by_far_end=True))
    await stage.card.reported(Disconnect)
    await stage.left(second)

    assert [one.name for one in stage.processes.workers.all] == ["sip-worker-1"]


async def test_a_configuration_with_more_calls_starts_workers_beside_live_calls() -> None:
    async with staged(phone(calls_at_once=2)) as stage:
        rtp, first = await stage.rtp(), await stage.worker(1)
        await first.told("use-ports")
        await opened(stage)
        await talks(stage, first, rtp, "kept", FIRST_PORT)

        stage.processes.want((phone(calls_at_once=12),), 16)
        for index in (2, 3):
            await (await stage.worker(index)).told("use-ports")

        assert stage.card.kinds("kept") == ["setup", "connect"]
