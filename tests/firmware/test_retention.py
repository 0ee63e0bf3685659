"""What is past its date goes, sound and all; what is not stays."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from firmware.exchange.retention import delete_expired
from firmware.store.journal import Journal
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import CallRow, RecordingRow, RecordingState


async def test_a_recording_past_its_date_is_deleted_and_a_younger_one_kept(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    journal = Journal(tmp_path / "tipring.db", lambda *_: None)
    records = Records.on(journal, tmp_path / "tipring.db", "box")
    today = datetime.now(UTC).date()
    old = recorded(records, tmp_path, today - timedelta(days=1))
    young = recorded(records, tmp_path, today + timedelta(days=1))
    await records.settled()

    await delete_expired(tmp_path, records)
    await records.settled()

    kept = {row.call_id for row in records.archive.recordings_in(RecordingState.PACKED)}
    files = {file.name for file in (tmp_path / "recordings").iterdir()}
    journal.close()
    assert kept == {young}
    assert files == {f"{young}.flac"}
    assert old not in kept


def recorded(records: Records, state: Path, keep_until: date) -> str:
    """Put a packed recording there and return its call."""
    call_id = new_ulid()
    call = CallRow(call_id=call_id, incoming=True, began_at=datetime.now(UTC), zone="Europe/London")
    records.calls.begin(call)
    (state / "recordings" / f"{call_id}.flac").touch()
    row = RecordingRow(
        call_id=call_id,
        file=f"{call_id}.flac",
        state=RecordingState.PACKED,
        began_ms=0,
        keep_until=keep_until,
    )
    records.recordings.begin(row)
    return call_id
