"""What goes into tipring.db comes out again, whole."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from firmware.contract.causes import Cause
from firmware.contract.errors import NotFound
from firmware.contract.texts import Text
from firmware.store.archive import Archive
from firmware.store.call_filter import CallFilter
from firmware.store.rows import (
    Disposition,
    LearnedToneRow,
    RecordingRow,
    RecordingState,
)
from tests.firmware.store.rows_of import (
    BEGAN,
    DAY,
    call,
    committed,
    ended,
    leg,
    opened,
    spent,
    step,
    voicemail,
)


async def test_a_call_comes_back_with_its_whole_story(tmp_path: Path) -> None:
    row = call()
    recording = RecordingRow(
        call_id=row.call_id,
        file="2026/11/21/one.flac",
        began_ms=2100,
        announcement="announcement",
        announcement_played_ms=1900,
        announcement_complete=True,
    )
    async with opened(tmp_path) as records:
        records.calls.begin(row)
        records.calls.put_leg(leg(row))
        records.calls.add_step(row.call_id, step(0, "call.began", number="+447700900101"))
        records.recordings.begin(recording)
        records.calls.add_step(row.call_id, step(2000, "call.answered", rings=2, level=-20.5))
        records.calls.put_leg(leg(row, answered_ms=2000, ended_ms=60_000, cause=Cause.USER_BUSY))
        records.recordings.change(
            recording.model_copy(update={"state": RecordingState.PACKED, "duration_ms": 57_900})
        )
        await records.voicemails.add(voicemail(row))
        await records.calls.finish(ended(row))

        story = await asyncio.to_thread(records.archive.story, row.call_id)

    assert story.call == ended(row)
    assert [one.what.code for one in story.steps] == ["call.began", "call.answered"]
    assert story.steps[1].what.args == {"rings": 2, "level": -20.5}
    assert story.legs == (leg(row, answered_ms=2000, ended_ms=60_000, cause=Cause.USER_BUSY),)
    assert story.recording is not None
    assert story.recording.announcement_complete
    assert story.recording.duration_ms == 57_900
    assert [one.duration_ms for one in story.voicemails] == [4200]


async def test_a_call_nobody_made_is_not_found(tmp_path: Path) -> None:
    async with opened(tmp_path) as records:
        with pytest.raises(NotFound):
            records.archive.story(call().call_id)


def test_an_archive_without_a_file_is_empty(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "tipring.db")

    assert archive.calls() == ()
    assert archive.count_calls() == 0
    assert archive.new_voicemails() == 0
    assert archive.unfinished() == ()


async def test_pages_follow_each_other_without_gap_or_repeat(tmp_path: Path) -> None:
    rows = [ended(call(minute)) for minute in range(25)]
    async with opened(tmp_path) as records:
        for row in rows:
            records.calls.change(row)
        await committed(records)
        seen: list[str] = []
        before = None
        while page := records.archive.calls(before=before, limit=10):
            seen += [row.call_id for row in page]
            before = page[-1].call_id

    assert seen == [row.call_id for row in reversed(rows)]


WISHES = [
    (CallFilter(), {"in", "out", "missed"}),
    (CallFilter(incoming=True), {"in", "missed"}),
    (CallFilter(line_id="fxo-1"), {"out"}),
    (CallFilter(disposition=Disposition.ABANDONED), {"missed"}),
    (CallFilter(number="07700 900101"), {"in"}),
    (CallFilter(number="0044 7700 900101"), {"in"}),
    (CallFilter(number="+44 (1632) 960-555"), {"out", "missed"}),  # missed rang this leg
    (CallFilter(number="no digits"), set()),
    (CallFilter(text="maria"), {"missed"}),
    (CallFilter(text="100%"), set()),
    (CallFilter(text="ana_"), set()),
    (CallFilter(text="'; DROP TABLE calls; --"), set()),
    (CallFilter(since=BEGAN + timedelta(minutes=1)), {"out", "missed"}),
    (CallFilter(until=BEGAN + timedelta(minutes=1)), {"in"}),
    (CallFilter(recorded=True), {"in"}),
    (CallFilter(recorded=False, incoming=True), {"missed"}),
    (CallFilter(voicemail=True), {"missed"}),
    (CallFilter(extension="101"), {"in"}),
]


async def test_calls_are_found_by_what_people_remember(tmp_path: Path) -> None:
    rows = {
        "in": ended(call(0, extension="101")),
        "out": ended(
            call(1, incoming=False, line_id="fxo-1", calling="101", called="+441632960555")
        ),
        "missed": ended(
            call(2, calling=None, calling_name="Ana Maria"), disposition=Disposition.ABANDONED
        ),
    }
    async with opened(tmp_path) as records:
        for row in rows.values():
            records.calls.change(row)
        records.calls.put_leg(leg(rows["missed"], number="+441632960555"))
        records.calls.put_leg(leg(rows["in"], extension="101"))
        file = RecordingRow(call_id=rows["in"].call_id, file="a.flac", began_ms=0)
        records.recordings.begin(file)
        await records.voicemails.add(voicemail(rows["missed"]))
        names = {row.call_id: name for name, row in rows.items()}
        for wanted, expected in WISHES:
            found = {names[row.call_id] for row in records.archive.calls(wanted)}
            assert found == expected, wanted
            assert records.archive.count_calls(wanted) == len(expected), wanted


async def test_a_message_is_new_until_heard_and_gone_when_deleted(tmp_path: Path) -> None:
    row = call()
    message = voicemail(row)
    async with opened(tmp_path) as records:
        records.calls.begin(row)
        await records.voicemails.add(message)
        assert records.archive.new_voicemails() == 1

        await records.voicemails.mark(message.voicemail_id, heard=True, who="ana", at=BEGAN)
        assert records.archive.new_voicemails() == 0
        assert records.archive.voicemail(message.voicemail_id).heard_by == "ana"
        assert records.archive.voicemails(heard=False) == ()

        await records.voicemails.mark(message.voicemail_id, heard=False, who="ana", at=BEGAN)
        assert records.archive.voicemail(message.voicemail_id) == message

        await records.voicemails.delete(message.voicemail_id, BEGAN)
        assert records.archive.voicemails() == ()
        with pytest.raises(NotFound):
            records.archive.voicemail(message.voicemail_id)


async def test_money_adds_up_per_line_extension_and_day(tmp_path: Path) -> None:
    row = call()
    async with opened(tmp_path) as records:
        records.calls.begin(row)
        await records.calls.finish(ended(row), spent())
        await records.spending.add(spent(cost_micros=5_000))
        await records.spending.add(spent("fxo-1"))
        await records.spending.add(spent("fxo-1").model_copy(update={"extension": "101"}))
        await records.spending.add(spent().model_copy(update={"day": DAY - timedelta(days=1)}))
        fxo, of_101, gsm = records.archive.spent_since(DAY)

    assert (gsm.line_id, gsm.calls, gsm.seconds, gsm.cost_micros) == ("gsm-1", 2, 120, 25_000)
    assert (fxo.extension, fxo.cost_micros) == ("", 20_000)
    assert (of_101.extension, of_101.cost_micros) == ("101", 20_000)


async def test_the_audit_keeps_who_did_what(tmp_path: Path) -> None:
    async with opened(tmp_path) as records:
        await records.audit.note("ana", Text(code="audit.listened", args={"call": "x"}), BEGAN)
        await records.audit.note("sam", Text(code="audit.deleted"), BEGAN + timedelta(seconds=1))
        entries = records.archive.audit()

    assert [(one.who, one.what.code) for one in entries] == [
        ("sam", "audit.deleted"),
        ("ana", "audit.listened"),
    ]
    assert entries[1].what.args == {"call": "x"}


async def test_a_learned_tone_is_replaced_and_forgotten(tmp_path: Path) -> None:
    tone = LearnedToneRow(
        line_id="fxo-1", frequency_hz=400.5, on_ms=375, off_ms=375, learned_at=BEGAN
    )
    async with opened(tmp_path) as records:
        records.tones.put(tone)
        records.tones.put(tone.model_copy(update={"on_ms": 400}))
        await committed(records)
        assert [one.on_ms for one in records.archive.learned_tones()] == [400]
        records.tones.forget("fxo-1")
        await committed(records)
        assert records.archive.learned_tones() == ()


async def test_what_is_past_its_retention_is_found(tmp_path: Path) -> None:
    row = call()
    kept = RecordingRow(call_id=row.call_id, file="a.flac", began_ms=0, keep_until=DAY)
    async with opened(tmp_path) as records:
        records.calls.begin(row)
        records.recordings.begin(kept)
        await records.voicemails.add(voicemail(row, keep_until=DAY))
        assert records.archive.recordings_to_delete(DAY) == ()
        tomorrow = DAY + timedelta(days=1)
        assert records.archive.recordings_to_delete(tomorrow) == (kept,)
        assert len(records.archive.voicemails_to_delete(tomorrow)) == 1
        records.recordings.change(kept.model_copy(update={"state": RecordingState.DELETED}))
        await committed(records)
        assert records.archive.recordings_to_delete(tomorrow) == ()
        assert records.archive.recordings_in(RecordingState.DELETED) != ()


@pytest.mark.parametrize("file", ["/etc/passwd", "../secrets.toml", "a/../../b", "", "a//b"])
def test_no_path_leads_out_of_the_folder(file: str) -> None:
    with pytest.raises(ValidationError):
        RecordingRow(call_id=call().call_id, file=file, began_ms=0)


async def test_the_page_can_read_while_the_exchange_writes(tmp_path: Path) -> None:
    async with opened(tmp_path) as records:
        for minute in range(200):
            records.calls.change(ended(call(minute)))
            if minute % 20 == 0:
                await committed(records)
                count = await asyncio.to_thread(Archive(tmp_path / "tipring.db").count_calls)
                assert count == minute + 1


async def test_the_page_can_read_after_the_exchange_has_closed(tmp_path: Path) -> None:
    async with opened(tmp_path) as records:
        records.calls.begin(call())

    assert Archive(tmp_path / "tipring.db").count_calls() == 1
