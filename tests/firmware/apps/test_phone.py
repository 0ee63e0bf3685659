"""Our own phones: dialling, transfer by hook flash, emergency, and dialling from the page."""

from collections.abc import Callable

from firmware.contract.causes import Cause
from firmware.contract.line_state import Health
from firmware.contract.messages import (
    Alerting,
    ClearCall,
    Connect,
    Disconnect,
    HookFlash,
    PlaceCall,
    Release,
)
from firmware.contract.switching import ConnectLeg, Tone
from firmware.store.rows import Disposition
from tests.firmware.scripted_box import ScriptedBox, steps

PHONE = "phone-leg"
CALLER = "caller"
NUMBER = "01632960077"
E164 = "+441632960077"


def in_a_room(leg_id: str) -> Callable[[ConnectLeg], bool]:
    """Whether the leg talks; a room where the network is heard before the answer is none."""
    return lambda order: (
        order.leg_id == leg_id and order.room is not None and not order.room.endswith("-e")
    )


async def room_of(box: ScriptedBox, leg_id: str) -> str | None:
    return (await box.switch.heard.expect(ConnectLeg, in_a_room(leg_id))).room


async def test_a_lifted_phone_hears_dial_tone_and_reaches_an_extension(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", PHONE)
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(PHONE, "102")
    called = await box.phones.picks_up("phone-2")

    assert await room_of(box, PHONE) == await room_of(box, called)


async def test_a_phone_that_gives_up_while_another_rings_has_abandoned_the_call(
    box: ScriptedBox,
) -> None:
    await box.phones.lift("phone-1", PHONE, called="102")
    rung = await box.phones.rings("phone-2")
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    await box.phones.cleared(rung)

    assert (await box.story()).call.disposition is Disposition.ABANDONED


async def test_a_phone_that_dials_en_bloc_hears_no_dial_tone(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", PHONE, called="102")
    called = await box.phones.picks_up("phone-2")

    assert await room_of(box, PHONE) == await room_of(box, called)
    tones = [one for one in box.switch.heard.messages if isinstance(one, Tone)]
    assert "dial" not in [tone.name for tone in tones]


async def test_a_number_outside_goes_out_and_the_phone_hears_ringback(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, NUMBER + "#")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Alerting(leg_id=placed.leg_id))
    await box.switch.heard.expect(Tone, lambda order: order.name == "ringback")
    box.gsm.report(Connect(leg_id=placed.leg_id))

    assert placed.called == E164
    assert await room_of(box, PHONE) == await room_of(box, placed.leg_id)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    await box.gsm.cleared(placed.leg_id)
    story = await box.story()
    assert (story.call.called, story.call.disposition) == (E164, Disposition.ANSWERED)


async def test_when_a_network_fails_the_next_line_is_tried(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, NUMBER + "#")
    first = await box.gsm.is_dialled("gsm-1")
    box.gsm.report(Release(leg_id=first.leg_id, cause=Cause.NETWORK_OUT_OF_ORDER))

    second = await box.gsm.is_dialled("gsm-2")

    assert second.called == first.called


async def test_when_the_called_party_is_busy_no_other_line_is_tried(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, NUMBER + "#")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Disconnect(leg_id=placed.leg_id, cause=Cause.USER_BUSY))

    await box.switch.heard.expect(Tone, lambda order: order.name == "busy")
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))

    assert (await box.story()).call.disposition is Disposition.BUSY
    assert len(box.gsm.heard.of(PlaceCall)) == 1


async def test_what_may_not_be_dialled_is_refused_with_a_tone(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, "00493023125001#")
    await box.switch.heard.expect(Tone, lambda order: order.name == "congestion")
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))

    assert "toll.country-closed" in steps(await box.story())
    assert box.gsm.heard.of(PlaceCall) == []


async def talk(box: ScriptedBox) -> str:
    """A caller talks to phone-1; return the phone's leg."""
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")
    phone = await box.phones.picks_up("phone-1")
    await room_of(box, phone)
    await room_of(box, CALLER)
    return phone


