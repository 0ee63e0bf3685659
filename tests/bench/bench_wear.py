"""How much the call records wear the SD card: bytes written per call-hour, recordings aside.

An hour of a small office is written as the exchange would: calls of three
minutes with their legs, story and money, at random moments; a window of 2 s is
closed as the store's own clock would close it. Counted is what the kernel was
asked to write to the device (write_bytes of /proc/self/io, whole pages), without
what the file system's own journal adds.

Run: `python tests/bench/bench_wear.py [FOLDER]`, FOLDER on the disk to measure.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import asyncio
import random
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

sys.path.insert(0, str(Path(__file__).parents[2]))

from firmware.contract.texts import Text
from firmware.contract.views import StoryStep
from firmware.store.durability import DELAY_S, Urgency
from firmware.store.journal import Change, Journal
from firmware.store.records import Records
from firmware.store.rows import CallRow, RecordingRow, RecordingState
from tests.bench.calibration import machine
from tests.firmware.store.rows_of import call, committed, ended, leg, spent

Moment: TypeAlias = tuple[float, Callable[[], Awaitable[None] | None]]
"""Second of the hour, and what is written then."""
CALLS: Final = 60
CALL_S: Final = 180
STORY_S: Final = (0.0, 0.1, 2.0, 2.1, 4.5, 4.6, 9.0, 9.1, 9.2, 14.0, 180.0, 180.1)
"""When the steps of one call happen: they come in bursts, then nothing until the end."""


class OneByOne(Journal):
    """Every row committed by itself, as a store without batches would; synced if told so."""

    urgency = Urgency.AT_ONCE

    def put(self, change: Change, urgency: Urgency) -> "Future[None]":
        done = super().put(change, self.urgency)
        done.result()
        return done


class OneByOneSynced(OneByOne):
    urgency = Urgency.SYNCED


WAYS: Final[dict[str, type[Journal]]] = {
    "as the store does it": Journal,
    "every row committed": OneByOne,
    "every row committed and synced": OneByOneSynced,
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd()
    print(machine())
    for way in WAYS:  # each in a process of its own, which is what the kernel counts for
        subprocess.run([sys.executable, __file__, folder, way], check=True)
    print(machine())


def measure(folder: Path, way: str) -> None:
    with tempfile.TemporaryDirectory(dir=folder) as state:
        before = written_bytes()
        asyncio.run(write_an_hour(Path(state), WAYS[way]))
        for file in Path(state).iterdir():
            with file.open("rb") as there:
                os.fsync(there.fileno())
        written = written_bytes() - before
    hours = CALLS * CALL_S / 3600
    print(f"{way:32}{written / hours / 1024:8.0f} KiB a call-hour", end="")
    print(f"{written / CALLS / 1024:8.1f} KiB a call")


async def write_an_hour(state: Path, kind: type[Journal]) -> None:
    journal = kind(state / "tipring.db", print)
    records = Records.on(journal, state / "tipring.db", "box")
    window_ends_s = 0.0
    for at_s, act in sorted(moments(records), key=lambda moment: moment[0]):
        if at_s > window_ends_s:
            await committed(records)
            window_ends_s = at_s + DELAY_S[Urgency.BATCHED]
        waited_for = act()
        if waited_for is not None:
            await waited_for
    await committed(records)
    journal.close()


def moments(records: Records) -> Iterator[Moment]:
    """Yield what is written in the hour, and when."""
    dice = random.Random(1)
    for minute in range(CALLS):
        began_s = dice.uniform(0, 3600)
        for at_s, act in moments_of_a_call(records, call(minute)):
            yield began_s + at_s, act


def moments_of_a_call(records: Records, row: CallRow) -> Iterator[Moment]:
    first, second = leg(row), leg(row, "leg-2", began_ms=9000, answered_ms=14_000)
    over = {"ended_ms": CALL_S * 1000}
    recording = RecordingRow(call_id=row.call_id, file="2026/11/21/one.flac", began_ms=4500)
    packed = recording.model_copy(update={"state": RecordingState.PACKED})
    yield 0.0, partial(records.calls.begin, row)
    yield 0.0, partial(records.calls.put_leg, first)
    yield 2.0, partial(records.calls.put_leg, first.model_copy(update={"answered_ms": 2000}))
    yield 4.5, partial(records.recordings.begin, recording)
    yield 14.0, partial(records.calls.put_leg, second)
    for at_s in STORY_S:
        step = StoryStep(at_ms=round(at_s * 1000), what=Text(code="call.step", args={"n": 1}))
        yield at_s, partial(records.calls.add_step, row.call_id, step)
    yield CALL_S, partial(records.calls.put_leg, first.model_copy(update=over))
    yield CALL_S, partial(records.calls.put_leg, second.model_copy(update=over))
    yield CALL_S, partial(records.recordings.change, packed)
    yield CALL_S + 0.2, partial(records.calls.finish, ended(row, CALL_S), spent())


def written_bytes() -> int:
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        measure(Path(sys.argv[1]), sys.argv[2])
    else:
        main()
