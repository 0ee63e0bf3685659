"""After a call its recording is packed by a worker process; so are messages and leftovers.

One worker at a time and at low priority: the SD card and the CPU belong to the calls.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final, TypeAlias

from firmware.calls.office import Office
from firmware.config.model import Config
from firmware.contract.errors import NotFound, StorageFault
from firmware.contract.switching import NOTHING_TO_SAVE, Stop
from firmware.contract.texts import Text
from firmware.store.flow_rows import FormAnswerRow
from firmware.store.records import Records
from firmware.store.rows import RecordingRow, RecordingState, VoicemailRow

log = logging.getLogger(__name__)

WORKER_TIMEOUT_S: Final = 600.0
NICE: Final = ("nice", "-n", "15")
PACKED: Final = ".flac"
UNPACKED: Final = (RecordingState.WRITING, RecordingState.RECORDED)
LAST_SECOND_S: Final = 1.0
AGAIN_S: Final = 20.0
"""A disk that is full now may have room later; what could not be packed stays as it is."""
NOT_PACKED: Final = "recording.not-packed"


@dataclass(frozen=True, slots=True)
class Packed:
    duration_ms: int
    size: int


class Unpacked(Enum):
    NOTHING_TO_SAVE = "nothing to save"
    TRY_AGAIN = "try again"


AnySound: TypeAlias = RecordingRow | VoicemailRow | FormAnswerRow


class Packing:
    def __init__(
        self,
        state: Path,
        records: Records,
        voicemail_kept: Callable[[VoicemailRow], Awaitable[None]],
        alarm: Callable[[Text, bool], None],
    ) -> None:
        self._state, self._records, self._alarm = state, records, alarm
        self._voicemail_kept = voicemail_kept
        self._begun: dict[str, RecordingRow] = {}
        self._queue: asyncio.Queue[AnySound] = asyncio.Queue()
        self._queued: set[str] = set()
        """Names of the files that this run takes care of."""
        self._not_packed: set[str] = set()

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
        self._enqueue(row)

    def switch_restarted(self, live_calls: Collection[str]) -> None:
        """A new switch knows nothing of recordings whose calls ended while it was away."""
        for call_id in tuple(self._begun):
            if call_id not in live_calls:
                self.ended(call_id, 0)

    def message(self, row: VoicemailRow) -> None:
        self._enqueue(row)

    def answer(self, row: FormAnswerRow) -> None:
        self._enqueue(row)

    async def run(self) -> None:
        """Pack one after another until cancelled; what is left then waits for the next start."""
        while True:
            row = await self._queue.get()
            if isinstance(row, VoicemailRow):
                await self._pack_message(row)
            elif isinstance(row, FormAnswerRow):
                await self._pack_answer(row)
            else:
                await self._pack_recording(row)

    def _enqueue(self, row: AnySound) -> None:
        self._queued.add(row.file or "")
        self._queue.put_nowait(row)

    async def leftovers(self, office: Office) -> None:
        """Queue what a crash or a power cut left behind; calls that are up keep theirs."""
        rows = await asyncio.to_thread(self._records.archive.recordings_in, *UNPACKED)
        messages = await asyncio.to_thread(self._left_messages, office.config)
        answers = await asyncio.to_thread(self._records.archive.form_answers_to_pack)
        everything: tuple[AnySound, ...] = (*rows, *messages, *answers)
        left = [
            row
            for row in everything
            if row.call_id not in office.calls and row.file not in self._queued
        ]
        for row in left:
            office.wires.tell_switch(Stop(record_id=_record_id(row)))
        if left:
            # A recorder that outlived the exchange writes its last second now.
            await asyncio.sleep(LAST_SECOND_S)
        for row in left:
            self._enqueue(row)

    async def _pack_recording(self, row: RecordingRow) -> None:
        part = self._state / "recordings" / row.file
        packed = await self._pack(part)
        if packed is Unpacked.TRY_AGAIN:
            self._try_again(row)
            return
        if packed is Unpacked.NOTHING_TO_SAVE:
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
        if packed is Unpacked.TRY_AGAIN:
            self._try_again(row)
            return
        if packed is Unpacked.NOTHING_TO_SAVE:
            return
        whole = {"file": f"{row.voicemail_id}{PACKED}", "duration_ms": packed.duration_ms}
        row = row.model_copy(update=whole)
        try:
            await self._records.voicemails.add(row)
        except StorageFault:
            return  # the journal has raised its alarm and writes the row later
        # The part goes last: after a power cut before that, all of this is done again.
        await self._voicemail_kept(row)
        await asyncio.to_thread(part.unlink, missing_ok=True)

    async def _pack_answer(self, row: FormAnswerRow) -> None:
        part = self._state / "voicemail" / (row.file or "")
        packed = await self._pack(part)
        if packed is Unpacked.TRY_AGAIN:
            self._try_again(row)
            return
        answers = self._records.form_answers
        try:
            if packed is Unpacked.NOTHING_TO_SAVE:
                await answers.delete(row, datetime.now(UTC))
                return
            file = str(Path(row.file or "").with_suffix(PACKED))
            whole = {"file": file, "duration_ms": packed.duration_ms}
            await answers.keep(row.model_copy(update=whole))
        except StorageFault:
            return  # the journal has raised its alarm and writes the row later
        await asyncio.to_thread(part.unlink, missing_ok=True)

    def _try_again(self, row: AnySound) -> None:
        asyncio.get_running_loop().call_later(AGAIN_S, self._queue.put_nowait, row)

    async def _pack(self, part: Path, name: str | None = None) -> Packed | Unpacked:
        """Return what came of it; an alarm is up while files wait for another try."""
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
        again = worker.returncode not in (0, NOTHING_TO_SAVE)
        self._tell_waiting(part.name, again)
        if again:
            return Unpacked.TRY_AGAIN
        if worker.returncode == NOTHING_TO_SAVE:
            return Unpacked.NOTHING_TO_SAVE
        return Packed(int(said), out.stat().st_size)

    def _tell_waiting(self, file: str, waits: bool) -> None:
        """Keep the alarm up as long as one file waits."""
        if waits:
            self._not_packed.add(file)
            self._alarm(Text(code=NOT_PACKED, args={"file": file}), True)
        elif file in self._not_packed:
            self._not_packed.remove(file)
            if not self._not_packed:
                self._alarm(Text(code=NOT_PACKED, args={"file": file}), False)

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


def _record_id(row: AnySound) -> str:
    if isinstance(row, VoicemailRow):
        return row.voicemail_id
    return row.answer_id if isinstance(row, FormAnswerRow) else row.call_id
