"""Providers: calls both ways, our registration with them, and who may pretend to be one.

127.0.0.3 plays the provider.
"""

import re

import pytest

from firmware.contract.settings import SipTrunkSettings
from tests.drivers.sip.edge.edge_rig import ALICE, EdgeRig, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import Phone, Received, Wire, from_called, reply, request

PROVIDER = "127.0.0.3"


def trunk(wire: Wire, line_id: str = "sip-5", user: str = "acct5") -> SipTrunkSettings:
    return SipTrunkSettings(
        driver="sip",
        account="trunk",
        id=line_id,
        server=f"{PROVIDER}:{wire.port}",
        user=user,
        secret="provider-password",
    )


async def test_our_registration_shows_the_edge_and_comes_back_as_the_workers_own() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider = await rig.wire(PROVIDER)
        await rig.use(trunk(provider), workers=(one.worker,))

        shown = await _registered(rig, one, provider)

        assert f"@127.0.0.1:{rig.place.port};" in shown
        answer = await one.next_with(200)
        assert f"<sip:acct5@127.0.0.1:{one.wire.port}>" in (answer.header("Contact") or "")


async def test_a_call_of_the_provider_comes_on_the_trunks_line() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider = await rig.wire(PROVIDER)
        await rig.use(trunk(provider), workers=(one.worker,))

        text = request(
            provider,
            "INVITE",
            f"sip:+441632960555@127.0.0.1:{rig.place.port}",
            "P-Asserted-Identity: <sip:+447700900123@provider.example>",
            user="anonymous",
        )
        provider.send(text, rig.address)

        answer = await provider.next_with(200)
        (invite,) = one.invites
        assert invite.header("X-Tipring-Account") == "sip-5"
        assert "+447700900123" in (invite.header("P-Asserted-Identity") or "")
        assert f"@127.0.0.1:{rig.place.port};" in (answer.header("Contact") or "")


async def test_two_accounts_with_one_provider_are_told_apart() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider = await rig.wire(PROVIDER)
        await rig.use(trunk(provider), trunk(provider, "sip-6", "acct6"), workers=(one.worker,))

        for user in ("acct6", "acct5"):
            text = request(provider, "INVITE", f"sip:{user}@127.0.0.1:{rig.place.port}")
            provider.send(text, rig.address)
            await provider.next_with(200)

        lines = [invite.header("X-Tipring-Account") for invite in one.invites]
        assert lines == ["sip-6", "sip-5"]


async def test_gateways_in_the_office_are_told_apart_by_their_ports() -> None:
    """As an adapter with several jacks is, whatever number is called."""
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        jacks = [await rig.wire(), await rig.wire()]
        lines = [
            SipTrunkSettings(
                driver="sip",
                account="trunk",
                id=f"sip-{number}",
                server=f"127.0.0.1:{jack.port}",
                registers=False,
                number="+441632960555",
            )
            for number, jack in enumerate(jacks)
        ]
        await rig.use(ALICE, *lines, workers=(one.worker,))

        for jack in jacks:
            jack.send(
                request(jack, "INVITE", "sip:+441632960555@127.0.0.1", user="outside"), rig.address
            )
            await jack.next_with(200)

        assert [one.header("X-Tipring-Account") for one in one.invites] == ["sip-0", "sip-1"]


async def test_a_provider_calling_from_another_address_is_known_by_what_we_registered() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider, other_host = await rig.wire(PROVIDER), await rig.wire("127.0.0.4")
        await rig.use(trunk(provider), workers=(one.worker,))
        shown = await _registered(rig, one, provider)
        uri = re.search(r"<([^>]*)>", shown)
        assert uri is not None

        caller = Phone(other_host, rig.address, "alice", "")
        other_host.send(request(other_host, "INVITE", uri[1]), rig.address)

        answer = await other_host.next_with(200)
        assert one.invites[0].header("X-Tipring-Account") == "sip-5"
        assert (await caller.hang_up(answer)).status == 200
        assert not await rig.edge.load()


async def test_the_way_in_is_kept_open_for_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.sip.edge.pinholes.EVERY_S", 0.2)
    async with edge_rig() as rig:
        provider = await rig.wire(PROVIDER)
        await rig.use(trunk(provider))

        for _ in range(2):
            asked = await provider.next_with("OPTIONS")
            assert asked.source == rig.address
            provider.send(reply(asked, 404, "Not Found", tag="p"), asked.source)


