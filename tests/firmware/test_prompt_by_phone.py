"""A prompt spoken into a phone of ours: rung, recorded, brought into the box's own form."""

from pathlib import Path
from typing import Any

import pytest

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect, Release
from firmware.contract.switching import Record
from tests.firmware.apps.spoken import hears
from tests.firmware.message_sound import write_a_second_of_sound
from tests.firmware.scripted_box import ScriptedBox, eventually_async


async def begins(box: ScriptedBox, phone: str = "phone-1") -> str:
    answer = await box.control.ask("record-prompt", phone=phone, who="owner")
    recording_id: str = answer["ok"]["recording_id"]
    return recording_id


async def state(box: ScriptedBox, recording_id: str) -> dict[str, Any]:
    answer = await box.control.ask("read-prompt-recording", recording_id=recording_id)
    view: dict[str, Any] = answer["ok"]
    return view


async def becomes(box: ScriptedBox, recording_id: str, wanted: str) -> dict[str, Any]:
    return await eventually_async(
        lambda: state(box, recording_id), lambda view: view["state"] == wanted
    )


async def speaks(box: ScriptedBox, phone: str) -> None:
    order = await box.switch.heard.expect(Record)
    assert order.outside == {phone}
    box.switch.hears_voice(phone)
    write_a_second_of_sound(Path(order.file))


@pytest.mark.parametrize("end", ["hash", "hang-up"])
async def test_what_is_said_becomes_a_prompt(box: ScriptedBox, end: str) -> None:
    recording = await begins(box)
    assert (await state(box, recording))["state"] == "ringing"
    phone = await box.phones.picks_up("phone-1")
    await hears(box, "speak-after-tone", phone)
    await becomes(box, recording, "recording")
    await speaks(box, phone)
    if end == "hash":
        box.phones.press(phone, "#")
        await hears(box, "recording-kept", phone)
        await box.phones.cleared(phone)
    else:
        box.phones.report(Disconnect(leg_id=phone, cause=Cause.NORMAL_CALL_CLEARING))

    ready = await becomes(box, recording, "ready")

    sound = box.state / "prompts" / f"{ready['sound']}.wav"
    assert sound.stat().st_size > 8_000
    assert list((box.state / "prompts").glob(".phone-*")) == []
    sound.unlink()


async def test_a_phone_nobody_picks_up_is_told(box: ScriptedBox) -> None:
    recording = await begins(box)
    phone = await box.phones.rings("phone-1")
    box.phones.report(Release(leg_id=phone, cause=Cause.NO_ANSWER_FROM_USER))

    failed = await becomes(box, recording, "failed")

    assert failed["problem"]["code"] == "studio.no-answer"


async def test_silence_makes_no_prompt(box: ScriptedBox) -> None:
    recording = await begins(box)
    phone = await box.phones.picks_up("phone-1")
    await box.switch.heard.expect(Record)
    box.phones.press(phone, "#")

    failed = await becomes(box, recording, "failed")

    assert failed["problem"]["code"] == "studio.nothing-said"


async def test_hanging_up_before_the_tone_makes_no_prompt(box: ScriptedBox) -> None:
    box.switch.holds_plays = True
    recording = await begins(box)
    phone = await box.phones.picks_up("phone-1")
    await hears(box, "speak-after-tone", phone)
    box.phones.report(Disconnect(leg_id=phone, cause=Cause.NORMAL_CALL_CLEARING))

    failed = await becomes(box, recording, "failed")

    assert failed["problem"]["code"] == "studio.nothing-said"


async def test_a_busy_phone_and_a_trunk_are_refused(box: ScriptedBox) -> None:
    await box.phones.lift("phone-1", "talker")
    busy = await box.control.ask("record-prompt", phone="phone-1", who="owner")
    trunk = await box.control.ask("record-prompt", phone="gsm-1", who="owner")
    unknown = await box.control.ask("read-prompt-recording", recording_id="0" * 26)

    codes = [answer["problem"]["code"] for answer in (busy, trunk, unknown)]
    assert codes == ["control.line-busy", "control.not-a-phone", "studio.no-such-recording"]
