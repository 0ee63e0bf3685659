"""Backups as the office planned them or somebody asks for one: made by a worker, told here."""

import asyncio
import logging
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import JsonValue, ValidationError

from firmware.backup import shelf
from firmware.backup.key import keep_key, kept_key
from firmware.backup.making import remove_parts, size_of
from firmware.backup.members import Facts
from firmware.backup.names import BACKUPS
from firmware.backup.schedule import is_due, next_moment
from firmware.backup.staging import RESTORED
from firmware.backup.switching import is_waiting
from firmware.backup.worker import Outcome
from firmware.config.files import read_text, remove, write_atomically
from firmware.config.model import Config
from firmware.contract import backups as b
from firmware.contract.errors import RequestRefused, StorageFault
from firmware.contract.texts import Text

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 10.0
RESTORE_LOOK_S: Final = 0.5
LAST: Final = "last.json"
BY_PLAN: Final = "tipring"
NICE: Final = ("nice", "-n", "15")
AnyBackupRequest = b.ListBackups | b.MakeBackup | b.DeleteBackup | b.SetBackupKey


class Backups:
    """`config` returns what is live; `note` writes into the audit; `alarm` raises or ends one."""

    def __init__(
        self,
        state: Path,
        config: Callable[[], Config],
        note: Callable[[str, Text], None],
        alarm: Callable[[Text, bool], None],
    ) -> None:
        self._state, self._config, self._note, self._alarm = state, config, note, alarm
        self._making: asyncio.Task[None] | None = None
        self._last: b.BackupResult | None = None

    async def run(self) -> None:
        """Make one whenever it is due; until cancelled. Cancelling ends the worker, too."""
        self._last = await asyncio.to_thread(self._recall)
        await self._note_restore()
        self._tell_alarm(None)
        try:
            while True:
                if self._is_due():
                    self._begin(self._config().backup.recordings, BY_PLAN)
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            if self._making is not None:
                self._making.cancel()
                await asyncio.gather(self._making, return_exceptions=True)

    async def carry_out(self, request: AnyBackupRequest) -> JsonValue:
        """Raises NotFound, RequestRefused or StorageFault."""
        match request:
            case b.ListBackups():
                return (await asyncio.to_thread(self._view)).model_dump(mode="json")
            case b.MakeBackup():
                if await asyncio.to_thread(kept_key, self._state) is None:
                    raise RequestRefused("backup.no-key")
                if self._is_making():
                    raise RequestRefused("backup.being-made")
                self._begin(request.recordings, request.who)
            case b.DeleteBackup():
                await asyncio.to_thread(shelf.remove, self._state, request.name)
                self._note(
                    request.who, Text(code="audit.deleted-backup", args={"file": request.name})
                )
            case b.SetBackupKey():
                public, now = bytes.fromhex(request.public), datetime.now(UTC)
                kept = await asyncio.to_thread(keep_key, self._state, public, now)
                made = Text(code="audit.made-backup-key", args={"sheet": kept.sheet})
                self._note(request.who, made)
        return None

    # ---- making one

    def _is_making(self) -> bool:
        return self._making is not None and not self._making.done()

    def _is_due(self) -> bool:
        if self._is_making():
            return False
        config, last = self._config(), self._last
        now = datetime.now(ZoneInfo(config.office.timezone))
        made = last is None or last.whole
        return is_due(config.backup, now, last.at if last else None, made=made)

    def _begin(self, recordings: bool, who: str) -> None:
        self._making = asyncio.create_task(self._make(recordings, who))

    async def _make(self, recordings: bool, who: str) -> None:
        at = datetime.now(UTC).replace(microsecond=0)
        outcome = await self._work(at, recordings)
        if outcome.made:
            self._note(who, Text(code="audit.made-backup"))
        if not outcome.whole:
            log.warning("backup: %s", outcome.text.code)
        before = self._last
        self._last = b.BackupResult(
            at=at, made=outcome.made, whole=outcome.whole, text=outcome.text
        )
        self._tell_alarm(before)
        try:
            await asyncio.to_thread(self._remember, self._last)
        except StorageFault as fault:
            log.warning("backup: %s", fault)

    async def _work(self, at: datetime, recordings: bool) -> Outcome:
        """Have it made by a process that stands back behind the calls."""
        config = self._config()
        plan = config.backup
        options = ["--box", config.office.box, "--at", at.isoformat(), "--keep", str(plan.keep)]
        options += ["--recordings"] if recordings else []
        options += ["--elsewhere", plan.folder] if plan.folder else []
        worker = await asyncio.create_subprocess_exec(
            *NICE,
            *(sys.executable, "-m", "firmware.backup.worker", "--state", str(self._state)),
            *options,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            said, _ = await worker.communicate()
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
        try:
            return Outcome.model_validate_json(said)
        except ValidationError:
            return Outcome(made=False, whole=False, text=Text(code="backup.cut-off"))

    def _tell_alarm(self, before: b.BackupResult | None) -> None:
        """An alarm stays until a backup came out whole."""
        if before is not None and not before.whole:
            self._alarm(before.text, False)
        if self._last is not None and not self._last.whole:
            self._alarm(self._last.text, True)

    # ---- what there is

    def _view(self) -> b.BackupsView:
        config, state = self._config(), self._state
        key = kept_key(state)
        now = datetime.now(ZoneInfo(config.office.timezone))
        return b.BackupsView(
            sheet=key.sheet if key else None,
            key_made_at=key.made_at if key else None,
            running=self._is_making(),
            last=self._last,
            next_at=next_moment(config.backup, now),
            backups=tuple(
                b.BackupView(name=one.name, size=one.size, made_at=one.made_at, sheet=one.sheet)
                for one in shelf.shelved(state / BACKUPS)
            ),
            size=size_of(state),
            recordings_size=size_of(state, "recordings"),
            free=shutil.disk_usage(state).free,
        )

    def _recall(self) -> b.BackupResult | None:
        """Return what the run before knew; what it left half made is removed."""
        remove_parts(self._state / BACKUPS)
        try:
            text = read_text(self._state / BACKUPS / LAST)
            return b.BackupResult.model_validate_json(text) if text else None
        except (ValidationError, StorageFault):
            return None

    async def _note_restore(self) -> None:
        """Once: this box was another until just now."""
        try:
            text = await asyncio.to_thread(read_text, self._state / RESTORED)
            if not text:
                return
            made = f"{Facts.model_validate_json(text).made_at:%Y-%m-%d %H:%M} UTC"
            self._note(BY_PLAN, Text(code="audit.restored-box", args={"made": made}))
            await asyncio.to_thread(remove, self._state / RESTORED)
        except (ValidationError, StorageFault) as fault:
            log.warning("backup: %s", fault)

    def _remember(self, result: b.BackupResult) -> None:
        write_atomically(shelf.folder_of(self._state) / LAST, result.model_dump_json(), mode=0o640)


async def stop_for_restore(state: Path, stop: asyncio.Event) -> None:
    """Set `stop` once a restored box waits to take this one's place, as the next start does."""
    while True:
        await asyncio.sleep(RESTORE_LOOK_S)
        if is_waiting(state):
            log.warning("a backup was restored: starting again")
            stop.set()
            return
