"""Taking a message: what ends it, what is kept and what is not."""

import asyncio
from pathlib import Path

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.switching import Record, Stop, Tone
from firmware.store.archive import Archive
from firmware.store.rows import VoicemailRow
from firmware.switch.part import FILE_HEADER, FRAME_BYTES, pack_piece
from tests.firmware.scripted_box import ScriptedBox, eventually, steps

CALLER = "+447700900123"
LEG = "caller"


async def begin_message(box: ScriptedBox) -> Record:
    """Call in, choose voicemail and wait until the recorder runs."""
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "2")
    record = await box.switch.heard.expect(Record)
    await asyncio.to_thread(_write_a_second_of_sound, Path(record.file))
    return record


def _write_a_second_of_sound(file: Path) -> None:
    file.write_bytes(FILE_HEADER + pack_piece(0, bytes(50 * FRAME_BYTES)))


def hang_up(box: ScriptedBox) -> None:
    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))


async def kept_message(box: ScriptedBox) -> VoicemailRow:
    archive = Archive(box.state / "tipring.db")
    (message,) = await eventually(archive.voicemails, lambda found: len(found) == 1)
    return message


async def test_a_beep_comes_before_the_recorder_starts(box: ScriptedBox) -> None:
    await begin_message(box)

    orders = box.switch.heard.messages
    beep = next(order for order in orders if isinstance(order, Tone) and order.name == "beep")
    record = next(order for order in orders if isinstance(order, Record))
    assert orders.index(beep) < orders.index(record)


async def test_a_message_is_kept_packed_and_told_when_the_caller_hangs_up(
    box: ScriptedBox,
) -> None:
    await begin_message(box)
    box.switch.hears_voice(LEG)
    hang_up(box)

    message = await kept_message(box)
    counted = await eventually_new_messages(box)

    assert (message.mailbox, message.calling) == ("office", CALLER)
    assert (box.state / "voicemail" / message.file).stat().st_size > 0
    assert not list((box.state / "voicemail").glob("*.part"))
    assert counted == 1


async def eventually_new_messages(box: ScriptedBox) -> int:
    snapshot = await box.control.ask("snapshot")
    if not snapshot["ok"]["new_voicemails"]:
        await box.control.ask("follow", epoch=snapshot["ok"]["epoch"], after=snapshot["ok"]["seq"])
        while (event := await box.control.read())["event"]["what"] != "voicemail":
            pass
        return int(event["event"]["new_voicemails"])
    return int(snapshot["ok"]["new_voicemails"])


async def test_the_hash_key_ends_the_message_and_the_caller_hears_goodbye(
    box: ScriptedBox,
) -> None:
    record = await begin_message(box)
    box.switch.hears_voice(LEG)
    box.gsm.press(LEG, "#")

    await box.switch.heard.expect(Stop, lambda order: order.record_id == record.record_id)
    await box.gsm.cleared(LEG)

    assert "voicemail.kept" in steps(await box.story())


async def test_silence_after_words_ends_the_message(box: ScriptedBox) -> None:
    await begin_message(box)
    box.switch.hears_voice(LEG)
    box.switch.hears_voice(LEG, ended=True)

    await box.gsm.cleared(LEG)

    assert "voicemail.kept" in steps(await box.story())


async def test_somebody_who_talks_on_is_cut_at_the_limit(box: ScriptedBox) -> None:
    await begin_message(box)
    box.switch.hears_voice(LEG)

    await box.gsm.cleared(LEG)

    assert "voicemail.kept" in steps(await box.story())


async def test_a_caller_who_says_nothing_leaves_nothing(box: ScriptedBox) -> None:
    await begin_message(box)
    await box.gsm.cleared(LEG)

    assert "voicemail.empty" in steps(await box.story())
    assert not list((box.state / "voicemail").iterdir())


async def test_a_message_too_short_to_say_anything_is_dropped(box: ScriptedBox) -> None:
    box.switch.recorded_ms = 600
    await begin_message(box)
    hang_up(box)

    assert "voicemail.empty" in steps(await box.story())
    assert Archive(box.state / "tipring.db").voicemails() == ()
