"""A phone hands its party on to a number; the exchange decides, and nobody is lost on the way."""

from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import (
    AlertCall,
    AnswerTransfer,
    Connect,
    Disconnect,
    HookFlash,
    PlaceCall,
    Release,
    TransferRequested,
)
from firmware.contract.switching import Play, Tone
from tests.firmware.apps.test_phone import CALLER, E164, NUMBER, room_of, talk
from tests.firmware.calls.test_hold import two_phones_talk
from tests.firmware.scripted_box import ScriptedBox, scripted_box, steps
from tests.firmware.scripted_office import SCRIPTED_OFFICE


def hang_up(box: ScriptedBox, leg_id: str, cause: Cause = Cause.NORMAL_CALL_CLEARING) -> None:
    card = box.gsm if leg_id == CALLER else box.phones
    card.report(Disconnect(leg_id=leg_id, cause=cause))


async def answered(box: ScriptedBox, agent: str) -> AnswerTransfer:
    return await box.phones.heard.expect(AnswerTransfer, lambda one: one.leg_id == agent)


async def test_the_caller_hears_ringback_and_talks_to_whom_they_were_handed_on(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))

    third = await box.phones.rings("phone-3")
    await box.switch.heard.expect(
        Tone, lambda order: order.leg_id == CALLER and order.name == "ringback"
    )
    box.phones.report(Connect(leg_id=third))

    assert (await answered(box, agent)).accepted
    await box.phones.cleared(agent)
    assert await room_of(box, third) == await room_of(box, CALLER)
    hang_up(box, CALLER)
    story = await box.story()
    assert {"transfer.blind-to", "transfer.done"} <= set(steps(story))
    assert (len(story.legs), story.call.extension) == (3, "103")


async def test_the_new_phone_shows_who_calls(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))

    alert = await box.phones.heard.expect(AlertCall, lambda one: one.line_id == "phone-3")

    assert alert.calling == "+447700900123"


@pytest.mark.parametrize(
    ("number", "reason", "cause"),
    [
        ("0049301234567", "toll.country-closed", Cause.OUTGOING_CALLS_BARRED),
        ("12", "route.not-a-number", Cause.INVALID_NUMBER_FORMAT),
    ],
)
async def test_a_refused_transfer_changes_nothing(
    box: ScriptedBox, number: str, reason: str, cause: Cause
) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to=number))

    answer = await answered(box, agent)

    assert (answer.accepted, answer.cause) == (False, cause)
    assert box.gsm.heard.of(PlaceCall) == []
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    assert call["phase"] == "talking"
    assert reason in [step["what"]["code"] for step in call["story"]]


async def test_nobody_hands_on_to_where_their_own_phone_may_not_dial(sounds: Path) -> None:
    inside_only = SCRIPTED_OFFICE.replace(
        'devices = ["phone-1"]', 'devices = ["phone-1"]\nmay_dial = "freephone"'
    ).replace(
        "[flows.main]",
        '[[dial_classes]]\nid = "freephone"\nkinds = ["toll-free"]\n\n[flows.main]',
        1,
    )
    async with scripted_box(inside_only, sounds) as box:
        agent = await talk(box)
        box.phones.report(TransferRequested(leg_id=agent, to=NUMBER))
        refused = await answered(box, agent)
        box.phones.report(HookFlash(leg_id=agent))
        await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
        box.phones.press(agent, NUMBER + "#")

        # Back with the caller, by flash as by key.
        assert not refused.accepted
        box.switch.heard.forget()
        assert await room_of(box, agent) == await room_of(box, CALLER)
        assert box.gsm.heard.of(PlaceCall) == []


async def test_a_caller_may_be_handed_on_to_a_number_outside(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to=NUMBER))
    placed = await box.gsm.is_dialled()
    box.gsm.report(Connect(leg_id=placed.leg_id))

    assert placed.called == E164
    assert await room_of(box, placed.leg_id) == await room_of(box, CALLER)


async def back_at_the_agent(box: ScriptedBox) -> str:
    """Wait until the transferor's phone is rung again; return its new leg."""
    return await box.phones.picks_up("phone-1")


async def test_a_busy_phone_sends_the_caller_back_to_who_transferred(box: ScriptedBox) -> None:
    await box.phones.lift("phone-3", "elsewhere")
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))

    again = await back_at_the_agent(box)

    assert await room_of(box, again) == await room_of(box, CALLER)
    hang_up(box, CALLER)
    (story,) = await box.finished()
    assert {"transfer.not-answered", "transfer.recall"} <= set(steps(story))
    hang_up(box, "elsewhere")


async def test_a_phone_that_rejects_sends_the_caller_back(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))
    third = await box.phones.rings("phone-3")
    box.phones.report(Release(leg_id=third, cause=Cause.CALL_REJECTED))

    again = await back_at_the_agent(box)

    assert await room_of(box, again) == await room_of(box, CALLER)


async def test_when_nobody_takes_the_caller_back_the_call_ends_and_says_so(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))
    for line in ("phone-3", "phone-1"):
        rung = await box.phones.rings(line)
        box.phones.report(Release(leg_id=rung, cause=Cause.CALL_REJECTED))

    await box.gsm.cleared(CALLER)

    assert "transfer.nobody" in steps(await box.story())


async def test_a_transferor_who_hangs_up_at_once_has_transferred_all_the_same(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))
    hang_up(box, agent)

    third = await box.phones.picks_up("phone-3")

    assert await room_of(box, third) == await room_of(box, CALLER)


async def test_a_caller_who_hangs_up_while_handed_on_leaves_nothing(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="103"))
    third = await box.phones.rings("phone-3")
    hang_up(box, CALLER)

    await box.phones.cleared(third)

    assert steps(await box.story())[-1] == "call.ended"


async def test_two_phones_of_ours_transfer_as_well(box: ScriptedBox) -> None:
    first, second = await two_phones_talk(box)
    box.phones.report(TransferRequested(leg_id=second, to="103"))

    third = await box.phones.picks_up("phone-3")

    assert await room_of(box, third) == await room_of(box, first)


async def test_a_transfer_asked_for_while_nobody_talks_is_refused(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", "early")
    box.phones.report(TransferRequested(leg_id="early", to="103"))

    answer = await box.phones.heard.expect(AnswerTransfer)

    assert not answer.accepted


async def test_a_transfer_to_the_parking_code_parks(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(TransferRequested(leg_id=agent, to="*68"))

    assert (await answered(box, agent)).accepted
    await box.phones.cleared(agent)
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    assert call["where"]["code"] == "where.parked"


async def test_a_caller_may_be_handed_back_to_the_menu(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.switch.heard.forget()
    box.phones.report(TransferRequested(leg_id=agent, to="700"))

    menu = await box.switch.heard.expect(Play)
    assert menu.leg_id == CALLER
    assert (await answered(box, agent)).accepted
    await box.phones.cleared(agent)
    box.gsm.press(CALLER, "5")
    again = await box.phones.picks_up("phone-1")
    assert await room_of(box, again) == await room_of(box, CALLER)
    hang_up(box, CALLER)
    story = await box.story()
    assert [leg.line_id for leg in story.legs] == ["gsm-1", "phone-1", "phone-1"]
