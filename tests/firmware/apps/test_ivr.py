"""A caller in the menus: keys, silence, wrong keys, extensions, and hanging up in the middle."""

from collections.abc import Callable

from firmware.contract.causes import Cause
from firmware.contract.messages import AnswerCall, ClearCall, Disconnect, Release
from firmware.contract.switching import ConnectLeg, DigitHeard, Play, Stop
from firmware.contract.views import Side
from firmware.store.rows import Disposition
from tests.firmware.scripted_box import ScriptedBox, steps

CALLER = "+447700900123"
LEG = "caller"


def in_room(leg_id: str) -> Callable[[ConnectLeg], bool]:
    return lambda order: order.leg_id == leg_id and order.room is not None


async def test_key_one_connects_the_caller_to_the_phone_in_one_room(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "1")
    phone = await box.phones.picks_up("phone-1")

    rooms = {(await box.switch.heard.expect(ConnectLeg, in_room(leg))).room for leg in (LEG, phone)}
    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))
    await box.phones.cleared(phone)
    story = await box.story()

    assert len(rooms) == 1
    assert story.call.disposition is Disposition.ANSWERED
    assert story.call.extension == "101"
    assert {leg.side for leg in story.legs} == {Side.OUTSIDE, Side.OFFICE}
    assert all(leg.answered_ms is not None and leg.ended_ms is not None for leg in story.legs)


async def test_the_phone_that_hangs_up_ends_the_callers_leg(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "5")
    phone = await box.phones.picks_up("phone-1")
    await box.switch.heard.expect(ConnectLeg, in_room(phone))
    box.phones.report(Disconnect(leg_id=phone, cause=Cause.NORMAL_CALL_CLEARING))

    await box.gsm.cleared(LEG)

    assert (await box.story()).call.cause is Cause.NORMAL_CALL_CLEARING


async def test_a_caller_who_knows_the_extension_dials_past_the_menu(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "102")
    phone = await box.phones.picks_up("phone-2")
    await box.switch.heard.expect(ConnectLeg, in_room(phone))
    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))

    assert (await box.story()).call.extension == "102"


async def test_a_key_stops_the_prompt_and_is_taken(box: ScriptedBox) -> None:
    box.switch.holds_plays = True
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    prompt = await box.switch.heard.expect(Play)

    box.gsm.press(LEG, "2")

    await box.switch.heard.expect(Stop, lambda order: order.play_id == prompt.play_id)
    await box.switch.heard.expect(Play, lambda order: order.play_id != prompt.play_id)


async def test_silence_leads_to_the_timeout_exit_after_the_retries(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    await box.gsm.cleared(LEG)

    told = steps(await box.story())

    assert told.count("ivr.no-key") == 2
    assert "voicemail.begins" in told


async def test_wrong_keys_lead_to_the_invalid_exit(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "7")
    box.gsm.press(LEG, "8")
    await box.gsm.cleared(LEG)

    story = await box.story()

    assert [step.what.args["node"] for step in story.steps if step.what.code == "ivr.node"] == [
        "welcome",
        "bye",
    ]


async def test_secret_digits_stand_in_no_record(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "3")
    box.gsm.press(LEG, "4711")
    await box.gsm.cleared(LEG)

    story = await box.story()

    assert "ivr.collected" in steps(story)
    assert "4711" not in story.model_dump_json()


async def test_nobody_answers_and_the_caller_leaves_a_message(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "5")
    phone = await box.phones.rings("phone-1")
    box.phones.report(Release(leg_id=phone, cause=Cause.NO_ANSWER_FROM_USER))

    await box.gsm.cleared(LEG)
    told = steps(await box.story())

    assert told.index("ivr.no-answer") < told.index("voicemail.begins")


async def test_a_busy_phone_leads_to_the_busy_exit(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", "talker")
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "5")
    await box.gsm.cleared(LEG)

    assert "ivr.busy" in steps(await box.story())


async def test_hanging_up_while_the_phone_rings_stops_the_ringing(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "5")
    phone = await box.phones.rings("phone-1")

    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))

    await box.phones.cleared(phone)
    assert "call.connected" not in steps(await box.story())


async def test_a_group_rings_together_and_the_first_to_answer_has_the_call(
    box: ScriptedBox,
) -> None:
    box.fxo.ring("fxo-1", LEG, CALLER)
    late = await box.phones.rings("phone-1")
    await box.phones.picks_up("phone-2")

    await box.phones.cleared(late)
    await box.fxo.heard.expect(AnswerCall)


async def test_an_outside_number_is_dialled_on_a_free_line(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "4")

    placed = await box.gsm.is_dialled()

    assert (placed.line_id, placed.called) == ("gsm-2", "+441632960077")


async def test_a_blocked_caller_is_rejected_and_never_answered(box: ScriptedBox) -> None:
    box.gsm.ring("gsm-1", LEG, "+447700900666")

    assert (await box.gsm.cleared(LEG)).cause is Cause.CALL_REJECTED
    story = await box.story()
    assert story.call.answered_at is None
    assert "route.blocked" in steps(story)


async def test_a_half_duplex_line_takes_a_message_and_is_never_bridged(box: ScriptedBox) -> None:
    await box.fxo.call_in("fxo-2", LEG, CALLER)
    await box.fxo.cleared(LEG)

    story = await box.story()

    assert steps(story)[:4] == ["call.came-in", "route.in", "route.half-duplex", "call.answered"]
    assert "voicemail.begins" in steps(story)
    assert all(order.room is None for order in box.switch.heard.of(ConnectLeg))


async def test_a_key_told_by_line_and_switch_counts_once(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "3")
    box.switch.notice(DigitHeard(leg_id=LEG, digit="3", at_frame=1, duration_ms=60))
    for digit in "1234":
        box.gsm.press(LEG, digit)
        box.switch.notice(DigitHeard(leg_id=LEG, digit=digit, at_frame=1, duration_ms=60))
    await box.gsm.cleared(LEG)

    collected = [
        step.what.args for step in (await box.story()).steps if step.what.code == "ivr.collected"
    ]

    assert collected == [{"variable": "account", "digits": "••••"}]
    assert ClearCall(leg_id=LEG) in box.gsm.heard.messages
