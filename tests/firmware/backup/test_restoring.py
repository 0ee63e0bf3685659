"""A spare box becomes the old one wholly or stays as it was, wherever the power went."""

import fcntl
import io
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.backup import staging as staging_module
from firmware.backup import switching
from firmware.backup.key import KeptKey
from firmware.backup.making import make_backup
from firmware.backup.members import Facts, MemberWriter
from firmware.backup.refusal import BackupRefused
from firmware.backup.sealing import SealedWriter
from firmware.backup.staging import STAGING, stage
from firmware.backup.switching import OLD, READY, finish, take_over
from firmware.contract.errors import StorageFault
from tests.firmware.backup.small_box import (
    AT,
    CALL_ID,
    OTHER,
    SECRET,
    contents,
    recording_state,
)
from tests.practice_box import wait_for

FACTS = Facts(
    made_at=AT, software="0.0.1", database=1, office="Old office", box="box", recordings=False
)


class PowerCut(Exception):
    """What happens to a process when the cable comes out."""


def restore(state: Path, backup: Path) -> None:
    stage(state, backup, SECRET)
    take_over(state)
    finish(state)


def test_a_spare_box_becomes_the_old_one(box: Path, spare: Path, backup: Path) -> None:
    (spare / "bundles.json").write_text("{}", "utf-8")  # the old box has none

    restore(spare, backup)

    assert contents(spare) == contents(box)
    assert recording_state(spare) == "packed"
    assert (spare / "secrets.toml").stat().st_mode & 0o777 == 0o600
    assert not any((spare / name).exists() for name in (STAGING, READY, OLD))


def test_an_empty_folder_becomes_the_old_box_too(box: Path, tmp_path: Path, backup: Path) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()

    restore(fresh, backup)

    assert contents(fresh) == contents(box)


def test_without_recordings_those_of_this_box_stay_and_others_are_told_lost(
    box: Path, spare: Path, tmp_path: Path
) -> None:
    small = tmp_path / "small.backup"
    make_backup(box, small, SECRET.public(), AT, recordings=False)
    own = sorted(path.name for path in (spare / "recordings").iterdir())
    restore(spare, small)
    restore(box, small)

    assert recording_state(spare) == "lost"
    assert sorted(path.name for path in (spare / "recordings").iterdir()) == own
    assert recording_state(box) == "packed"
    assert (box / "recordings" / f"{CALL_ID}.flac").exists()


def hostile(*members: tuple[str, bytes], facts: Facts = FACTS) -> bytes:
    """Return a backup that is sealed as it should be and holds what it should not."""
    file = io.BytesIO()
    writer = MemberWriter(SealedWriter(file, SECRET.public()), facts)
    for name, content in members:
        writer.add(name, io.BytesIO(content))
    writer.close()
    return file.getvalue()


