"""Who is heard at all, who is shut out, and what never reaches a worker."""

import pytest

from firmware.contract.settings import SipPhoneSettings
from tests.drivers.sip.edge.edge_rig import ALICE, BOB, PASSWORD, EdgeRig, edge_rig
from tests.drivers.sip.edge.fake_worker import FakeWorker
from tests.drivers.sip.edge.sip_wire import Phone, request

OUTSIDE = "127.0.0.2"
REMOTE = SipPhoneSettings(
    driver="sip", account="phone", id="sip-3", user="remote", secret=PASSWORD,
    network=f"{OUTSIDE}/32",
)  # fmt: skip
METHODS = ("REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH", "BYE")


async def test_an_unknown_network_gets_no_answer_to_anything() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        stranger = await rig.wire(OUTSIDE)

        for method in METHODS:
            stranger.send(request(stranger, method, "sip:alice@tipring.local"), rig.address)

        assert await stranger.is_silent()
        assert one.heard == []


@pytest.mark.parametrize("agent", ["friendly-scanner", "sipvicious 0.3", "PPLSIP", "sipcli/v1.8"])
async def test_scanners_get_no_answer_even_in_the_office(agent: str) -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        scanner = await rig.wire()

        for method in METHODS:
            text = request(scanner, method, "sip:alice@tipring.local", f"User-Agent: {agent}")
            scanner.send(text, rig.address)

        assert await scanner.is_silent()


async def test_an_opened_network_may_register_its_account_and_no_other() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE, REMOTE)

        remote = await (await rig.phone("remote", address=OUTSIDE)).register()
        alice = await (await rig.phone("alice", address=OUTSIDE)).register()

        assert (remote.status, alice.status) == (200, 401)


async def test_five_wrong_passwords_from_outside_shut_the_address_out() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE, REMOTE)
        for _ in range(4):
            wrong = await rig.phone("remote", "a wrong one", OUTSIDE)
            assert (await wrong.register()).status == 401

        with pytest.raises(TimeoutError):
            await _register(await rig.phone("remote", "a wrong one", OUTSIDE))
        with pytest.raises(TimeoutError):
            await _register(await rig.phone("remote", address=OUTSIDE))

        assert await rig.edge.bans() == (OUTSIDE,)
        assert (await (await rig.phone()).register()).status == 200


async def test_a_banned_address_can_be_let_in_again() -> None:
    async with edge_rig() as rig:
        await rig.use(REMOTE)
        await _ban(rig)

        await rig.edge.unban(OUTSIDE)

        assert await rig.edge.bans() == ()
        assert (await (await rig.phone("remote", address=OUTSIDE)).register()).status == 200


async def test_the_office_is_slowed_for_that_user_and_never_locked_out() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE, BOB)
        for _ in range(5):
            assert (await (await rig.phone("alice", "a wrong one")).register()).status == 401

        with pytest.raises(TimeoutError):
            await _register(await rig.phone("alice", "a wrong one"))

        assert (await (await rig.phone("bob")).register()).status == 200
        assert await rig.edge.bans() == ()
        answer = await _until_answered(await rig.phone("alice"))
        assert answer == 200


async def test_a_right_password_forgives_the_wrong_ones() -> None:
    async with edge_rig() as rig:
        await rig.use(REMOTE)
        for _ in range(3):
            for _ in range(3):
                await (await rig.phone("remote", "a wrong one", OUTSIDE)).register()
            assert (await (await rig.phone("remote", address=OUTSIDE)).register()).status == 200

        assert await rig.edge.bans() == ()


@pytest.mark.parametrize(
    ("method", "status"),
    [("OPTIONS", 200), ("SUBSCRIBE", 489), ("MESSAGE", 405), ("PUBLISH", 405), ("BYE", 405)],
)
async def test_what_the_edge_answers_itself_in_the_office(method: str, status: int) -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone = await rig.wire()

        phone.send(request(phone, method, "sip:alice@tipring.local"), rig.address)

        assert (await phone.next()).status == status
        assert one.heard == []


async def test_a_call_without_a_password_is_challenged_and_reaches_no_worker() -> None:
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))

        answers = []
        for user in ("alice", "nobody"):
            wire = await rig.wire()
            wire.send(request(wire, "INVITE", "sip:102@tipring.local", user=user), rig.address)
            answers.append((await wire.next_with(407)).start_line)

        assert answers[0] == answers[1]
        assert one.heard == []


async def test_a_message_that_went_round_in_circles_is_stopped() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        wire = await rig.wire()
        text = request(wire, "OPTIONS", "sip:alice@tipring.local")

        wire.send(text.replace("Max-Forwards: 70", "Max-Forwards: 0"), rig.address)

        assert (await wire.next()).status == 483


async def test_an_oversized_message_is_dropped_and_the_next_one_answered() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        wire = await rig.wire()

        wire.send(request(wire, "OPTIONS", "sip:alice@x", f"X-Long: {'x' * 20_000}"), rig.address)
        wire.send(request(wire, "OPTIONS", "sip:alice@x", cseq=2), rig.address)

        assert (await wire.next()).header("CSeq") == "2 OPTIONS"


async def test_calls_to_a_phone_go_where_it_registered_from_not_where_it_says() -> None:
    """Otherwise a phone could make every call to it ring, and cost, somewhere else."""
    async with edge_rig() as rig, FakeWorker.at_work(rig) as one:
        await rig.use(ALICE, workers=(one.worker,))
        phone, victim = await rig.phone(), await rig.wire("127.0.0.5")
        await phone.register_at(f"<sip:+882999@127.0.0.5:{victim.port}>")

        one.invite(rig, "sip:alice@tipring.local")

        assert (await phone.wire.next_with("INVITE")).method == "INVITE"
        assert await victim.is_silent()


async def _ban(rig: EdgeRig) -> None:
    for _ in range(4):
        await (await rig.phone("remote", "a wrong one", OUTSIDE)).register()
    with pytest.raises(TimeoutError):
        await _register(await rig.phone("remote", "a wrong one", OUTSIDE))


async def _register(phone: Phone) -> int:
    phone.patience_s = 0.7
    return (await phone.register()).status


async def _until_answered(phone: Phone) -> int:
    """Register again and again, as phones do, until there is an answer."""
    for _ in range(10):
        try:
            return await _register(phone)
        except TimeoutError:
            continue
    raise AssertionError("never answered")
