"""The list finds what people look for by walking an index, whatever was done to a call since."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from sqlite_utils import Database

from firmware.contract.texts import Text
from firmware.store.archive import Archive
from firmware.store.call_filter import CallFilter
from firmware.store.call_list import Stretch, page_query
from firmware.store.call_marks import audit_row
from firmware.store.call_rows import Length
from firmware.store.database import FILE, MIGRATIONS, migrate
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import ContactRow, NoteRow, RecordingRow, RecordingState
from firmware.store.writing import values
from tests.bench.many_calls import make_calls
from tests.firmware.store.rows_of import BEGAN, call, committed, ended, leg, opened

SECONDS: Final = {"short": 20, "fair": 100, "long": 500, "endless": 5_000}
LENGTHS: Final = dict(zip(SECONDS, Length, strict=True))


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    async with opened(tmp_path) as open_records:
        yield open_records


async def _note(records: Records, call_id: str, text: str) -> NoteRow:
    note = NoteRow(note_id=new_ulid(), call_id=call_id, at=BEGAN, who="Ana", text=text)
    await records.marks.add_note(note)
    return note


async def test_a_call_is_found_by_how_long_people_talked(records: Records) -> None:
    rows = {
        name: ended(call(minute), after_s=2 + seconds)
        for minute, (name, seconds) in enumerate(SECONDS.items())
    }
    for row in (*rows.values(), ended(call(9), answered_at=None)):
        records.calls.change(row)
    await committed(records)

    for name, length in LENGTHS.items():
        found = records.archive.calls(CallFilter(length=length))
        assert [row.call_id for row in found] == [rows[name].call_id]


async def test_a_star_and_a_note_outlive_what_the_exchange_writes_of_the_call(
    records: Records,
) -> None:
    row = call()
    records.calls.begin(row)
    await records.marks.star(row.call_id, True)
    note = await _note(records, row.call_id, "Пообещали перезвонить")
    await records.calls.finish(ended(row))

    (listed,) = records.archive.calls(CallFilter(starred=True))
    assert (listed.starred, listed.notes) == (True, 1)
    assert records.archive.calls(CallFilter(starred=False)) == ()
    assert len(records.archive.calls(CallFilter(text="ПЕРЕЗВОНИТЬ"))) == 1
    story = records.archive.story(row.call_id)
    assert (story.starred, story.notes) == (True, (note,))

    audit = audit_row("Ana", Text(code="audit.removed-note", args={"call": row.call_id}), BEGAN)
    await records.marks.remove_note(note.note_id, audit)
    assert records.archive.calls(CallFilter(text="перезвонить")) == ()


async def test_a_call_is_found_by_the_name_the_office_gave_to_its_number(
    records: Records,
) -> None:
    out = ended(call(0, incoming=False, calling="101", called="+441632960777"))
    records.calls.change(out)
    records.calls.change(ended(call(1)))
    contact = ContactRow(number="+441632960777", name="Harbour Garage", changed_at=BEGAN)
    await records.contacts.put([contact])

    (found,) = records.archive.calls(CallFilter(text="garage"))
    assert (found.call_id, found.contact) == (out.call_id, "Harbour Garage")


async def test_calls_of_one_millisecond_are_all_kept_and_found(records: Records) -> None:
    """Their ids differ in the last characters alone."""
    made = [new_ulid() for _ in range(500)]
    ids = [one for one in made if one[:10] == made[250][:10]][:5]
    assert len(ids) == 5
    rows = [ended(call(0, call_id=one, calling="+441632960888")) for one in ids]
    for row in rows:
        await records.calls.finish(row)

    listed = [one.call_id for one in records.archive.calls(CallFilter(text="960888"))]
    paged: list[str] = []
    for _ in rows:
        before = paged[-1] if paged else None
        paged += [
            one.call_id for one in records.archive.calls(CallFilter(text="960888"), before, limit=1)
        ]

    assert listed == paged == sorted((row.call_id for row in rows), reverse=True)


async def test_a_leg_that_is_written_after_its_call_is_over_is_kept(records: Records) -> None:
    row = ended(call())
    for _ in range(2):
        records.calls.change(row)
        records.calls.put_leg(leg(row, number="+441632960888"))
    await committed(records)

    (found,) = records.archive.calls(CallFilter(text="960888"))
    assert found.call_id == row.call_id


async def test_a_recording_that_goes_takes_its_mark_with_it(records: Records) -> None:
    row = ended(call())
    records.calls.change(row)
    recording = RecordingRow(call_id=row.call_id, file="a.flac", began_ms=0)
    for state, there in (
        (RecordingState.WRITING, True),
        (RecordingState.PACKED, True),
        (RecordingState.LOST, False),
        (RecordingState.PACKED, True),
        (RecordingState.DELETED, False),
    ):
        records.recordings.change(recording.model_copy(update={"state": state}))
        await committed(records)
        (listed,) = records.archive.calls()
        assert listed.recorded is there, state
        assert len(records.archive.calls(CallFilter(recorded=there))) == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("07700 900101", True),
        ("+44 (7700) 900-101", True),
        ("0044.7700.900101", True),
        ("900101", True),
        ("0101", True),
        ("07711 900101", False),
        ("900102", False),
    ],
)
async def test_a_number_is_found_however_it_is_typed_and_no_other(
    records: Records, typed: str, found: bool
) -> None:
    records.calls.change(ended(call()))
    await committed(records)

    for wanted in (CallFilter(text=typed), CallFilter(number=typed)):
        assert bool(records.archive.calls(wanted)) is found, wanted


@pytest.mark.parametrize("wanted", [CallFilter(), CallFilter(text="+4477"), CallFilter(text="10")])
async def test_an_extension_finds_the_calls_it_took_part_in(
    records: Records, wanted: CallFilter
) -> None:
    mine, others = ended(call(0)), ended(call(1))
    for row, extension in ((mine, "10"), (others, "102")):
        records.calls.change(row)
        records.calls.put_leg(leg(row, number="+447700900101"))
        for time in ("first", "again"):  # rang twice: still one call
            records.calls.put_leg(leg(row, f"{extension}-{time}", extension=extension))
    await committed(records)

    own = records.archive.calls(wanted, only_of="10")
    assert [row.call_id for row in own] == [mine.call_id]
    assert records.archive.calls(wanted, only_of="") == ()
    other = wanted.model_copy(update={"extension": "102"})
    assert records.archive.calls(other, only_of="10") == ()


@pytest.mark.parametrize(
    "wanted",
    [
        CallFilter(),
        CallFilter(text="44163"),
        CallFilter(extension="101"),
        CallFilter(line_id="gsm-1", incoming=True),
        CallFilter(since=BEGAN, text="44163"),
        CallFilter(until=BEGAN + timedelta(minutes=90), recorded=True),
    ],
)
def test_pages_of_any_list_follow_each_other_without_gap_or_repeat(
    many: Archive, wanted: CallFilter
) -> None:
    seen: list[str] = []
    before = None
    while page := many.calls(wanted, before, limit=7):
        seen += [row.call_id for row in page]
        before = page[-1].call_id

    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == many.count_calls(wanted) > 7


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    state = tmp_path_factory.mktemp("many")
    make_calls(state, 120, first=BEGAN)
    return Archive(state / FILE)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (CallFilter(), "PRIMARY KEY"),
        (CallFilter(text="garage"), "call_search VIRTUAL TABLE"),
        (CallFilter(number="07700 900"), "call_search VIRTUAL TABLE"),
        (CallFilter(extension="101"), "legs_of_extension"),
        (CallFilter(line_id="gsm-1"), "calls_of_line"),
        (CallFilter(length=Length.LONGER), "calls_of_length"),
        (CallFilter(recorded=False), "calls_recorded"),
        (CallFilter(starred=True), "starred_calls"),
    ],
)
def test_no_list_reads_or_sorts_all_calls(tmp_path: Path, wanted: CallFilter, index: str) -> None:
    make_calls(tmp_path, 1)
    sql, parameters = page_query(wanted, Stretch(), (), 50)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", dict(parameters))]

    assert index in plan[0]
    assert not any("TEMP B-TREE" in line for line in plan), plan


async def test_a_database_of_before_is_searched_from_its_first_day_on(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    for file in sorted(MIGRATIONS.glob("*.sql"))[:8]:
        shutil.copy(file, before)
    row = ended(call(0, calling_name="Old Friend"))
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        migrate(Database(db), before)
        columns = values(row) | {"box": "box", "seq": 1}
        marks = ", ".join(f":{column}" for column in columns)
        db.execute(f"INSERT INTO calls ({', '.join(columns)}) VALUES ({marks})", columns)
        db.execute(
            "INSERT INTO recordings (call_id, box, seq, file, state, began_ms)"
            " VALUES (?, 'box', 2, 'a.flac', 'packed', 0)",
            [row.call_id],
        )
        db.commit()

    async with opened(tmp_path) as records:
        (found,) = records.archive.calls(CallFilter(text="old friend", recorded=True))
        assert found.call_id == row.call_id