MINIMAL = (Path(staging_module.__file__).parents[1] / "config" / "minimal.toml").read_bytes()
SOUND = ("tipring.toml", MINIMAL)
CASES: dict[str, tuple[bytes, str]] = {
    "up and out": (hostile(SOUND, ("prompts/../../x", b"")), "backup.foreign-name"),
    "absolute": (hostile(SOUND, ("/etc/passwd", b"")), "backup.foreign-name"),
    "dots": (hostile(SOUND, ("versions/..", b"")), "backup.foreign-name"),
    "hidden": (hostile(SOUND, ("prompts/.profile", b"")), "backup.foreign-name"),
    "the database's neighbour": (hostile(SOUND, ("tipring.db-wal", b"")), "backup.foreign-name"),
    "sockets": (hostile(SOUND, ("run/control.sock", b"")), "backup.foreign-name"),
    "the marker": (hostile(SOUND, (".old-is-away", b"")), "backup.foreign-name"),
    "NUL": (hostile(SOUND, ("prompts/a\0.wav", b"")), "backup.foreign-name"),
    "new line": (hostile(SOUND, ("prompts/a\n.wav", b"")), "backup.foreign-name"),
    "letters": (hostile(SOUND, ("prompts/é.wav", b"")), "backup.foreign-name"),
    "backslash": (hostile(SOUND, ("prompts\\a.wav", b"")), "backup.foreign-name"),
    "a folder as a file": (hostile(SOUND, ("prompts", b"")), "backup.foreign-name"),
    "a file as a folder": (
        hostile(SOUND, ("prompts/a", b""), ("prompts/a/b", b"")),
        "backup.foreign-name",
    ),
    "twice": (hostile(SOUND, SOUND), "backup.foreign-name"),
    "long name": (hostile(SOUND, ("prompts/" + "a" * 200, b"")), "backup.foreign-name"),
    "very long name": (hostile(SOUND, ("prompts/" + "a/" * 900, b"")), "backup.damaged"),
    "recordings nobody announced": (
        hostile(SOUND, ("recordings/a.flac", b"x")),
        "backup.foreign-name",
    ),
    "no configuration": (hostile(), "backup.unusable-configuration"),
    "broken configuration": (hostile(("tipring.toml", b"[[[")), "backup.unusable-configuration"),
    "configuration in Latin 1": (hostile(("tipring.toml", b"\xff")), "config.not-utf-8"),
    "no database": (hostile(SOUND, ("tipring.db", b"nonsense" * 99)), "backup.torn-database"),
    "newer database": (
        hostile(SOUND, facts=FACTS.model_copy(update={"database": 99})),
        "backup.newer",
    ),
    "newer software": (
        hostile(SOUND, facts=FACTS.model_copy(update={"software": "99.1"})),
        "backup.newer",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_hostile_backup_is_refused_with_one_sentence_and_changes_nothing(
    case: str, spare: Path, tmp_path: Path
) -> None:
    raw, code = CASES[case]
    (tmp_path / "bad.backup").write_bytes(raw)
    before = contents(spare)

    with pytest.raises((BackupRefused, StorageFault)) as refused:
        stage(spare, tmp_path / "bad.backup", SECRET)

    assert refused.value.text.code == code
    assert contents(spare) == before
    assert not (spare / STAGING).exists()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("part", range(12))
def test_a_damaged_backup_changes_nothing_wherever_it_is_damaged(
    part: int, spare: Path, backup: Path
) -> None:
    raw = bytearray(backup.read_bytes())
    seeded = random.Random(part)
    at = seeded.randrange(part * len(raw) // 12, (part + 1) * len(raw) // 12)
    before = contents(spare)
    changed = raw.copy()
    changed[at] ^= 64
    for damaged in (raw[:at], changed):
        backup.write_bytes(damaged)
        with pytest.raises(BackupRefused):
            stage(spare, backup, SECRET)

    assert contents(spare) == before
    assert not (spare / STAGING).exists()


def test_the_key_of_another_sheet_opens_nothing(spare: Path, backup: Path) -> None:
    with pytest.raises(BackupRefused) as refused:
        stage(spare, backup, OTHER)

    assert refused.value.text.code == "backup.wrong-key"


def test_a_disk_that_fills_up_leaves_the_box_as_it_was(
    spare: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(spare)
    monkeypatch.setattr(staging_module, "ROOM_LEFT", 1 << 60)

    with pytest.raises(StorageFault) as refused:
        stage(spare, backup, SECRET)

    assert refused.value.text.code == "backup.disk-full"
    assert contents(spare) == before
    assert not (spare / STAGING).exists()


def cut_after(steps: int) -> Callable[[], None]:
    """Let only so many changes of the file system happen; return how to bring power back."""
    left = iter(range(steps))

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **options: object) -> object:
            if next(left, None) is None:
                raise PowerCut
            return real(*args, **options)

        return step

    with_power = pytest.MonkeyPatch()
    for name in ("rename", "unlink", "rmdir", "mkdir", "touch"):
        with_power.setattr(Path, name, counted(getattr(Path, name)))
    with_power.setattr(shutil, "rmtree", counted(shutil.rmtree))
    return with_power.undo


def test_power_cut_at_every_single_step_leaves_the_old_box_or_makes_the_new(
    box: Path, spare: Path, backup: Path, tmp_path: Path
) -> None:
    old, new = contents(spare), contents(box)
    stage(spare, backup, SECRET)
    outcomes = []
    for steps in range(60):
        state = tmp_path / f"cut-{steps}"
        shutil.copytree(spare, state)
        power_back = cut_after(steps)
        try:
            take_over(state)
            finish(state)
            cut = False
        except PowerCut:
            cut = True
        finally:
            power_back()
        if not (state / "tipring.toml").exists():
            (state / "tipring.toml").write_bytes(MINIMAL)
        finish(state)  # as every start does, perhaps after a template was laid down
        now = contents(state)
        outcomes.append("old" if now == old else "new" if now == new else "half")
        shutil.rmtree(state)
        if not cut:
            break

    assert outcomes[0] == "old"
    assert set(outcomes[1:]) == {"new"}
    assert 15 < len(outcomes) < 60, "the last round ran to its end"


def test_a_restore_killed_in_the_middle_can_be_done_again(
    box: Path, spare: Path, tmp_path: Path
) -> None:
    with (box / "recordings" / "long.flac").open("wb") as file:
        file.truncate(400 << 20)
    backup, key = tmp_path / "a.backup", tmp_path / "key"
    make_backup(box, backup, SECRET.public(), AT, recordings=True)
    key.write_text(SECRET.shown(), "ascii")
    before = contents(spare)
    command = [sys.executable, "-m", "firmware", "restore", "--state", str(spare)]
    command += ["--key-file", str(key), str(backup)]
    restoring = subprocess.Popen(command)
    half = spare / STAGING / "recordings" / "long.flac"

    def half_unpacked() -> bool:
        assert restoring.poll() is None, "it ended before it could be killed"
        return half.exists() and half.stat().st_size > 1 << 20

    wait_for("half a box", half_unpacked, 40)
    restoring.send_signal(signal.SIGKILL)
    restoring.wait()

    assert not finish(spare)
    assert contents(spare) == before
    assert subprocess.run(command, check=False).returncode == 0
    assert recording_state(spare) == "packed"
    assert not (spare / STAGING).exists()


def test_a_box_that_runs_is_not_restored_under_its_feet(spare: Path, backup: Path) -> None:
    (spare / "run").mkdir(exist_ok=True)
    holder = os.open(spare / "run" / "exchange.lock", os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(holder, fcntl.LOCK_EX)
        before = contents(spare)
        command = [sys.executable, "-m", "firmware", "restore", "--state", str(spare), str(backup)]
        refused = subprocess.run(
            command, input=SECRET.shown(), text=True, capture_output=True, check=False
        )
    finally:
        os.close(holder)

    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert contents(spare) == before


def test_the_command_line_makes_a_key_shows_it_once_and_takes_it_back(
    box: Path, tmp_path: Path
) -> None:
    target = tmp_path / "by-hand.backup"
    made = subprocess.run(
        [sys.executable, "-m", "firmware", "backup", "--state", str(box), str(target)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    again = subprocess.run(
        [sys.executable, "-m", "firmware", "backup", "--state", str(box)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    key = made.stdout.splitlines()[0].rpartition(": ")[2]
    fresh = tmp_path / "fresh"
    restored = subprocess.run(
        [sys.executable, "-m", "firmware", "restore", "--state", str(fresh), str(target)],
        input=key, text=True, capture_output=True, check=True,
    )  # fmt: skip

    assert len(again.stdout.splitlines()) == 1
    assert "Old office" in restored.stdout
    assert KeptKey.model_validate_json((fresh / "backup-key.json").read_text()).sheet in made.stdout
    assert (fresh / "secrets.toml").read_text() == (box / "secrets.toml").read_text()


def test_a_page_waits_for_the_exchange_to_finish_and_not_for_ever(spare: Path) -> None:
    (spare / READY).mkdir()
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 3:
            (spare / READY).rmdir()

    switching.wait_until_finished(spare, nap)
    assert len(naps) == 3

    (spare / READY).mkdir()
    switching.wait_until_finished(spare, naps.append, longest_s=1.0)
    assert len(naps) < 12
