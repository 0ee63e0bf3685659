"""Our phones dial flows and groups by their numbers inside the office."""

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.store.rows import Disposition
from tests.firmware.apps.test_phone import PHONE, room_of
from tests.firmware.scripted_box import ScriptedBox, steps


async def test_a_phone_reaches_a_flow_by_its_number(box: ScriptedBox) -> None:
    await box.phones.lift("phone-2", PHONE)
    box.phones.press(PHONE, "7005")
    desk = await box.phones.picks_up("phone-1")

    assert await room_of(box, PHONE) == await room_of(box, desk)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    story = await box.story()
    assert "ivr.node" in steps(story)
    assert (story.call.called, story.call.disposition) == ("700", Disposition.ANSWERED)


async def test_a_group_dialled_by_its_number_is_one_call(box: ScriptedBox) -> None:
    await box.phones.lift("phone-3", PHONE)
    box.phones.press(PHONE, "600")
    other = await box.phones.rings("phone-1")
    first = await box.phones.picks_up("phone-2")

    assert await room_of(box, PHONE) == await room_of(box, first)
    assert (await box.phones.cleared(other)).cause is Cause.NORMAL_CALL_CLEARING
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    story = await box.story()
    assert (len(story.legs), story.call.extension) == (3, "102")
