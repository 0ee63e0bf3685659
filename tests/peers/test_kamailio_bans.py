"""Ten thousand wrong passwords from one address: shut out after five, the office unharmed."""

import asyncio

import pytest

from tests.drivers.sip.edge.edge_rig import ALICE, EdgeRig, edge_rig
from tests.drivers.sip.edge.password_guesser import OUTSIDE, REMOTE, PasswordGuesser
from tests.drivers.sip.edge.sip_wire import PATIENCE_S

ATTEMPTS = 10_000
pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]


async def test_ten_thousand_wrong_registers_are_banned_and_the_office_registers() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE, REMOTE)
        guesser = PasswordGuesser(await rig.wire(OUTSIDE), rig.address)

        attack = asyncio.create_task(guesser.guess(ATTEMPTS))
        during = await _office_registers(rig)
        await attack
        await _until_banned(rig)
        after = await _office_registers(rig)

        assert (during, after) == (200, 200)
        assert guesser.sent == ATTEMPTS
        # One to the question and four to wrong ones; two receivers may take them out of
        # their order, and a nonce count that went back is asked for again.
        answers = guesser.answers()
        assert set(answers) == {401}
        assert 5 <= len(answers) <= 10


async def test_guesses_of_user_names_are_banned_although_none_has_a_wrong_password() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE, REMOTE)
        guesser = PasswordGuesser(await rig.wire(OUTSIDE), rig.address)

        await guesser.guess_names(60)
        await _until_banned(rig)

        answers = guesser.answers()
        assert set(answers) == {401}
        assert 35 <= len(answers) <= 39, "two receivers: the last of them may still be on its way"
        assert await _office_registers(rig) == 200


async def test_an_address_that_is_not_opened_costs_nothing_and_hears_nothing() -> None:
    async with edge_rig() as rig:
        await rig.use(ALICE)
        guesser = PasswordGuesser(await rig.wire(OUTSIDE), rig.address)

        await guesser.guess_names(1_000)

        assert guesser.answers() == []
        assert await _office_registers(rig) == 200


async def _until_banned(rig: EdgeRig) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await rig.edge.bans() != (OUTSIDE,):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.02)


async def _office_registers(rig: EdgeRig) -> int:
    return (await (await rig.phone()).register()).status
