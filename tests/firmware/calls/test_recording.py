"""Recording a call: announced first, proof kept, and who is on which side as people come and go."""

from firmware.contract.causes import Cause
from firmware.contract.messages import Disconnect
from firmware.contract.switching import (
    ConnectLeg,
    Play,
    Played,
    Record,
    Recorded,
    Stop,
    SwitchAlarm,
)
from firmware.contract.texts import Text
from firmware.store.archive import Archive
from firmware.store.rows import RecordingRow
from tests.firmware.scripted_box import ScriptedBox, eventually, steps

LEG = "caller"
CALLER = "+447700900123"


async def test_nothing_is_recorded_before_the_announcement_has_ended(box: ScriptedBox) -> None:
    box.switch.holds_plays = True
    await box.gsm.call_in("gsm-2", LEG, CALLER)
    announcement = await box.switch.heard.expect(Play)
    box.gsm.press(LEG, "5")
    await box.control.ask("snapshot")

    assert box.switch.heard.of(Record) == []
    box.switch.notice(
        Played(leg_id=LEG, play_id=announcement.play_id, played_ms=1_760, complete=True)
    )
    record = await box.switch.heard.expect(Record)
    assert record.outside == frozenset({LEG})
    kept = await recording_row(box, record.record_id)
    assert kept.announcement == "announcement"
    assert (kept.announcement_played_ms, kept.announcement_complete) == (1_760, True)


async def recording_row(box: ScriptedBox, call_id: str) -> RecordingRow:
    archive = Archive(box.state / "tipring.db")
    rows = await eventually(
        lambda: [row for row in archive.recordings_in("writing") if row.call_id == call_id], bool
    )
    return rows[0]


async def test_the_same_file_goes_on_when_somebody_of_the_office_joins(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-2", LEG, CALLER)
    alone = await box.switch.heard.expect(Record)
    box.gsm.press(LEG, "5")
    phone = await box.phones.picks_up("phone-1")

    both = await box.switch.heard.expect(Record, lambda order: bool(order.office))

    assert (both.record_id, both.file) == (alone.record_id, alone.file)
    assert (both.outside, both.office) == (frozenset({LEG}), frozenset({phone}))
    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))
    await box.switch.heard.expect(Stop, lambda order: order.record_id == alone.record_id)


async def test_a_line_without_the_rule_is_not_recorded(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-1", LEG, CALLER)
    box.gsm.press(LEG, "5")
    await box.phones.picks_up("phone-1")
    box.gsm.report(Disconnect(leg_id=LEG, cause=Cause.NORMAL_CALL_CLEARING))

    assert (await box.story()).recording is None
    assert box.switch.heard.of(Record) == []


async def test_secret_digits_pause_the_recording(box: ScriptedBox) -> None:
    await box.gsm.call_in("gsm-2", LEG, CALLER)
    box.gsm.press(LEG, "3")

    await box.switch.heard.expect(Record, lambda order: order.paused)
    box.gsm.press(LEG, "4711")
    await box.gsm.cleared(LEG)

    told = steps(await box.story())
    assert told.index("recording.paused") < told.index("recording.resumed")


async def test_a_full_disk_raises_an_alarm_and_the_call_goes_on(box: ScriptedBox) -> None:
    """The switch raises it and takes it back; Recorded only ends this recording."""
    await box.gsm.call_in("gsm-2", LEG, CALLER)
    record = await box.switch.heard.expect(Record)
    full = Text(code="recording.disk-full")
    box.switch.notice(SwitchAlarm(text=full))
    box.switch.notice(Recorded(record_id=record.record_id, duration_ms=100, fault=full))
    box.gsm.press(LEG, "5")
    await box.phones.picks_up("phone-1")

    snapshot = (await box.control.ask("snapshot"))["ok"]

    assert "recording.disk-full" in [alarm["text"]["code"] for alarm in snapshot["alarms"]]
    assert snapshot["calls"][0]["recording"] is False


async def test_a_caller_who_only_hears_the_network_keeps_the_recording_alive(
    box: ScriptedBox,
) -> None:
    """The switch ends a recording none of whose legs it knows for half a minute."""
    await box.gsm.call_in("gsm-2", LEG, CALLER)
    box.gsm.press(LEG, "4")
    placed = await box.gsm.is_dialled()
    await box.switch.heard.expect(
        ConnectLeg, lambda order: order.leg_id == LEG and (order.room or "").endswith("-e")
    )
    box.switch.heard.forget()
    box.gsm.report(Disconnect(leg_id=placed.leg_id, cause=Cause.USER_BUSY))

    changed = await box.switch.heard.expect(Record)

    assert LEG in changed.outside