async def test_an_attended_transfer_hands_the_caller_on_in_the_same_call(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    box.phones.report(HookFlash(leg_id=agent))
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(agent, "103")
    third = await box.phones.picks_up("phone-3")
    consultation = await room_of(box, third)

    box.phones.report(Disconnect(leg_id=agent, cause=Cause.NORMAL_CALL_CLEARING))
    handed_on = await room_of(box, third)

    assert consultation == await room_of(box, agent)
    assert handed_on == await room_of(box, CALLER)
    assert handed_on != consultation
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    await box.phones.cleared(third)
    story = await box.story()
    assert "transfer.done" in steps(story)
    assert (len(story.legs), story.call.extension) == (3, "103")


async def test_hanging_up_while_the_third_party_rings_transfers_blindly(box: ScriptedBox) -> None:
    agent = await talk(box)
    box.phones.report(HookFlash(leg_id=agent))
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(agent, "103")
    third = await box.phones.rings("phone-3")
    box.phones.report(Disconnect(leg_id=agent, cause=Cause.NORMAL_CALL_CLEARING))
    await box.switch.heard.expect(
        Tone, lambda order: order.leg_id == CALLER and order.name == "ringback"
    )
    box.phones.report(Connect(leg_id=third))

    assert await room_of(box, third) == await room_of(box, CALLER)


async def consult(box: ScriptedBox, agent: str) -> str:
    """The agent flashes and talks to phone-3; return the third party's leg."""
    box.phones.report(HookFlash(leg_id=agent))
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(agent, "103")
    third = await box.phones.picks_up("phone-3")
    await room_of(box, third)
    await room_of(box, agent)
    return third


async def test_a_flash_while_the_third_party_rings_goes_back_to_the_caller(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    box.phones.report(HookFlash(leg_id=agent))
    await box.switch.heard.expect(Tone, lambda order: order.name == "dial")
    box.phones.press(agent, "103")
    third = await box.phones.rings("phone-3")
    box.phones.report(HookFlash(leg_id=agent))

    await box.phones.cleared(third)

    assert await room_of(box, agent) == await room_of(box, CALLER)


async def test_a_second_flash_joins_all_three_and_a_third_one_drops_the_last(
    box: ScriptedBox,
) -> None:
    agent = await talk(box)
    third = await consult(box, agent)
    box.phones.report(HookFlash(leg_id=agent))
    rooms = {await room_of(box, leg) for leg in (CALLER, agent, third)}
    assert len(rooms) == 1

    box.phones.report(HookFlash(leg_id=agent))

    await box.phones.cleared(third)
    (call,) = (await box.control.ask("snapshot"))["ok"]["calls"]
    assert call["phase"] == "talking"
    told = [step["what"]["code"] for step in call["story"]]
    assert told.index("conference.begins") < told.index("conference.dropped")


async def test_whoever_joined_three_may_hang_up_and_the_other_two_go_on(box: ScriptedBox) -> None:
    agent = await talk(box)
    third = await consult(box, agent)
    box.phones.report(HookFlash(leg_id=agent))
    rooms = {await room_of(box, leg) for leg in (CALLER, agent, third)}
    box.switch.heard.forget()
    box.phones.report(Disconnect(leg_id=agent, cause=Cause.NORMAL_CALL_CLEARING))

    assert {await room_of(box, leg) for leg in (CALLER, third)} == rooms
    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    await box.phones.cleared(third)
    assert (await box.story()).call.extension == "103"


async def test_an_emergency_call_gets_a_line_although_all_are_busy(box: ScriptedBox) -> None:
    box.fxo.line_is("fxo-1", Health.ABSENT)
    await box.gsm.call_in("gsm-1", "first", "+447700900123")
    await box.gsm.call_in("gsm-2", "second", "+447700900124")
    await box.phones.lift("phone-2", PHONE)
    box.phones.press(PHONE, "999")

    cleared = await box.gsm.heard.expect(ClearCall)
    placed = await box.gsm.is_dialled()

    assert cleared.cause is Cause.PREEMPTION
    assert placed.called == "999"
    (preempted,) = await box.finished()
    assert "call.preempted" in steps(preempted)
    assert preempted.call.cause is Cause.PREEMPTION
    snapshot = (await box.control.ask("snapshot"))["ok"]
    (emergency,) = [call for call in snapshot["calls"] if call["called"] == "999"]
    assert "call.preempts" in [step["what"]["code"] for step in emergency["story"]]


async def test_the_page_dials_for_a_phone(box: ScriptedBox) -> None:
    answer = await box.control.ask("dial", phone="phone-1", called=NUMBER, who="owner")
    phone = await box.phones.picks_up("phone-1")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Connect(leg_id=placed.leg_id))

    assert answer["ok"]["call_id"]
    assert placed.called == E164
    assert await room_of(box, phone) == await room_of(box, placed.leg_id)


async def test_the_page_cannot_dial_from_a_line_without_a_phone(box: ScriptedBox) -> None:
    refused = await box.control.ask("dial", phone="gsm-1", called=NUMBER, who="owner")
    others = await box.control.ask(
        "dial", phone="phone-1", called=NUMBER, who="owner", only_of="102"
    )
    assert others["problem"]["code"] == "control.not-your-phone"
    unknown = await box.control.ask("dial", phone="phone-9", called=NUMBER, who="owner")

    assert refused["problem"]["code"] == "control.not-a-phone"
    assert unknown["problem"]["code"] == "line.unknown"
