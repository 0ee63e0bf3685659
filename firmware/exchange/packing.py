"""After a call its recording is packed by a worker process; so are messages and leftovers.

One worker at a time and at low priority: the SD card and the CPU belong to the calls.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from firmware.calls.office import Office
from firmware.config.model import Config
from firmware.contract.errors import NotFound, StorageFault
from firmware.contract.switching import Stop
from firmware.contract.texts import Text
from firmware.store.records import Records
from firmware.store.rows import RecordingRow, RecordingState, VoicemailRow

log = logging.getLogger(__name__)

WORKER_TIMEOUT_S: Final = 600.0
NICE: Final = ("nice", "-n", "15")
PACKED: Final = ".flac"
UNPACKED: Final = (RecordingState.WRITING, RecordingState.RECORDED)
LAST_SECOND_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Packed:
    duration_ms: int
    size: int


class Packing:
    def __init__(
        self,
        state: Path,
        records: Records,
        voicemail_kept: Callable[[], None],
        alarm: Callable[[Text], None],
    ) -> None:
        self._state, self._records, self._alarm = state, records, alarm
        self._voicemail_kept = voicemail_kept
        self._begun: dict[str, RecordingRow] = {}
        self._queue: asyncio.Queue[RecordingRow | VoicemailRow] = asyncio.Queue()

    def begun(self, row: RecordingRow) -> None:
        """A recording is being written; `ended` will say when it is whole."""
        self._begun[row.call_id] = row

    def ended(self, call_id: str, duration_ms: int) -> None:
        """The recorder has ended, by order or by a fault: what there is gets packed."""
        row = self._begun.pop(call_id, None)
        if row is None:
            log.info("recording %s: ended, but nobody knows it", call_id)
            return
        recorded = {"state": RecordingState.RECORDED, "duration_ms": duration_ms}
        row = row.model_copy(update=recorded)
        self._records.recordings.change(row)
        self._queue.put_nowait(row)

    def switch_restarted(self, live_calls: Collection[str]) -> None:
        """A new switch knows nothing of recordings whose calls ended while it was away."""
        for call_id in tuple(self._begun):
            if call_id not in live_calls:
                self.ended(call_id, 0)

    def message(self, row: VoicemailRow) -> None:
        self._queue.put_nowait(row)

    async def run(self) -> None:
        """Pack one after another until cancelled; what is left then waits for the next start."""
        while True:
            row = await self._queue.get()
            if isinstance(row, VoicemailRow):
                await self._pack_message(row)
            else:
                await self._pack_recording(row)

    async def leftovers(self, office: Office) -> None:
        """Queue what a crash or a power cut left behind; calls that are up keep theirs."""
        rows = await asyncio.to_thread(self._records.archive.recordings_in, *UNPACKED)
        messages = await asyncio.to_thread(self._left_messages, office.config)
        everything: tuple[RecordingRow | VoicemailRow, ...] = (*rows, *messages)
        left = [row for row in everything if row.call_id not in office.calls]
        for row in left:
            record_id = row.voicemail_id if isinstance(row, VoicemailRow) else row.call_id
            office.wires.tell_switch(Stop(record_id=record_id))
        if left:
            # A recorder that outlived the exchange writes its last second now.
            await asyncio.sleep(LAST_SECOND_S)
        for row in left:
            self._queue.put_nowait(row)

    async def _pack_recording(self, row: RecordingRow) -> None:
        part = self._state / "recordings" / row.file
        packed = await self._pack(part)
        if packed is None:
            lost = {"state": RecordingState.LOST}
            self._records.recordings.change(row.model_copy(update=lost))
            return
        whole = {
            "state": RecordingState.PACKED,
            "file": str(Path(row.file).with_suffix(PACKED)),
            "duration_ms": packed.duration_ms,
            "bytes": packed.size,
        }
        self._records.recordings.change(row.model_copy(update=whole))
        await asyncio.to_thread(part.unlink, missing_ok=True)

    async def _pack_message(self, row: VoicemailRow) -> None:
        part = self._state / "voicemail" / row.file
        packed = await self._pack(part, f"{row.voicemail_id}{PACKED}")
        if packed is None:
            return
        whole = {"file": f"{row.voicemail_id}{PACKED}", "duration_ms": packed.duration_ms}
        try:
            await self._records.voicemails.add(row.model_copy(update=whole))
        except StorageFault:
            return  # the journal has raised its alarm and writes the row later
        await asyncio.to_thread(part.unlink, missing_ok=True)
        self._voicemail_kept()

    async def _pack(self, part: Path, name: str | None = None) -> Packed | None:
        """Return what came of it; None when there was nothing to save (an alarm says so)."""
        out = part.with_name(name) if name else part.with_suffix(PACKED)
        worker = await asyncio.create_subprocess_exec(
            *NICE,
            *(sys.executable, "-m", "firmware.switch.pack", str(part), str(out)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said, why = await asyncio.wait_for(worker.communicate(), WORKER_TIMEOUT_S)
        except TimeoutError:
            said, why = b"", b"took too long"
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
        if worker.returncode != 0:
            log.error("packing %s: %s", part.name, why.decode("utf-8", "replace").strip()[-200:])
            self._alarm(Text(code="recording.not-packed", args={"file": part.name}))
            return None
        return Packed(int(said), out.stat().st_size)

    def _left_messages(self, config: Config) -> list[VoicemailRow]:
        parts = sorted((self._state / "voicemail").glob("*.part"))
        rows = (self._left_message(part, config) for part in parts)
        return [row for row in rows if row is not None]

    def _left_message(self, part: Path, config: Config) -> VoicemailRow | None:
        """Return the row of a message whose name says all; None for a file that is none of ours."""
        voicemail_id, _, rest = part.name.partition(".")
        mailbox, _, call_id = rest.removesuffix(".part").partition(".")
        box = config.mailbox(mailbox)
        try:
            call = self._records.archive.story(call_id).call
        except NotFound:
            return None
        left_at = datetime.fromtimestamp(part.stat().st_mtime, UTC)
        keep_days = box.retention_days if box else 90
        return VoicemailRow(
            voicemail_id=voicemail_id,
            call_id=call_id,
            mailbox=mailbox,
            calling=call.calling,
            calling_name=call.calling_name,
            file=part.name,
            duration_ms=0,
            left_at=left_at,
            zone=call.zone,
            keep_until=left_at.date() + timedelta(days=keep_days),
        )
