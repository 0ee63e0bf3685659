"""Do not disturb, call waiting and the three forwards: by code, by page, and what calls do then."""

import json

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import AlertCall, Alerting, Connect, Disconnect, PlaceCall
from firmware.contract.switching import Record, Tone
from firmware.store.archive import Archive
from firmware.store.rows import Disposition
from tests.firmware.apps.spoken import PHONE, dials, extension_of, hears, uses_code
from tests.firmware.apps.test_phone import CALLER, room_of, talk
from tests.firmware.scripted_box import ScriptedBox, steps


async def forward(box: ScriptedBox, extension: str, **targets: str) -> None:
    answer = await box.control.ask("switch-extension", extension=extension, who="owner", **targets)
    assert answer["problem"] is None


async def test_do_not_disturb_is_busy_and_kept_in_the_store(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", "*78", "do-not-disturb-on", "switches")
    await dials(box, "phone-3", "102")

    await box.switch.heard.expect(
        Tone, lambda order: order.leg_id == PHONE and order.name == "busy"
    )
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    story = (await box.finished(2))[-1]
    assert "feature.not-disturbed" in steps(story)
    assert story.call.disposition is Disposition.BUSY
    assert box.phones.heard.of(AlertCall) == []
    assert (await extension_of(box, "102"))["do_not_disturb"]
    (row,) = Archive(box.state / "tipring.db").extensions()
    assert (row.extension, row.do_not_disturb) == ("102", True)


async def test_the_phone_rings_again_after_the_other_code(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", "*78", "do-not-disturb-on", "on")
    await uses_code(box, "phone-2", "*79", "do-not-disturb-off", "off")
    await dials(box, "phone-3", "102")

    await box.phones.rings("phone-2")


async def test_all_calls_follow_a_forward_with_the_callers_number(box: ScriptedBox) -> None:
    await uses_code(box, "phone-1", "*72103", "forward-set", "switches")
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")

    rung = await box.phones.heard.expect(AlertCall)

    assert (rung.line_id, rung.calling) == ("phone-3", "+447700900123")
    assert (await extension_of(box, "101"))["forward_always"] == "103"


async def test_no_answer_goes_to_the_mailbox_by_the_code_behind_the_code(
    box: ScriptedBox,
) -> None:
    await uses_code(box, "phone-1", "*52*97", "forward-set", "switches")
    await dials(box, "phone-3", "101")
    phone = await box.phones.rings("phone-1")

    recording = await box.switch.heard.expect(Record)

    assert (await box.phones.cleared(phone)).cause is Cause.NO_ANSWER_FROM_USER
    assert recording.outside == frozenset({PHONE})
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    story = (await box.finished(2))[-1]
    assert "feature.forward-no-answer" in steps(story)


async def test_a_forward_to_a_number_outside_goes_as_the_extension_would_dial(
    box: ScriptedBox,
) -> None:
    await uses_code(box, "phone-2", "*9001632960077", "forward-set", "switches")
    await uses_code(box, "phone-2", "*78", "do-not-disturb-on", "disturbed")
    await dials(box, "phone-3", "102")
    placed = await box.gsm.is_dialled()
    box.gsm.report(Connect(leg_id=placed.leg_id))

    assert placed.called == "+441632960077"
    assert await room_of(box, PHONE) == await room_of(box, placed.leg_id)


async def test_nobody_forwards_to_where_they_may_not_dial(box: ScriptedBox) -> None:
    await dials(box, "phone-2", "*7200493023125001")
    await box.phones.cleared(PHONE)
    answer = await box.control.ask(
        "switch-extension", extension="102", who="owner", forward_busy="00493023125001"
    )

    assert answer["problem"] is not None
    assert (await extension_of(box, "102"))["forward_always"] is None
    assert (await extension_of(box, "102"))["forward_busy"] is None


@pytest.mark.parametrize("target", ["102", "999", "*66"])
async def test_a_forward_never_goes_to_itself_nor_to_nowhere(box: ScriptedBox, target: str) -> None:
    answer = await box.control.ask(
        "switch-extension", extension="102", who="owner", forward_always=target
    )

    assert answer["problem"] is not None
    assert (await extension_of(box, "102"))["forward_always"] is None


async def test_forwards_in_a_circle_end(box: ScriptedBox) -> None:
    for own, to in (("101", "102"), ("102", "103"), ("103", "101")):
        await forward(box, own, forward_always=to)
    await box.gsm.call_in("gsm-1", CALLER, "+447700900123")
    box.gsm.press(CALLER, "5")

    await box.switch.heard.expect(Record)

    box.gsm.report(Disconnect(leg_id=CALLER, cause=Cause.NORMAL_CALL_CLEARING))
    story = await box.story()
    assert steps(story).count("feature.forward-always") == 3
    assert "feature.forward-circle" in steps(story)
    assert box.phones.heard.of(AlertCall) == []


async def test_a_forward_is_taken_back(box: ScriptedBox) -> None:
    await uses_code(box, "phone-2", "*72103", "forward-set", "sets")
    await uses_code(box, "phone-2", "*73", "forward-cleared", "clears")
    await dials(box, "phone-3", "102")

    await box.phones.rings("phone-2")


async def test_a_code_without_a_number_asks_for_it(box: ScriptedBox) -> None:
    await dials(box, "phone-2", "*72")
    await hears(box, "enter-number")
    box.phones.press(PHONE, "103#")

    await hears(box, "forward-set")

    assert (await extension_of(box, "102"))["forward_always"] == "103"


async def test_a_group_rings_without_who_does_not_want_to_be_disturbed(box: ScriptedBox) -> None:
    await uses_code(box, "phone-1", "*78", "do-not-disturb-on", "on")
    await dials(box, "phone-3", "600")

    await box.phones.rings("phone-2")

    assert [one.line_id for one in box.phones.heard.of(AlertCall)] == ["phone-2"]


async def test_without_call_waiting_who_talks_is_busy(box: ScriptedBox) -> None:
    await forward(box, "101", forward_busy="103")
    answer = await box.control.ask(
        "switch-extension", extension="101", who="owner", call_waiting=False
    )
    assert answer["problem"] is None
    await talk(box)
    await dials(box, "phone-2", "101")

    third = await box.phones.rings("phone-3")

    box.phones.report(Alerting(leg_id=third))
    assert box.gsm.heard.of(PlaceCall) == []


async def test_the_page_is_told_what_a_phone_has_switched(box: ScriptedBox) -> None:
    snapshot = (await box.control.ask("snapshot"))["ok"]
    await box.control.ask("follow", epoch=snapshot["epoch"], after=snapshot["seq"])
    await uses_code(box, "phone-2", "*71", "call-waiting-off", "switches")

    while (told := (await box.control.read()).get("event", {}))["what"] != "extension":
        pass

    assert told["extension"]["extension"] == "102"
    assert told["extension"]["call_waiting"] is False


async def test_a_colleague_who_is_not_answered_leaves_a_message(box: ScriptedBox) -> None:
    await dials(box, "phone-3", "101")
    await box.phones.rings("phone-1")

    await hears(box, "leave-message")

    recording = await box.switch.heard.expect(Record)
    assert recording.outside == frozenset({PHONE})


async def test_a_forward_to_the_own_group_rings_the_others_once(box: ScriptedBox) -> None:
    await forward(box, "101", forward_always="600")
    await dials(box, "phone-3", "101")
    await box.phones.rings("phone-2")
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))

    story = await box.story()

    assert [one.line_id for one in box.phones.heard.of(AlertCall)] == ["phone-2"]
    assert steps(story).count("feature.forward-always") == 2
    assert "feature.forward-circle" in steps(story)


async def test_two_switches_at_once_are_both_kept(box: ScriptedBox) -> None:
    switch = {"do": "switch-extension", "extension": "102", "who": "owner"}
    for wish in ({"id": 901, "do_not_disturb": True}, {"id": 902, "forward_busy": "103"}):
        box.control.send_raw(json.dumps(switch | wish).encode() + b"\n")
    answers = [await box.control.read() for _ in range(2)]

    view = await extension_of(box, "102")

    assert [answer["problem"] for answer in answers] == [None, None]
    assert (view["do_not_disturb"], view["forward_busy"]) == (True, "103")
    (row,) = Archive(box.state / "tipring.db").extensions()
    assert (row.do_not_disturb, row.forward_busy) == (True, "103")


@pytest.mark.parametrize(
    "cause", [Cause.NO_USER_RESPONDING, Cause.SUBSCRIBER_ABSENT, Cause.DESTINATION_OUT_OF_ORDER]
)
async def test_a_colleague_whose_phone_is_not_there_leaves_a_message(
    box: ScriptedBox, cause: Cause
) -> None:
    await dials(box, "phone-3", "101")
    box.phones.report(Disconnect(leg_id=await box.phones.rings("phone-1"), cause=cause))

    await hears(box, "leave-message")
