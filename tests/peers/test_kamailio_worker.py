"""The real library behind the edge: it registers with a provider that is another Kamailio.

The provider calls back by what it was told, and is called, with its password.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from drivers.sip.account import accounts_of
from drivers.sip.child import ChildProgram, LinkedChild
from drivers.sip.edge.place import EdgeWorker
from drivers.sip.signalling_messages import (
    SIP_NEWS,
    Answered,
    Clear,
    Ended,
    Invite,
    Invited,
    Registration,
    Ringing,
    SipNews,
    UseAccounts,
    UsePorts,
    WorkerReady,
)
from firmware.contract.message import Message
from firmware.contract.settings import AnySipSettings, SipPhoneSettings, SipTrunkSettings
from tests.drivers.sip.edge.edge_rig import ALICE, OFFICE, PASSWORD, EdgeRig, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import Phone, reply

N = TypeVar("N", bound=Message)
DEADLINE_S = 40.0
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
)
pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]


class RealWorker:
    """A signalling process and what it has said."""

    def __init__(self, inner_port: int) -> None:
        self._news: asyncio.Queue[SipNews] = asyncio.Queue()

        def arguments(link: int) -> tuple[str, ...]:
            command = (sys.executable, "-m", "drivers.sip.signalling", "--link-fd", str(link))
            return (*command, "--edge", f"127.0.0.1:{inner_port}")

        self.child = LinkedChild(
            ChildProgram("sip-worker-1", arguments), SIP_NEWS, self._news.put_nowait, lambda: None
        )

    async def next(self, kind: type[N]) -> N:
        """Return the next of that kind; others are dropped."""
        async with asyncio.timeout(DEADLINE_S):
            while not isinstance(news := await self._news.get(), kind):
                pass
            return news


async def test_a_trunk_registers_is_called_and_calls() -> None:
    async with edge_rig() as provider, edge_rig() as office, FakeWorker.at_work(provider) as desk:
        account = SipPhoneSettings(
            driver="sip", account="phone", id="sip-1", user="acct5", secret=PASSWORD
        )
        await provider.use(account, workers=(desk.worker,))
        trunk = SipTrunkSettings(
            driver="sip",
            account="trunk",
            id="sip-5",
            server=f"{OFFICE}:{provider.place.port}",
            user="acct5",
            secret=PASSWORD,
        )
        async with _real_worker(office, trunk) as worker:
            registration = await worker.next(Registration)
            assert registration.registered, registration
            await provider.events.until(lambda: "acct5" in provider.events.registrations)

            desk.invite(provider, "sip:acct5@tipring.local", user="anonymous", body=SDP)
            invited = await worker.next(Invited)
            assert invited.account == "sip-5"

            worker.child.send(Invite(leg_id="out-1", account_id="sip-5", user="+447700900456"))
            called = await desk.next_with("INVITE")
            assert called.header("X-Tipring-Account") == "sip-1"
            assert called.uri.startswith("sip:+447700900456@")


async def test_the_device_that_answers_last_rung_gets_the_call() -> None:
    """Two ring with tags of their own: the library must follow the one that answers."""
    async with edge_rig() as office, _real_worker(office, ALICE) as worker:
        desk, mobile = await office.phone(), await office.phone()
        for phone in (desk, mobile):
            assert (await phone.register()).status == 200

        worker.child.send(Invite(leg_id="out-1", account_id="sip-1", user="alice"))
        at_desk, at_mobile = [await phone.wire.next_with("INVITE") for phone in (desk, mobile)]
        desk.wire.send(reply(at_desk, 180, "Ringing", _contact(desk), tag="desk"), at_desk.source)
        await worker.next(Ringing)
        mobile.wire.send(
            reply(at_mobile, 180, "Ringing", _contact(mobile), tag="mobile"), at_mobile.source
        )
        accepted = reply(at_mobile, 200, "OK", _contact(mobile), tag="mobile", body=SDP)
        mobile.wire.send(accepted, at_mobile.source)

        answered = await worker.next(Answered)
        assert answered.far_tag == "mobile"
        assert ";tag=mobile" in ((await mobile.wire.next_with("ACK")).header("To") or "")
        assert (await desk.wire.next_with("CANCEL")).method == "CANCEL"

        worker.child.send(Clear(leg_id="out-1"))
        bye = await mobile.wire.next_with("BYE")
        mobile.wire.send(reply(bye, 200, "OK"), bye.source)
        await worker.next(Ended)
        assert not await office.edge.load()


async def test_a_wrong_password_of_the_trunk_is_told() -> None:
    async with edge_rig() as provider, edge_rig() as office:
        await provider.use(ALICE)
        trunk = SipTrunkSettings(
            driver="sip",
            account="trunk",
            id="sip-5",
            server=f"{OFFICE}:{provider.place.port}",
            user="alice",
            secret="not the password",
        )
        async with _real_worker(office, trunk) as worker:
            registration = await worker.next(Registration)

            assert (registration.registered, registration.status) == (False, 401)


async def test_a_server_that_nobody_knows_is_told() -> None:
    async with edge_rig() as office:
        trunk = SipTrunkSettings(
            driver="sip",
            account="trunk",
            id="sip-5",
            server="no-such-host.invalid",
            user="alice",
            secret=PASSWORD,
        )
        async with _real_worker(office, trunk) as worker:
            registration = await worker.next(Registration)
            assert (registration.registered, registration.status) == (False, 503)

            worker.child.send(Invite(leg_id="out-1", account_id="sip-5", user="+447700900456"))
            ended = await worker.next(Ended)
            assert ended.status == 503


def _contact(phone: Phone) -> str:
    return f"Contact: <sip:alice@127.0.0.1:{phone.wire.port}>"


@asynccontextmanager
async def _real_worker(office: EdgeRig, line: AnySipSettings) -> AsyncIterator[RealWorker]:
    """Yield a worker that has the line's account and takes calls."""
    worker = RealWorker(office.place.inner_port)
    running = asyncio.create_task(worker.child.keep_running())
    try:
        ready = await worker.next(WorkerReady)
        await office.use(line, workers=(EdgeWorker("worker-1", ready.port, ready.capacity),))
        worker.child.send(UsePorts(address="127.0.0.1", ports=(40_002, 40_004, 40_006, 40_008)))
        accounts = tuple(accounts_of(line, office.place.domain))
        worker.child.send(UseAccounts(accounts=accounts))
        yield worker
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
