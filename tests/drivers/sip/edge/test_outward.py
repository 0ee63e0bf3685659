"""Calls of workers: to a phone's devices, to a phone at a fixed address, to a provider."""

import re

from firmware.contract.settings import SipPhoneSettings
from tests.drivers.sip.edge.edge_rig import ALICE, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import Received, Wire, from_called, reply, request


async def test_a_registered_phone_rings_and_can_hang_up() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.phone()
        await phone.register()

        one.invite(rig, "sip:alice@tipring.local", "X-Tipring-Account: sip-1")
        ringing = await phone.wire.next_with("INVITE")
        assert ringing.header("X-Tipring-Account") is None
        assert f"@127.0.0.1:{rig.place.port};" in (ringing.header("Contact") or "")
        phone.wire.send(_answer(phone.wire, ringing), ringing.source)
        answer = await one.next_with(200)
        one.send_in_dialog(rig, "ACK", answer)
        assert (await phone.wire.next_with("ACK")).method == "ACK"

        phone.wire.send(from_called(phone.wire, "BYE", ringing, "phone"), rig.address)

        assert (await one.next_with("BYE")).uri == f"sip:101@127.0.0.1:{one.wire.port}"
        assert (await phone.wire.next_with(200)).status == 200
        assert not await rig.edge.load()


async def test_the_worker_can_hold_and_hang_up_the_phones_call() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.phone()
        await phone.invite("102")
        (invite,) = one.invites

        for method in ("INVITE", "BYE"):
            one.send_back(rig, method, invite)

            heard = await phone.wire.next_with(method)
            phone.wire.send(_answer(phone.wire, heard), heard.source)
            assert (await one.next_with(200)).status == 200
        assert not await rig.edge.load()


async def test_all_devices_of_an_account_ring_and_the_others_stop() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        desk, mobile = await rig.phone(), await rig.phone()
        for phone in (desk, mobile):
            await phone.register()

        one.invite(rig, "sip:alice@tipring.local")
        rang = [await phone.wire.next_with("INVITE") for phone in (desk, mobile)]
        mobile.wire.send(reply(rang[1], 180, "Ringing", tag="m"), rang[1].source)
        desk.wire.send(_answer(desk.wire, rang[0]), rang[0].source)

        assert (await mobile.wire.next_with("CANCEL")).method == "CANCEL"
        assert (await one.next_with(200)).status == 200


async def test_a_phone_that_is_nowhere_is_told_so_at_once() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))

        one.invite(rig, "sip:alice@tipring.local")

        assert (await one.next_with(480)).status == 480
        assert not await rig.edge.load()


async def test_a_phone_at_a_fixed_address_is_called_and_calls_without_a_password() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        fixed = await rig.wire()
        door = SipPhoneSettings(
            driver="sip",
            account="phone",
            id="sip-7",
            user="door",
            address=f"127.0.0.1:{fixed.port}",
        )
        await rig.use(door, workers=(one.worker,))

        one.invite(rig, f"sip:door@127.0.0.1:{fixed.port}")
        assert (await fixed.next_with("INVITE")).uri == f"sip:door@127.0.0.1:{fixed.port}"
        fixed.send(request(fixed, "INVITE", "sip:102@tipring.local", user="door"), rig.address)

        assert (await fixed.next_with(200)).status == 200
        assert one.invites[-1].header("X-Tipring-Account") == "sip-7"


async def test_a_workers_call_to_anybody_else_is_refused() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))

        one.invite(rig, "sip:+882999@127.0.0.1:9")

        assert (await one.next_with(503)).status == 503


async def test_only_workers_are_heard_on_the_inner_port() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        stranger = await rig.wire()

        stranger.send(
            request(stranger, "INVITE", "sip:alice@tipring.local"),
            ("127.0.0.1", rig.place.inner_port),
        )

        assert await stranger.is_silent()


async def test_a_call_of_nobody_we_know_is_within_no_dialog_either() -> None:
    """A to-tag and a Route must not make the edge a relay to somebody's gateway."""
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        victim, attacker = await rig.wire(), await rig.wire()
        text = request(
            attacker,
            "INVITE",
            f"sip:+882999@127.0.0.1:{victim.port}",
            f"Route: <sip:127.0.0.1:{rig.place.port};lr>",
            f"Route: <sip:127.0.0.1:{victim.port};lr>",
        )

        attacker.send(re.sub(r"(?m)^(To: .*)\r$", r"\1;tag=made-up\r", text), rig.address)

        assert (await attacker.next()).status == 481
        assert await victim.is_silent()


def _answer(wire: Wire, to: Received) -> str:
    return reply(to, 200, "OK", f"Contact: <sip:x@127.0.0.1:{wire.port}>", tag="phone")
