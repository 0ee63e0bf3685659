"""*97 from a phone: the extension's own messages, spoken counts, heard, kept and deleted."""

import asyncio
from pathlib import Path

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.switching import Play, Record, Tone
from firmware.store.archive import Archive
from firmware.store.rows import VoicemailRow
from tests.firmware.message_sound import write_a_second_of_sound
from tests.firmware.scripted_box import ScriptedBox, eventually, steps

PHONE = "phone-leg"


async def leave_message(box: ScriptedBox, leg_id: str) -> None:
    known = len(messages(box))
    await box.gsm.call_in("gsm-1", leg_id, "+447700900123")
    box.gsm.press(leg_id, "2")
    record = await box.switch.heard.expect(Record)
    await asyncio.to_thread(write_a_second_of_sound, Path(record.file))
    box.gsm.report(Disconnect(leg_id=leg_id, cause=Cause.NORMAL_CALL_CLEARING))
    await eventually(lambda: messages(box), lambda rows: len(rows) == known + 1)


def messages(box: ScriptedBox) -> tuple[VoicemailRow, ...]:
    return Archive(box.state / "tipring.db").voicemails()


async def plays_a_message(box: ScriptedBox) -> Play:
    return await box.switch.heard.expect(Play, lambda order: "/heard-" in order.files[0])


async def test_a_phone_hears_its_messages_and_deletes_one(box: ScriptedBox) -> None:
    for leg_id in ("first", "second"):
        await leave_message(box, leg_id)
    newest, oldest = messages(box)
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, "*97")

    counts = await box.switch.heard.expect(Play, lambda order: order.leg_id == PHONE)
    first = await plays_a_message(box)
    box.phones.press(PHONE, "7")
    second = await plays_a_message(box)
    box.phones.press(PHONE, "9")
    await box.phones.cleared(PHONE)

    assert len(counts.files) == 4
    assert oldest.voicemail_id in first.files[0]
    assert newest.voicemail_id in second.files[0]
    (left,) = await eventually(
        lambda: messages(box), lambda rows: len(rows) == 1 and rows[0].heard_at is not None
    )
    assert (left.voicemail_id, left.heard_by) == (newest.voicemail_id, "101")
    assert list((box.state / "run").glob("heard-*")) == []
    assert not (box.state / "voicemail" / oldest.file).exists()
    assert (await box.control.ask("snapshot"))["ok"]["new_voicemails"] == 0


async def test_who_hangs_up_before_hearing_it_leaves_the_message_new(box: ScriptedBox) -> None:
    await leave_message(box, "first")
    box.switch.holds_plays = True
    await box.phones.lift("phone-1", PHONE)
    box.phones.press(PHONE, "*97")
    await box.switch.heard.expect(Play, lambda order: order.leg_id == PHONE)
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))

    stories = await box.finished(2)

    assert "voicemail.listens" in steps(stories[-1])
    assert messages(box)[0].heard_at is None


async def test_a_phone_without_a_mailbox_is_told_by_a_tone(box: ScriptedBox) -> None:
    await box.phones.lift("phone-2", PHONE)
    box.phones.press(PHONE, "*97")

    await box.switch.heard.expect(
        Tone, lambda order: order.leg_id == PHONE and order.name == "congestion"
    )
    box.phones.report(Disconnect(leg_id=PHONE, cause=Cause.NORMAL_CALL_CLEARING))
    assert "route.no-mailbox" in steps(await box.story())
