"""Everybody hangs up at the worst moment of a transfer: nothing is left, nobody is lost."""

import asyncio

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import AlertCall, Connect, Disconnect, Release, TransferRequested
from tests.firmware.apps.test_phone import CALLER, room_of, talk
from tests.firmware.calls.test_attended_transfer import SECOND, consult, hold_and_call
from tests.firmware.scripted_box import ScriptedBox
from tests.firmware.test_every_moment import nothing_is_left


def gone(box: ScriptedBox, leg_id: str) -> None:
    card = box.gsm if leg_id == CALLER else box.phones
    card.report(Disconnect(leg_id=leg_id, cause=Cause.NORMAL_CALL_CLEARING))


ORDERS = [
    ("agent", "second", "third", "caller"),
    ("caller", "agent", "second", "third"),
    ("third", "caller", "second", "agent"),
    ("second", "agent", "caller", "third"),
    ("agent", "caller", "third", "second"),
]


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize("asked_after", range(3))
async def test_all_four_legs_of_an_attended_transfer_end_at_once(
    box: ScriptedBox, order: tuple[str, ...], asked_after: int
) -> None:
    agent = await talk(box)
    third = await consult(box, agent)
    legs = {"agent": agent, "second": SECOND, "third": third, "caller": CALLER}
    in_turn = [legs[name] for name in order]
    for leg in in_turn[:asked_after]:
        gone(box, leg)
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
    box.phones.heard.forget()

    for leg in in_turn[asked_after:]:
        gone(box, leg)

    await let_recalls_end(box)
    for story in await box.finished():
        assert all(leg.ended_ms is not None for leg in story.legs)


async def let_recalls_end(box: ScriptedBox) -> None:
    """A phone that is rung again meanwhile is not answered."""

    async def reject_all() -> None:
        while True:
            again = await box.phones.heard.expect(AlertCall)
            box.phones.report(Release(leg_id=again.leg_id, cause=Cause.CALL_REJECTED))

    rejecting = asyncio.create_task(reject_all())
    try:
        await nothing_is_left(box)
    finally:
        rejecting.cancel()
        await asyncio.gather(rejecting, return_exceptions=True)


@pytest.mark.parametrize("who", ["caller", "third", "both"])
async def test_a_blind_transfer_is_left_while_it_rings(box: ScriptedBox, who: str) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))
    third = await box.phones.rings("phone-3")
    if who in {"third", "both"}:
        box.phones.report(Release(leg_id=third, cause=Cause.CALL_REJECTED))
    if who in {"caller", "both"}:
        gone(box, CALLER)

    await let_recalls_end(box)


async def test_the_third_party_answers_just_as_the_caller_hangs_up(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))
    third = await box.phones.rings("phone-3")
    gone(box, CALLER)
    box.phones.report(Connect(leg_id=third))

    await nothing_is_left(box)
    await box.phones.cleared(third)


async def test_the_third_party_answers_just_as_the_phone_transfers_while_it_rings(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    await hold_and_call(box, agent, "103")
    third = await box.phones.rings("phone-3")
    box.switch.heard.forget()
    box.phones.report(Connect(leg_id=third))
    box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))

    # Heard as a call that is answered, or as one that still rings: either way they meet.
    met = {await room_of(box, CALLER)}

    assert await room_of_last(box, third) in met


async def room_of_last(box: ScriptedBox, leg_id: str) -> str | None:
    """Return the room the leg ends up in; it may have been with the phone for a moment."""
    first = await room_of(box, leg_id)
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    return first if first == call["call_id"] else await room_of(box, leg_id)


@pytest.mark.parametrize("card", ["gsm", "phones"])
async def test_a_card_dies_in_mid_transfer(box: ScriptedBox, card: str) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))
    await box.phones.rings("phone-3")

    await (box.gsm if card == "gsm" else box.phones).die()

    if card == "phones":
        gone(box, CALLER)
    await nothing_is_left(box)


async def test_twenty_calls_handed_on_twice_leave_nothing(box: ScriptedBox) -> None:
    before = len(asyncio.all_tasks())
    for number in range(20):
        box.phones.heard.forget()
        box.switch.heard.forget()
        agent = await talk(box)
        third = await consult(box, agent)
        box.phones.report(TransferRequested(leg_id=agent, with_leg_id=SECOND))
        for leg in (agent, SECOND):
            await box.phones.cleared(leg)
        box.phones.report(TransferRequested(leg_id=third, to="102"))
        last = await box.phones.picks_up("phone-2")
        await box.phones.cleared(third)
        await room_of(box, last)
        gone(box, CALLER if number % 2 else last)
        if number % 2:
            await box.phones.cleared(last)
        else:
            await box.gsm.cleared(CALLER)
            box.gsm.heard.forget()
        await box.finished(number + 1)

    assert len(await box.finished(20)) == 20
    assert len(asyncio.all_tasks()) <= before + 1
    now = (await box.control.ask("snapshot"))["ok"]
    assert not now["calls"]
    assert all(line["calls"] == 0 for line in now["lines"])
