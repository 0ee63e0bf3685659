"""What people switch by code stands in the store before they are told so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.contract.views import Side
from firmware.store.journal import Journal
from firmware.store.records import Records
from firmware.store.repositories import new_ulid
from firmware.store.rows import CallRow, ExtensionRow, LegRow, PinTriesRow, SwitchedRow

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    path = tmp_path / "tipring.db"
    journal = Journal(path, lambda _text, _raised: None)
    yield Records.on(journal, path, "box")
    journal.close()


async def test_what_was_switched_is_read_as_it_was_written(records: Records) -> None:
    first = ExtensionRow(extension="101", do_not_disturb=True, changed_at=NOW)
    then = first.model_copy(update={"call_waiting": False, "forward_busy": "voicemail"})
    closed = SwitchedRow(what="opening", value="closed", changed_at=NOW)
    tries = PinTriesRow(mailbox="office", wrong=5, locked_until=NOW + timedelta(minutes=15))
    for row in (first, then):
        await records.switched.put(row)
    await records.switched.put(closed)
    await records.switched.put(tries)

    assert records.archive.extensions() == (then,)
    assert records.archive.switched() == (closed,)
    assert records.archive.pin_tries() == (tries,)


async def test_the_last_numbers_of_an_extension_are_found(records: Records) -> None:
    def call(at_s: int, **facts: object) -> CallRow:
        at = NOW + timedelta(seconds=at_s)
        return CallRow.model_validate(
            {"call_id": new_ulid(at), "began_at": at, "ended_at": at, "zone": "UTC", **facts}
        )

    out = call(1, incoming=False, calling="101", called="102")
    later = call(2, incoming=False, calling="101", called="*66")
    came = call(3, incoming=True, calling="+447700900123", called="+441632960011")
    for row in (out, later, came):
        await records.calls.finish(row)
    rang = LegRow(
        call_id=came.call_id,
        leg_id="leg",
        line_id="phone-1",
        side=Side.OFFICE,
        extension="101",
        began_ms=0,
    )
    records.calls.put_leg(rang)
    await records.settled()

    assert records.archive.dialled_by("101") == ("*66", "102")
    assert records.archive.last_caller("101") == "+447700900123"
    assert records.archive.last_caller("102") is None
