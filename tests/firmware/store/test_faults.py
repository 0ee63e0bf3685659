"""Power cuts, torn files and full disks: nothing is lost that was promised, nothing crashes."""

import asyncio
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlite_utils import Database

from firmware.contract.errors import StorageFault
from firmware.store import database
from firmware.store.archive import Archive
from firmware.store.durability import Urgency
from firmware.store.journal import MAX_PENDING, Journal
from firmware.store.rows import Disposition
from tests.firmware.store.rows_of import BEGAN, Alarms, call, committed, ended, opened, step

ROOT = Path(__file__).parents[3]


async def until(wanted: tuple[str, bool], alarms: Alarms) -> None:
    async with asyncio.timeout(20):
        while wanted not in alarms:
            await alarms.next()


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def finished_until_killed(state: Path, wanted: int) -> tuple[str, list[str]]:
    """Return the call that was up and the finished ones of a process killed after so many."""
    command = [sys.executable, "-m", "tests.firmware.store.crash", str(state)]
    finished: list[str] = []
    up = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            what, call_id = line.split()
            up = call_id if what == "up" else up
            finished += [call_id] if what == "finished" else []
            if len(finished) >= wanted:
                process.kill()
    return up, finished


@pytest.mark.parametrize("seed", range(5))
async def test_after_kill_9_every_finished_call_is_there_and_the_other_is_found(
    tmp_path: Path, seed: int
) -> None:
    wanted = random.Random(seed).randint(1, 25)
    up, finished = await asyncio.to_thread(finished_until_killed, tmp_path, wanted)

    async with opened(tmp_path) as records:
        unfinished = [story.call.call_id for story in records.archive.unfinished()]
        assert up in unfinished
        assert not set(finished) & set(unfinished)
        for call_id in finished:
            story = records.archive.story(call_id)
            assert story.call.disposition is Disposition.ANSWERED
            assert len(story.steps) == 5
        (money,) = records.archive.spent_since(BEGAN.date())
        assert money.calls >= len(finished)


GARBAGE = {
    "no database": b"this is no database at all" * 100,
    "empty header": b"SQLite format 3\x00" + bytes(8000),
}


@pytest.mark.parametrize("kind", GARBAGE)
async def test_a_file_that_is_no_database_is_moved_aside(tmp_path: Path, kind: str) -> None:
    (tmp_path / "tipring.db").write_bytes(GARBAGE[kind])
    alarms = Alarms()

    async with opened(tmp_path, alarms) as records:
        await records.calls.finish(ended(call()))
        assert records.archive.count_calls() == 1
        await until(("store.torn-database", True), alarms)

    (aside,) = (name for name in names(tmp_path) if "torn" in name)
    assert (tmp_path / aside).read_bytes() == GARBAGE[kind]


async def test_a_database_torn_by_a_power_cut_is_moved_aside_and_calls_go_on(
    tmp_path: Path,
) -> None:
    await written(tmp_path)
    file = tmp_path / "tipring.db"
    whole = bytearray(file.read_bytes())
    half = len(whole) // 2
    whole[4096 * 2 : half] = random.Random(1).randbytes(half - 4096 * 2)
    file.write_bytes(whole)
    (tmp_path / "tipring.db-wal").write_bytes(b"torn")  # what an unclean end leaves behind
    alarms = Alarms()

    async with opened(tmp_path, alarms) as records:
        await until(("store.torn-database", True), alarms)
        await records.calls.finish(ended(call()))
        assert records.archive.count_calls() == 1


async def test_a_database_torn_while_open_is_replaced_and_pending_rows_are_written(
    tmp_path: Path,
) -> None:
    await written(tmp_path)
    alarms = Alarms()
    async with opened(tmp_path, alarms) as records:
        with (tmp_path / "tipring.db").open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(4096)
            file.write(random.Random(2).randbytes(size - 4096))
        row = call(2000)
        await records.calls.finish(ended(row))
        assert records.archive.story(row.call_id).call == ended(row)
        await until(("store.torn-database", True), alarms)


async def written(state: Path) -> None:
    async with opened(state) as records:
        for minute in range(300):
            records.calls.change(ended(call(minute)))


async def test_numbers_of_a_fresh_file_go_on_above_those_of_the_torn_one(tmp_path: Path) -> None:
    async def highest() -> int:
        async with opened(tmp_path) as records:
            await records.calls.finish(ended(call()))
        with sqlite3.connect(tmp_path / "tipring.db") as db:
            found = db.execute("SELECT MAX(seq) FROM calls").fetchone()
        db.close()
        return int(found[0])

    first, second = await highest(), await highest()
    (tmp_path / "tipring.db").write_bytes(b"torn" * 1000)
    third = await highest()

    assert first < second < third


@pytest.fixture
def small_disk() -> Iterator[None]:
    """Files of this process cannot grow beyond 300 kB, as on a disk that is full."""
    old_handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, old_handler)


