"""The exchange's backups: due ones by themselves, failures as alarms, never two at a time."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firmware.backup.key import keep_key
from firmware.backup.shelf import shelved
from firmware.backup.switching import READY
from firmware.config.backup import Backup
from firmware.config.history import History
from firmware.config.model import Config
from firmware.contract import backups as b
from firmware.contract.errors import RequestRefused
from firmware.contract.texts import Text
from firmware.exchange import backups as module
from firmware.exchange.backups import Backups, stop_for_restore
from tests.firmware.backup.small_box import AT, SECRET, furnish_box

DEADLINE_S = 40.0
DAILY = Backup(every="day", recordings=True)


@dataclass
class Exchange:
    """What the service sees of the exchange."""

    state: Path
    plan: Backup = field(default_factory=Backup)
    alarms: dict[str, bool] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def config(self) -> Config:
        history = History(self.state)
        return history.check(history.live_text()).model_copy(update={"backup": self.plan})

    def note(self, who: str, text: Text) -> None:
        self.notes.append((who, text.code))

    def alarm(self, text: Text, raised: bool) -> None:
        self.alarms[text.code] = raised

    @property
    def up(self) -> set[str]:
        return {code for code, raised in self.alarms.items() if raised}


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.02)


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    furnish_box(tmp_path / "box")
    keep_key(tmp_path / "box", SECRET.public(), AT)
    return Exchange(tmp_path / "box")


@pytest.fixture
async def backups(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Backups]:
    """Running, and looking often."""
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.05)
    made = Backups(exchange.state, exchange.config, exchange.note, exchange.alarm)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def view(backups: Backups) -> b.BackupsView:
    return b.BackupsView.model_validate(await backups.carry_out(b.ListBackups()))


async def settled(backups: Backups) -> b.BackupsView:
    """Return the view once one was tried and none is being made."""
    async with asyncio.timeout(DEADLINE_S):
        while True:
            seen = await view(backups)
            if seen.last is not None and not seen.running:
                return seen
            await asyncio.sleep(0.02)


async def test_a_plan_has_its_first_backup_at_once_and_no_second_before_its_time(
    exchange: Exchange, backups: Backups
) -> None:
    assert (await view(backups)).last is None
    exchange.plan = DAILY

    seen = await settled(backups)
    await asyncio.sleep(0.3)  # six more looks

    assert seen.last is not None
    assert seen.last.whole
    assert seen.sheet == SECRET.sheet
    assert seen.next_at is not None
    assert seen.next_at > seen.last.at
    assert [one.name for one in (await view(backups)).backups] == [seen.backups[0].name]
    assert exchange.up == set()
    assert exchange.notes == [("tipring", "audit.made-backup")]


async def test_one_asked_for_is_made_and_a_second_meanwhile_refused(
    exchange: Exchange, backups: Backups
) -> None:
    await backups.carry_out(b.MakeBackup(recordings=False, who="owner"))
    with pytest.raises(RequestRefused) as refused:
        await backups.carry_out(b.MakeBackup(recordings=False, who="owner"))
    assert refused.value.text.code == "backup.being-made"

    seen = await settled(backups)
    name = seen.backups[0].name
    await backups.carry_out(b.DeleteBackup(name=name, who="owner"))

    assert (await view(backups)).backups == ()
    assert exchange.notes == [("owner", "audit.made-backup"), ("owner", "audit.deleted-backup")]


async def test_a_failure_is_an_alarm_until_one_comes_out_whole(
    exchange: Exchange, backups: Backups
) -> None:
    database = (exchange.state / "tipring.db").read_bytes()
    (exchange.state / "tipring.db").write_bytes(b"nonsense" * 999)
    exchange.plan = DAILY
    seen = await settled(backups)
    assert seen.last is not None
    assert not seen.last.made
    assert exchange.up == {"backup.torn-database"}

    (exchange.state / "tipring.db").write_bytes(database)
    await backups.carry_out(b.MakeBackup(recordings=False, who="owner"))
    await until(lambda: exchange.up == set())

    assert len(shelved(exchange.state / "backups")) == 1


async def test_what_failed_is_an_alarm_after_a_restart_too(exchange: Exchange) -> None:
    folder = exchange.state / "backups"
    folder.mkdir()
    failed = b.BackupResult(at=AT, made=False, whole=False, text=Text(code="backup.no-room"))
    (folder / "last.json").write_text(failed.model_dump_json(), "utf-8")
    (folder / ".part-left").mkdir()

    made = Backups(exchange.state, exchange.config, exchange.note, exchange.alarm)
    running = asyncio.create_task(made.run())
    await until(lambda: exchange.up == {"backup.no-room"})
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert not (folder / ".part-left").exists()


async def test_a_worker_that_dies_is_told_and_leaves_nothing_half(
    exchange: Exchange, backups: Backups
) -> None:
    with (exchange.state / "recordings" / "long.flac").open("wb") as file:
        file.truncate(2 << 30)
    await backups.carry_out(b.MakeBackup(recordings=True, who="owner"))
    found: list[int] = []

    def worker_writes() -> bool:
        found[:] = _workers(exchange.state)
        parts = (exchange.state / "backups").glob(".part-*.backup")
        return bool(found) and any(part.stat().st_size > 1 << 20 for part in parts)

    await until(worker_writes)
    os.kill(found[0], signal.SIGKILL)
    seen = await settled(backups)

    assert seen.last is not None
    assert seen.last.text.code == "backup.cut-off"
    assert seen.backups == ()
    assert exchange.up == {"backup.cut-off"}


def _workers(state: Path) -> list[int]:
    """Return our own children that make a backup of this box."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    mine = (int(pid) for pid in children)
    return [pid for pid in mine if os.fsencode(state) in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_no_worker_outlives_the_exchange(exchange: Exchange, backups: Backups) -> None:
    with (exchange.state / "recordings" / "long.flac").open("wb") as file:
        file.truncate(2 << 30)
    await backups.carry_out(b.MakeBackup(recordings=True, who="owner"))
    await until(lambda: bool(_workers(exchange.state)))

    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        if "Backups.run" in repr(task):
            task.cancel()

    await until(lambda: not _workers(exchange.state))


async def test_without_a_key_one_asked_for_is_refused(tmp_path: Path) -> None:
    furnish_box(tmp_path / "box")
    bare = Exchange(tmp_path / "box")
    backups = Backups(bare.state, bare.config, bare.note, bare.alarm)

    with pytest.raises(RequestRefused) as refused:
        await backups.carry_out(b.MakeBackup(recordings=False, who="owner"))
    assert refused.value.text.code == "backup.no-key"
    assert (await view(backups)).sheet is None

    await backups.carry_out(b.SetBackupKey(public=SECRET.public().hex(), who="owner"))
    assert (await view(backups)).sheet == SECRET.sheet


async def test_the_exchange_stops_for_a_restored_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RESTORE_LOOK_S", 0.02)
    stop = asyncio.Event()
    watching = asyncio.create_task(stop_for_restore(tmp_path, stop))
    await asyncio.sleep(0.1)
    assert not stop.is_set()

    (tmp_path / READY).mkdir()

    await asyncio.wait_for(stop.wait(), DEADLINE_S)
    await watching
