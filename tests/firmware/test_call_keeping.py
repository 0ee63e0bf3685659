"""Stars, notes, listening, deleting: kept once they are answered, refused in a sentence."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from firmware.contract.errors import NotFound
from firmware.store.archive import Archive
from firmware.store.call_filter import CallFilter
from firmware.store.rows import RecordingRow, RecordingState
from tests.firmware.scripted_box import eventually_async, new_state
from tests.firmware.scripted_card import ControlClient
from tests.firmware.scripted_office import SCRIPTED_OFFICE
from tests.firmware.store.rows_of import call, ended, leg, opened, step, voicemail

WHO: Final = "Ana"
WHY: Final = "the caller asked for it"
CALL: Final = ended(call(0))
WITH_MESSAGE: Final = ended(call(1))
STILL_WRITTEN: Final = ended(call(2))
STUCK: Final = ended(call(3))


@dataclass
class Kept:
    """A real exchange process over four calls on record."""

    state: Path
    control: ControlClient
    process: asyncio.subprocess.Process

    @property
    def archive(self) -> Archive:
        return Archive(self.state / "tipring.db")

    async def ask(self, do: str, call_id: str = CALL.call_id, **fields: object) -> Any:
        """Return what was answered: `ok`, or the code of the refusal."""
        answer = await self.control.ask(do, call_id=call_id, who=WHO, **fields)
        return answer["problem"]["code"] if answer["problem"] else answer["ok"]

    async def die(self) -> None:
        """End the process as the kernel would, without a moment for last words."""
        os.kill(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    def log(self, call_id: str = CALL.call_id) -> list[tuple[str, str, object]]:
        rows = self.archive.handling(call_id)
        return [(row.who, row.what.code, row.what.args.get("reason")) for row in rows]


async def _furnish(state: Path) -> None:
    async with opened(state) as records:
        for row in (CALL, WITH_MESSAGE, STILL_WRITTEN, STUCK):
            records.calls.put_leg(leg(row, number="+447700900101"))
            records.calls.add_step(row.call_id, step(0))
            await records.calls.finish(row)
            packed = row is not STILL_WRITTEN
            recording = RecordingRow(
                call_id=row.call_id,
                file=f"{row.call_id}.flac",
                state=RecordingState.PACKED if packed else RecordingState.RECORDED,
                began_ms=0,
            )
            records.recordings.begin(recording)
        await records.voicemails.add(voicemail(WITH_MESSAGE, file="message.flac"))
    for row in (CALL, WITH_MESSAGE):
        (state / "recordings" / f"{row.call_id}.flac").touch()
    (state / "voicemail" / "message.flac").touch()
    # What no unlink removes, whoever asks.
    (state / "recordings" / f"{STUCK.call_id}.flac").mkdir()


@pytest.fixture
async def kept(sounds: Path) -> AsyncIterator[Kept]:
    state = new_state(SCRIPTED_OFFICE, sounds)
    await _furnish(state)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "firmware.exchange", "--state", str(state)
    )
    control = await eventually_async(lambda: _connect(state), lambda found: found is not None)
    assert control is not None
    yield Kept(state, control, process)
    control.close()
    if process.returncode is None:
        process.kill()
        await process.wait()
    shutil.rmtree(state)


async def _connect(state: Path) -> ControlClient | None:
    try:
        return await ControlClient.connect(state)
    except OSError:
        return None


async def test_what_was_answered_is_there_after_kill_9(kept: Kept) -> None:
    assert await kept.ask("star-call", starred=True) is None
    note = await kept.ask("add-call-note", text="  wants an offer  ")
    heard = await kept.control.ask("note-hearing", call_ids=[CALL.call_id], how="played", who=WHO)
    assert heard["problem"] is None
    assert await kept.ask("delete-recording", reason=WHY) is None
    await kept.die()

    story = kept.archive.story(CALL.call_id)
    assert story.starred
    assert [(one.note_id, one.who, one.text) for one in story.notes] == [
        (note["note_id"], WHO, "wants an offer")
    ]
    assert story.recording is not None
    assert story.recording.state is RecordingState.DELETED
    assert not (kept.state / "recordings" / f"{CALL.call_id}.flac").exists()
    assert kept.log() == [
        (WHO, "audit.listened-call", None),
        (WHO, "audit.deleted-recording", WHY),
    ]
    assert [row.call_id for row in kept.archive.calls(CallFilter(text="an offer"))] == [
        CALL.call_id
    ]


async def test_a_deleted_call_leaves_nothing_but_the_note_that_it_was(kept: Kept) -> None:
    call_id = WITH_MESSAGE.call_id
    await kept.ask("add-call-note", call_id, text="private matters")
    assert await kept.ask("delete-call", call_id, reason=WHY) is None
    await kept.die()

    with pytest.raises(NotFound):
        kept.archive.story(call_id)
    assert kept.archive.calls(CallFilter(text="private")) == ()
    assert call_id not in {row.call_id for row in kept.archive.calls()}
    assert kept.archive.new_voicemails() == 0
    assert not (kept.state / "voicemail" / "message.flac").exists()
    assert not (kept.state / "recordings" / f"{call_id}.flac").exists()
    assert kept.log(call_id)[-1] == (WHO, "audit.deleted-call", WHY)
    assert len(kept.archive.calls()) == 3


async def test_what_cannot_be_done_is_refused_with_its_reason(kept: Kept) -> None:
    unknown = "01JD7Z000000000000000000X0"
    for do, more in (
        ("star-call", {"starred": True}),
        ("add-call-note", {"text": "x"}),
        ("remove-call-note", {"note_id": unknown}),
        ("delete-recording", {"reason": WHY}),
        ("delete-call", {"reason": WHY}),
    ):
        assert await kept.ask(do, unknown, **more) == "store.no-such-call", do
    written = STILL_WRITTEN.call_id
    for do in ("delete-recording", "delete-call"):
        assert await kept.ask(do, written, reason=WHY) == "control.recording-being-written"
        assert await kept.ask(do, reason="no") == "control.not-a-request"
    assert await kept.ask("remove-call-note", note_id=unknown) == "control.no-such-note"
    assert kept.log() == []


async def test_a_note_is_its_writers_to_remove(kept: Kept) -> None:
    note = (await kept.ask("add-call-note", text="mine"))["note_id"]
    other = await kept.control.ask(
        "remove-call-note", call_id=CALL.call_id, note_id=note, who="somebody else"
    )
    assert other["problem"]["code"] == "control.not-your-note"

    assert await kept.ask("remove-call-note", note_id=note) is None
    assert kept.archive.story(CALL.call_id).notes == ()
    assert kept.archive.calls(CallFilter(text="mine")) == ()


async def test_a_file_the_disk_does_not_let_go_is_told_and_can_be_tried_again(kept: Kept) -> None:
    stuck = STUCK.call_id
    for do in ("delete-recording", "delete-call", "delete-recording"):
        assert await kept.ask(do, stuck, reason=WHY) == "control.cannot-delete", do
    assert kept.archive.story(stuck).call.call_id == stuck

    (kept.state / "recordings" / f"{stuck}.flac").rmdir()
    assert await kept.ask("delete-recording", stuck, reason=WHY) == "control.no-recording"
    assert await kept.ask("delete-call", stuck, reason=WHY) is None
