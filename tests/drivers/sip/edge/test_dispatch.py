"""Calls of phones go to the worker with most room; a full house gets 503 from the edge."""

import asyncio

from tests.drivers.sip.edge.edge_rig import ALICE, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import Phone, reply


async def test_a_call_reaches_a_worker_with_the_line_the_edge_vouches_for() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.phone()

        answer = await phone.invite("102", "X-Tipring-Account: sip-9", "x-tipring-replaces: evil")

        assert answer.status == 200
        (invite,) = one.invites
        assert invite.all("X-Tipring-Account") == ["sip-1"]
        assert invite.all("X-Tipring-Replaces") == []
        assert invite.uri == "sip:102@tipring.local"


async def test_the_identity_a_phone_asserts_is_not_believed() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))

        await (await rig.phone()).invite(
            "102", "P-Asserted-Identity: <sip:+441632960999@tipring.local>"
        )

        assert one.invites[0].header("P-Asserted-Identity") is None


async def test_calls_are_spread_and_beyond_capacity_refused_with_retry_after() -> None:
    async with (
        edge_rig() as rig,
        FakeWorker.at_work(rig, "worker-1", 2) as one,
        FakeWorker.at_work(rig, "worker-2", 2) as two,
    ):
        await rig.use(ALICE, workers=(one.worker, two.worker))

        answers = [await (await rig.phone()).invite("102") for _ in range(5)]

        assert [answer.status for answer in answers] == [200, 200, 200, 200, 503]
        assert answers[-1].header("Retry-After") is not None
        assert (len(one.invites), len(two.invites)) == (2, 2)


async def test_the_load_is_zero_after_the_calls() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig, capacity=1) as one:
        await rig.use(ALICE, workers=(one.worker,))
        for _ in range(3):
            phone = await rig.phone()
            answer = await phone.invite("102")
            assert answer.status == 200

            assert (await phone.hang_up(answer)).status == 200

        assert not await rig.edge.load()


async def test_a_library_that_is_full_sends_the_call_to_the_next_worker() -> None:
    async with (
        edge_rig() as rig,
        FakeWorker.at_work(rig, "worker-1", 3) as full,
        FakeWorker.at_work(rig, "worker-2", 2) as free,
    ):
        full.library_full = True
        await rig.use(ALICE, workers=(full.worker, free.worker))

        answer = await (await rig.phone()).invite("102")

        assert answer.status == 200
        assert len(free.invites) == 1
        assert await rig.edge.load() == {free.worker.incarnation: 1}


async def test_busy_from_a_worker_that_took_the_call_is_the_phones_answer() -> None:
    async with (
        edge_rig() as rig,
        FakeWorker.at_work(rig, "worker-1", 3) as one,
        FakeWorker.at_work(rig, "worker-2", 2) as two,
    ):
        one.called_is_busy = True
        await rig.use(ALICE, workers=(one.worker, two.worker))

        answer = await (await rig.phone()).invite("102")

        assert answer.status == 486
        assert two.invites == []
        assert not await rig.edge.load()


async def test_a_dead_worker_is_passed_over_and_its_successor_starts_empty() -> None:
    async with (
        edge_rig() as rig,
        FakeWorker.at_work(rig, "worker-1", 1) as first,
        FakeWorker.at_work(rig, "worker-2", 1) as second,
        FakeWorker.at_work(rig, "worker-1", 1) as successor,
    ):
        await rig.use(ALICE, workers=(first.worker, second.worker))
        caller = await rig.phone()
        assert (await caller.invite("102")).status == 200
        (first if first.invites else second).wire.close()
        left = second if first.invites else first
        await rig.use(ALICE, workers=(left.worker, successor.worker))

        answers = [await (await rig.phone()).invite("102") for _ in range(2)]

        assert [answer.status for answer in answers] == [200, 200]
        assert len(successor.invites) == 1


async def test_calls_of_a_worker_that_died_are_ended_at_the_phones() -> None:
    """One that talks is told BYE, one that rings CANCEL; one that hears ringing gets 503."""
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        talking, ringing, calling = [await rig.phone() for _ in range(3)]
        assert (await talking.invite("102")).status == 200
        one.rings_only = True
        assert (await calling.invite("103")).status == 180
        await ringing.register()
        one.invite(rig, "sip:alice@tipring.local")
        invite = await ringing.wire.next_with("INVITE")
        ringing.wire.send(reply(invite, 180, "Ringing", tag="r"), invite.source)
        assert (await one.next_with(180)).status == 180

        one.wire.close()
        await rig.use(ALICE)

        bye = await talking.wire.next_with("BYE")
        talking.wire.send(reply(bye, 200, "OK"), bye.source)
        assert (await ringing.wire.next_with("CANCEL")).method == "CANCEL"
        assert (await calling.wire.next_with(503)).status == 503
        assert not await rig.edge.load()


async def test_a_worker_that_takes_no_new_calls_keeps_those_it_has() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.phone()
        answer = await phone.invite("102")

        await rig.use(ALICE)

        assert await phone.wire.is_silent()
        assert await rig.edge.load() == {one.worker.incarnation: 1}
        assert (await phone.hang_up(answer)).status == 481


async def test_a_mute_worker_costs_three_seconds_not_the_call() -> None:
    async with (
        edge_rig() as rig,
        FakeWorker.at_work(rig, "worker-1", 3) as mute,
        FakeWorker.at_work(rig, "worker-2", 2) as well,
    ):
        mute.mute = True
        await rig.use(ALICE, workers=(mute.worker, well.worker))

        assert (await (await rig.phone()).invite("102")).status == 200
        assert len(well.invites) == 1


async def test_a_cancelled_call_leaves_no_load() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        one.rings_only = True
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.phone()
        assert (await phone.invite("102")).status == 180

        phone.cancel()

        assert (await phone.wire.next_with(487)).status == 487
        assert {heard.method for heard in one.heard} == {"INVITE", "CANCEL", "ACK"}
        assert not await rig.edge.load()


async def test_a_replaces_header_is_carried_past_the_library() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))

        await (await rig.phone()).invite(
            "102", "Replaces: abc@host;to-tag=1;from-tag=2", "Require: replaces"
        )

        (invite,) = one.invites
        assert invite.header("X-Tipring-Replaces") == "abc@host;to-tag=1;from-tag=2"
        assert invite.header("Replaces") is None
        assert "replaces" not in (invite.header("Require") or "")


async def test_one_hundred_calls_at_once_are_counted_right() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig, capacity=40) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phones = [await rig.phone() for _ in range(60)]

        answers = await asyncio.gather(*(phone.invite("102") for phone in phones))

        statuses = [answer.status for answer in answers]
        assert statuses.count(200) == 40
        assert statuses.count(503) == 20
        await asyncio.gather(*map(_hang_up, phones))
        assert not await rig.edge.load()


async def _hang_up(phone: Phone) -> None:
    if phone.answered is not None:
        assert (await phone.hang_up(phone.answered)).status == 200
