"""What is past its date goes, sound and all; what is not, or has a star, stays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from firmware.exchange.retention import delete_expired, make_room
from firmware.store.journal import Journal
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import CallRow, RecordingRow, RecordingState

NOW: Final = datetime.now(UTC)
TODAY: Final = NOW.date()
FAR: Final = TODAY + timedelta(days=90)


@dataclass(frozen=True)
class Usage:
    """What shutil tells of a disk, as far as anybody asks."""

    free: int


@dataclass(frozen=True)
class Shelf:
    """A state folder with recordings."""

    state: Path
    records: Records

    def recorded(self, keep_until: date, began: datetime = NOW, size: int = 1) -> str:
        """Put a packed recording there and return its call."""
        call_id = new_ulid(began)
        call = CallRow(call_id=call_id, incoming=True, began_at=began, zone="Europe/London")
        self.records.calls.begin(call)
        (self.state / "recordings" / f"{call_id}.flac").touch()
        row = RecordingRow(
            call_id=call_id,
            file=f"{call_id}.flac",
            state=RecordingState.PACKED,
            began_ms=0,
            bytes=size,
            keep_until=keep_until,
        )
        self.records.recordings.begin(row)
        return call_id

    async def kept(self) -> set[str]:
        """Return the calls whose recording is on record; there are files of exactly those."""
        await self.records.all_written()
        await self.records.settled()
        kept = {row.call_id for row in self.records.archive.recordings_in(RecordingState.PACKED)}
        assert {file.stem for file in (self.state / "recordings").iterdir()} == kept
        return kept


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "recordings").mkdir()
    journal = Journal(tmp_path / "tipring.db", lambda *_: None)
    yield Shelf(tmp_path, Records.on(journal, tmp_path / "tipring.db", "box"))
    journal.close()


async def test_a_recording_past_its_date_is_deleted_and_a_younger_one_kept(shelf: Shelf) -> None:
    shelf.recorded(TODAY - timedelta(days=1))
    young = shelf.recorded(TODAY + timedelta(days=1))
    await shelf.records.settled()

    await delete_expired(shelf.state, shelf.records)

    assert await shelf.kept() == {young}


async def test_the_recording_of_a_starred_call_outlives_its_date(shelf: Shelf) -> None:
    starred = shelf.recorded(TODAY - timedelta(days=1))
    await shelf.records.marks.star(starred, True)
    await shelf.records.settled()

    await delete_expired(shelf.state, shelf.records)

    assert await shelf.kept() == {starred}


async def test_a_changed_retention_holds_for_what_was_recorded_before(shelf: Shelf) -> None:
    old = shelf.recorded(TODAY + timedelta(days=90), began=NOW - timedelta(days=20))
    young = shelf.recorded(TODAY + timedelta(days=90), began=NOW - timedelta(days=5))
    await shelf.records.settled()

    shelf.records.recordings.keep_for(10)
    await shelf.records.settled()
    await delete_expired(shelf.state, shelf.records)

    assert await shelf.kept() == {young}
    assert old != young


async def test_the_oldest_go_when_there_is_room_for_too_few_days(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = (6, 5, 4, 3)
    calls = [shelf.recorded(FAR, began=NOW - timedelta(days=day), size=700) for day in days]
    starred = shelf.recorded(FAR, began=NOW - timedelta(days=8))
    await shelf.records.marks.star(starred, True)
    await shelf.records.settled()
    # 2,800 bytes a week are 400 a day; three days want 1,200, so two of 700 must go.
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free=100))

    await make_room(shelf.state, shelf.records, 3)

    assert await shelf.kept() == {*calls[2:], starred}
    assert not (shelf.state / "recordings" / f"{calls[0]}.flac").exists()


async def test_todays_recordings_stay_however_full_the_disk_is(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = shelf.recorded(FAR, began=NOW - timedelta(hours=2), size=70_000)
    await shelf.records.settled()
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free=0))

    await make_room(shelf.state, shelf.records, 30)

    assert await shelf.kept() == {today}


async def test_nothing_goes_for_room_unless_the_owner_wants_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = shelf.recorded(FAR, began=NOW - timedelta(days=5), size=70_000)
    await shelf.records.settled()
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(free=0))

    await make_room(shelf.state, shelf.records, None)

    assert await shelf.kept() == {call}