@pytest.mark.usefixtures("small_disk")
async def test_a_full_disk_is_told_and_the_rows_are_written_when_there_is_room(
    tmp_path: Path,
) -> None:
    alarms = Alarms()
    rows = [ended(call(minute)) for minute in range(1000)]
    async with opened(tmp_path, alarms) as records:
        for row in rows:
            records.calls.change(row)
        with pytest.raises(StorageFault):
            await records.calls.finish(ended(call(1001)))
        await until(("store.cannot-write", True), alarms)

        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        await until(("store.cannot-write", False), alarms)
        await records.calls.finish(ended(call(1002)))

        assert records.archive.count_calls() == 1002


async def test_a_folder_that_cannot_be_written_does_not_stop_the_start(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("a file where the folder should be", "utf-8")
    alarms = Alarms()

    async with opened(blocked, alarms) as records:
        with pytest.raises(StorageFault):
            await records.calls.finish(ended(call()))
        blocked.unlink()
        await until(("store.cannot-open", False), alarms)
        await records.calls.finish(ended(call(1)))
        assert records.archive.count_calls() == 2

    assert alarms == [("store.cannot-open", True), ("store.cannot-open", False)]


async def test_a_database_of_a_newer_tipring_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "tipring.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    alarms = Alarms()

    async with opened(tmp_path, alarms) as records:
        with pytest.raises(StorageFault):
            await records.calls.finish(ended(call()))

    assert alarms == [("store.newer-database", True)]
    assert names(tmp_path) == ["tipring.db"]


@pytest.mark.parametrize("update", [{"zone": None}, {"cost_micros": 1 << 70}])
async def test_a_row_the_database_refuses_does_not_hold_up_the_others(
    tmp_path: Path, update: dict[str, object]
) -> None:
    async with opened(tmp_path) as records:
        bad = ended(call()).model_copy(update=update)
        refused = asyncio.ensure_future(records.calls.finish(bad))
        good = ended(call(1))
        await records.calls.finish(good)
        with pytest.raises(StorageFault):
            await refused

        assert [row.call_id for row in records.archive.calls()] == [good.call_id]


def test_memory_stays_bounded_while_the_disk_refuses_and_steps_go_first(tmp_path: Path) -> None:
    blocked = tmp_path / "state"
    blocked.write_text("in the way", "utf-8")
    journal = Journal(blocked / "tipring.db", lambda _text, _raised: None)
    important = journal.put(lambda _db, _seq: None, Urgency.SYNCED)
    steps = [journal.put(lambda _db, _seq: None, Urgency.BATCHED) for _ in range(MAX_PENDING + 10)]
    with pytest.raises(StorageFault):
        important.result(timeout=20)
    blocked.unlink()
    journal.flush().result(timeout=20)
    journal.close()

    dropped = [one for one in steps if one.exception() is not None]
    assert len(dropped) >= 10


async def test_cancelling_who_waits_does_not_stop_the_row(tmp_path: Path) -> None:
    row = call()
    async with opened(tmp_path) as records:
        waiting = asyncio.ensure_future(records.calls.finish(ended(row)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await committed(records)
        assert records.archive.story(row.call_id).call == ended(row)


async def test_queueing_never_waits_for_the_disk(tmp_path: Path) -> None:
    async with opened(tmp_path) as records:
        with sqlite3.connect(tmp_path / "tipring.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")  # a writer in the way, as slow as a disk can be
            row = call()
            records.calls.begin(row)
            for at_ms in range(1000):
                records.calls.add_step(row.call_id, step(at_ms))
            assert Archive(tmp_path / "tipring.db").count_calls() == 0
            await asyncio.to_thread(time.sleep, 0.2)  # the writer has met the lock
            other.execute("ROLLBACK")
        other.close()
        await committed(records)
        assert len(records.archive.story(row.call_id).steps) == 1000


def test_migrations_apply_once_and_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "001-a.sql").write_text("CREATE TABLE a (x INTEGER);", "utf-8")
    db = Database(tmp_path / "x.db")
    database.migrate(db, folder)
    (folder / "002-b.sql").write_text(
        "ALTER TABLE a ADD COLUMN y; -- two; statements\nINSERT INTO a VALUES (1, 2);", "utf-8"
    )
    database.migrate(db, folder)
    database.migrate(db, folder)

    assert db.execute("SELECT COUNT(*), SUM(y) FROM a").fetchone() == (1, 2)
    (folder / "003-c.sql").write_text("INSERT INTO a VALUES (3, 4);\nNONSENSE;", "utf-8")
    with pytest.raises(sqlite3.OperationalError):
        database.migrate(db, folder)
    assert db.execute("SELECT COUNT(*) FROM a").fetchone() == (1,)
    assert db.execute("PRAGMA user_version").fetchone() == (2,)
    db.conn.close()
