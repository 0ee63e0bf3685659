"""A backup is whole or not there; it is made beside a box at work, in little memory."""

import errno
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import tracemalloc
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import pytest

from firmware.backup import making
from firmware.backup.key import keep_key
from firmware.backup.making import make_backup, remove_parts
from firmware.backup.members import MemberWriter
from firmware.backup.refusal import BackupRefused
from firmware.backup.sealing import SealedWriter
from firmware.backup.shelf import shelved
from firmware.backup.staging import stage
from firmware.contract.errors import StorageFault
from tests.firmware.backup.small_box import AT, SECRET, contents, furnish_box
from tests.practice_box import wait_for


def test_a_backup_without_recordings_leaves_them_out(box: Path, tmp_path: Path) -> None:
    small = make_backup(box, tmp_path / "s.backup", SECRET.public(), AT, recordings=False)
    large = make_backup(box, tmp_path / "l.backup", SECRET.public(), AT, recordings=True)

    assert large.members == small.members + 1
    assert large.size > small.size + 600_000
    assert (tmp_path / "l.backup").stat().st_mode & 0o777 == 0o600


def test_nothing_in_it_can_be_read_without_the_key(backup: Path) -> None:
    raw = backup.read_bytes()

    for secret in (b"Old office", b"1234", b"SQLite format", b"tipring.toml"):
        assert secret not in raw


def test_rows_that_are_written_meanwhile_are_there_whole_or_not_at_all(
    box: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(box / "tipring.db")) as busy:
        busy.execute("BEGIN IMMEDIATE")
        busy.execute("UPDATE recordings SET bytes = 77")

        make_backup(box, tmp_path / "a.backup", SECRET.public(), AT, recordings=False)
        busy.commit()
    (tmp_path / "new").mkdir()
    stage(tmp_path / "new", tmp_path / "a.backup", SECRET)

    with closing(sqlite3.connect(tmp_path / "new/restore.part/tipring.db")) as sql:
        assert sql.execute("SELECT bytes FROM recordings").fetchone() == (0,)


def test_links_pipes_and_odd_names_are_left_out(box: Path, tmp_path: Path) -> None:
    before = make_backup(box, tmp_path / "a.backup", SECRET.public(), AT, recordings=False)
    (box / "prompts" / "link.wav").symlink_to("/etc/passwd")
    os.mkfifo(box / "prompts" / "pipe.wav")
    (box / "prompts" / ".hidden.part").write_bytes(b"half")
    (box / "prompts" / "line\nbreak.wav").write_bytes(b"odd")

    after = make_backup(box, tmp_path / "b.backup", SECRET.public(), AT, recordings=False)

    assert after.members == before.members


def test_a_torn_database_is_told_and_makes_no_backup(box: Path, tmp_path: Path) -> None:
    (box / "tipring.db").write_bytes(b"nonsense" * 1000)

    with pytest.raises(BackupRefused) as refused:
        make_backup(box, tmp_path / "a.backup", SECRET.public(), AT, recordings=False)

    assert refused.value.text.code == "backup.torn-database"
    assert list(tmp_path.iterdir()) == [box]


def test_too_little_room_is_told_before_anything_is_written(box: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused) as refused:
        make_backup(box, tmp_path / "a.backup", SECRET.public(), AT, recordings=False, room=1 << 60)

    assert refused.value.text.code == "backup.no-room"
    assert list(tmp_path.iterdir()) == [box]


def test_a_disk_that_fills_up_leaves_nothing_behind(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class FillsUp(SealedWriter):
        def write(self, data: bytes) -> None:
            if self._file.tell() > 200_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            super().write(data)

    target = box / "backups"
    target.mkdir()
    monkeypatch.setattr(making, "SealedWriter", FillsUp)
    with pytest.raises(StorageFault) as refused:
        make_backup(box, target / "a.backup", SECRET.public(), AT, recordings=True)

    assert refused.value.text.code == "backup.disk-full"
    assert list(target.iterdir()) == []


def test_a_card_that_wrote_something_else_is_noticed_at_once(
    box: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_fsync = os.fsync

    def worn_card(descriptor: int) -> None:
        real_fsync(descriptor)
        if os.fstat(descriptor).st_size > 1000 and stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.pwrite(descriptor, b"\xff\x00", 500)

    monkeypatch.setattr(making, "os", SimpleNamespace(**{**vars(os), "fsync": worn_card}))
    with pytest.raises(BackupRefused) as refused:
        make_backup(box, tmp_path / "a.backup", SECRET.public(), AT, recordings=False)

    assert refused.value.text.code == "backup.damaged"
    assert list(tmp_path.iterdir()) == [box]


def test_a_large_box_takes_no_more_than_a_few_megabytes_of_memory(
    box: Path, tmp_path: Path
) -> None:
    with (box / "recordings" / "long.flac").open("wb") as file:
        file.truncate(48 << 20)
    (tmp_path / "new").mkdir()
    make_backup(box, tmp_path / "warm.backup", SECRET.public(), AT, recordings=False)
    tracemalloc.start()

    make_backup(box, tmp_path / "a.backup", SECRET.public(), AT, recordings=True)
    stage(tmp_path / "new", tmp_path / "a.backup", SECRET)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_worker_that_is_killed_leaves_the_backups_before_it(box: Path) -> None:
    folder = box / "backups"
    folder.mkdir()
    keep_key(box, SECRET.public(), AT)
    before = folder / "tipring-box-20261121T030000Z.backup"
    make_backup(box, before, SECRET.public(), AT, recordings=False)
    with (box / "recordings" / "long.flac").open("wb") as file:
        file.truncate(2 << 30)
    live = contents_without_recordings(box)
    worker = subprocess.Popen(
        [sys.executable, "-m", "firmware.backup.worker", "--state", str(box), "--box", "box",
         "--at", AT.isoformat(), "--keep", "7", "--recordings"]
    )  # fmt: skip

    def half_written() -> bool:
        assert worker.poll() is None, "it ended before it could be killed"
        return any(part.stat().st_size > 1 << 20 for part in folder.glob(".part-*.backup"))

    wait_for("half a backup", half_written, 40)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert [one.name for one in shelved(folder)] == [before.name]
    remove_parts(folder)
    assert list(folder.iterdir()) == [before]
    assert contents_without_recordings(box) == live


def contents_without_recordings(state: Path) -> dict[str, bytes]:
    (state / "recordings" / "long.flac").rename(state / "run" / "long.flac")
    found = contents(state)
    (state / "run" / "long.flac").rename(state / "recordings" / "long.flac")
    return found


def test_what_is_not_sealed_never_touches_another_disk(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as stick:
        seen: list[str] = []
        write = MemberWriter.add

        def watched(self: MemberWriter, name: str, file: BinaryIO) -> None:
            seen.extend(path.name for path in Path(stick).rglob("*"))
            write(self, name, file)

        monkeypatch.setattr(MemberWriter, "add", watched)
        make_backup(box, Path(stick) / "a.backup", SECRET.public(), AT, recordings=False)

        assert set(seen) == {".part-a.backup"}
        assert [path.name for path in Path(stick).iterdir()] == ["a.backup"]
        assert list((box / "backups").iterdir()) == []


def test_two_boxes_of_the_same_secret_make_different_files(tmp_path: Path) -> None:
    furnish_box(tmp_path / "box")
    files = [tmp_path / "a.backup", tmp_path / "b.backup"]
    for file in files:
        make_backup(tmp_path / "box", file, SECRET.public(), AT, recordings=False)

    assert files[0].read_bytes()[100:] != files[1].read_bytes()[100:]