async def test_nobody_can_have_a_provider_shut_out_under_its_address() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider = await rig.wire(PROVIDER)
        await rig.use(ALICE, trunk(provider), workers=(one.worker,))

        for _ in range(50):
            provider.send(request(provider, "REGISTER", "sip:alice@tipring.local"), rig.address)
        provider.send(request(provider, "OPTIONS", "sip:tipring.local"), rig.address)

        assert (await provider.next()).header("CSeq") == "1 OPTIONS"
        assert await rig.edge.bans() == ()


async def test_an_anonymous_call_from_elsewhere_gets_no_answer_and_no_worker() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider, stranger = await rig.wire(PROVIDER), await rig.wire("127.0.0.4")
        await rig.use(ALICE, trunk(provider), workers=(one.worker,))

        for uri in ("sip:102@127.0.0.1", "sip:102@127.0.0.1;line=0123456789abcdef01234567"):
            for method in ("INVITE", "OPTIONS", "REGISTER", "SUBSCRIBE", "MESSAGE"):
                stranger.send(request(stranger, method, uri), rig.address)

        assert await stranger.is_silent()
        assert one.heard == []


async def test_a_call_goes_out_to_the_provider_and_is_cleared_by_it() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider = await rig.wire(PROVIDER)
        await rig.use(trunk(provider), workers=(one.worker,))

        one.invite(rig, f"sip:+447700900456@{PROVIDER}:{provider.port}", "X-Tipring-Account: sip-5")
        invite = await provider.next_with("INVITE")
        assert "X-Tipring" not in invite.text
        provider.send(reply(invite, 407, "Proxy Authentication Required", tag="p"), invite.source)
        await one.next_with(407)
        one.invite(rig, f"sip:+447700900456@{PROVIDER}:{provider.port}", "X-Tipring-Account: sip-5")
        invite = await provider.next_with("INVITE")
        provider.send(_accept(provider, invite), invite.source)
        await one.next_with(200)
        assert await rig.edge.load() == {one.worker.incarnation: 1}

        provider.send(from_called(provider, "BYE", invite, "p"), rig.address)

        await one.next_with("BYE")
        assert (await provider.next_with(200)).status == 200
        assert not await rig.edge.load()


async def test_a_provider_without_an_address_is_answered_503() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        nowhere = SipTrunkSettings(
            driver="sip", account="trunk", id="sip-8", server="no-such-host.invalid", user="u"
        )
        await rig.use(nowhere, workers=(one.worker,))

        one.invite(rig, "sip:+447700900456@no-such-host.invalid", "X-Tipring-Account: sip-8")

        assert (await one.next_with(503)).status == 503


async def test_a_trunk_over_tcp_is_called_over_tcp() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        provider, heard = await rig.tcp_listener(PROVIDER)
        over_tcp = SipTrunkSettings(
            driver="sip",
            account="trunk",
            id="sip-9",
            server=f"{PROVIDER}:{provider}",
            user="u",
            transport="tcp",
        )
        await rig.use(over_tcp, workers=(one.worker,))

        one.invite(rig, f"sip:+447700900456@{PROVIDER}:{provider}", "X-Tipring-Account: sip-9")

        text = await heard()
        assert text.startswith("INVITE sip:+447700900456@")
        assert "Via: SIP/2.0/TCP" in text
        assert re.search(r"Contact: <sip:101@127\.0\.0\.1:\d+;transport=tcp;line=", text)


async def _registered(rig: EdgeRig, one: FakeWorker, provider: Wire) -> str:
    """Register the trunk; return the Contact that the provider was shown."""
    one.send(
        rig,
        request(
            one.wire,
            "REGISTER",
            f"sip:{PROVIDER}:{provider.port}",
            f"Route: <sip:127.0.0.1:{rig.place.inner_port};lr>",
            "X-Tipring-Account: sip-5",
            user="acct5",
            to=f"sip:acct5@{PROVIDER}",
        ),
    )
    register = await provider.next_with("REGISTER")
    contact = register.header("Contact")
    assert contact is not None
    assert "X-Tipring" not in register.text
    provider.send(
        reply(register, 200, "OK", f"Contact: {contact};expires=300", tag="p"), register.source
    )
    return contact


def _accept(wire: Wire, invite: Received) -> str:
    return reply(invite, 200, "OK", f"Contact: <sip:p@{PROVIDER}:{wire.port}>", tag="p")
