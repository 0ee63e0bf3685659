"""Where backups lie: names, how old ones make way, and the copy on another disk."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.backup import shelf, worker
from firmware.backup.key import keep_key
from firmware.backup.refusal import BackupRefused
from firmware.backup.worker import Outcome
from firmware.contract.errors import NotFound
from tests.firmware.backup.small_box import AT, SECRET


@pytest.fixture
def disk() -> Iterator[Path]:
    """Another disk, as far as a file system is concerned."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


def work(state: Path, capsys: pytest.CaptureFixture[str], *options: str, hours: int = 0) -> Outcome:
    at = (AT + timedelta(hours=hours)).isoformat()
    worker.main(["--state", str(state), "--box", "box", "--at", at, "--keep", "2", *options])
    return Outcome.model_validate_json(capsys.readouterr().out)


def test_the_newest_stay_and_older_ones_make_way(
    box: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_key(box, SECRET.public(), AT)
    for hours in range(4):
        assert work(box, capsys, hours=hours).whole
    (box / "backups" / "holiday-photos.backup").write_bytes(b"")

    kept = shelf.shelved(box / "backups")

    assert [one.made_at for one in kept] == [AT + timedelta(hours=3), AT + timedelta(hours=2)]
    assert {one.sheet for one in kept} == {SECRET.sheet}
    assert (box / "backups" / "holiday-photos.backup").exists()


def test_a_mounted_disk_gets_a_copy_and_keeps_as_many(
    box: Path, disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_key(box, SECRET.public(), AT)
    for hours in range(3):
        assert work(box, capsys, "--elsewhere", str(disk), hours=hours).whole

    assert len(list(disk.iterdir())) == 2
    for copy in disk.iterdir():
        assert copy.read_bytes() == (box / "backups" / copy.name).read_bytes()


def test_a_disk_that_is_not_mounted_is_told_and_the_box_keeps_its_backup(
    box: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_key(box, SECRET.public(), AT)
    for folder in (tmp_path, tmp_path / "gone"):
        outcome = work(box, capsys, "--elsewhere", str(folder))
        assert outcome.made
        assert not outcome.whole
        assert outcome.text.code == "backup.not-mounted"
    assert len(shelf.shelved(box / "backups")) == 1
    assert not list(tmp_path.glob("*.backup"))


def test_without_a_key_nothing_is_made(box: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = work(box, capsys)

    assert (outcome.made, outcome.text.code) == (False, "backup.no-key")
    assert not (box / "backups").exists()


@pytest.mark.parametrize(
    "name", ["../tipring.db", "tipring.db", "tipring-box-20261122T030000Z.backup/..", "", "a\0b"]
)
def test_only_backups_are_given_out(box: Path, name: str) -> None:
    (box / "backups").mkdir()

    with pytest.raises(NotFound):
        shelf.file_of(box, name)


def test_a_link_is_no_backup(box: Path) -> None:
    (box / "backups").mkdir()
    name = shelf.name_of("box", AT)
    (box / "backups" / name).symlink_to(box / "secrets.toml")

    with pytest.raises(NotFound):
        shelf.file_of(box, name)


def test_a_torn_backup_is_listed_as_such(box: Path) -> None:
    (box / "backups").mkdir()
    (box / "backups" / shelf.name_of("box", AT)).write_bytes(b"TIPRING")

    assert [one.sheet for one in shelf.shelved(box / "backups")] == [""]


def test_a_folder_that_is_a_file_is_told(box: Path, disk: Path) -> None:
    (disk / "file").write_bytes(b"")

    with pytest.raises(BackupRefused) as refused:
        shelf.copy_elsewhere(box, box / "tipring.toml", disk / "file")

    assert refused.value.text.code == "backup.not-mounted"
