"""Phones register with a password, and nobody learns anything from a refusal."""

import re

from tests.drivers.sip.edge.edge_rig import ALICE, BOB, PASSWORD, EdgeRig, edge_rig
from tests.drivers.sip.edge.sip_wire import Received


async def test_a_phone_with_its_password_is_registered_and_told() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        phone = await rig.phone()

        answer = await phone.register("User-Agent: Deskphone 7")

        assert answer.status == 200
        await rig.events.until(lambda: "alice" in rig.events.registrations)
        (contact,) = rig.events.registrations["alice"]
        assert contact.address == f"127.0.0.1:{phone.wire.port}"
        assert contact.user_agent == "Deskphone 7"


async def test_a_phone_that_logs_out_is_gone() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        phone = await rig.phone()
        await phone.register()
        await rig.events.until(lambda: "alice" in rig.events.registrations)

        await phone.register(expires_s=0)

        await rig.events.until(lambda: "alice" not in rig.events.registrations)


async def test_several_devices_share_an_account() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        for phone in (await rig.phone(), await rig.phone()):
            assert (await phone.register()).status == 200

        await rig.events.until(lambda: len(rig.events.registrations.get("alice", ())) == 2)


async def test_unknown_user_and_wrong_password_get_the_same_answer() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)

        wrong = await _refused(rig, "alice", "not the password")
        unknown = await _refused(rig, "mallory", PASSWORD)

        assert wrong == unknown
        assert wrong.startswith("SIP/2.0 401 Unauthorized")


async def test_who_comes_with_a_wrong_password_is_told_until_it_has_the_right_one() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)

        await _refused(rig, "alice", "not the password")

        await rig.events.until(lambda: rig.events.refused == {"alice": ("127.0.0.1",)})
        assert (await (await rig.phone()).register()).status == 200
        await rig.events.until(lambda: rig.events.refused == {})


async def test_a_phone_of_another_network_is_refused_like_a_wrong_password() -> None:
    elsewhere = ALICE.model_copy(update={"network": "127.0.0.9/32"})
    async with edge_rig() as rig:
        await rig.use(elsewhere)

        out_of_place = await _refused(rig, "alice", PASSWORD)

        assert out_of_place == await _refused(rig, "mallory", PASSWORD)


async def test_nobody_registers_another_users_number() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE, BOB)
        phone = await rig.phone("bob")
        phone.user = "bob"

        answer = await phone.register_as("alice")

        assert answer.status == 403


async def test_new_accounts_need_no_restart_and_keep_the_registrations() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        assert (await (await rig.phone()).register()).status == 200
        pid = rig.edge.pid

        await rig.use(ALICE, BOB)

        assert (await (await rig.phone("bob")).register()).status == 200
        assert rig.edge.pid == pid
        await rig.events.until(lambda: set(rig.events.registrations) == {"alice", "bob"})


async def _refused(rig: EdgeRig, user: str, password: str) -> str:
    phone = await rig.phone(user, password)
    answer = await phone.register()
    assert answer.status != 200
    return _without_what_differs(answer, user)


def _without_what_differs(answer: Received, user: str) -> str:
    """Return the answer's text without nonce, tags, ports and the user's own name."""
    text = answer.text.replace(user, "USER")
    text = re.sub(r'nonce="[^"]*"', 'nonce=""', text)
    text = re.sub(r"tag=[^\r;]+", "tag=", text)
    text = re.sub(r"branch=[^\r;]+", "branch=", text)
    return re.sub(r"\d{4,5}\b|call-\d+-\d+", "PORT", text)
