"""kill -9 at random moments of everything that may die, while calls are recorded and written."""

import os
import random
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from firmware.store.archive import Archive
from firmware.store.rows import CallStory, RecordingState
from tests.practice_box import PracticeBox, wait_for
from tests.soak.callers import Caller
from tests.soak.lengths import soak_length
from tests.sound import read_sound

VICTIMS: Final = ("firmware.exchange", "drivers gsm", "firmware.switch", "webui", "drivers virtual")
LINES: Final = ("gsm-1", "gsm-2", "gsm-3", "gsm-4")
KEYS: Final = ("", "0", "0", "2")
"""What callers press: nothing, the workshop's phone, a message."""
KILLS: Final = soak_length("KILLS", 300)
SEED: Final = soak_length("SEED", 20_261_121)
BACK_WITHIN_S: Final = 30.0
SETTLED: Final = {RecordingState.PACKED, RecordingState.LOST}
PAGE: Final = 500


@dataclass
class Office:
    """A box whose lines are kept busy, and every call that was ever seen on it."""

    box: PracticeBox
    dice: random.Random
    callers: dict[str, Caller] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    made: int = 0

    def keep_busy(self) -> None:
        for line in LINES:
            caller = self.callers.get(line)
            if caller is not None and caller.is_over():
                caller.hang_up()
                caller = None
            if caller is None:
                self.callers[line] = self._new_caller(line)

    def _new_caller(self, line: str) -> Caller:
        self.made += 1
        return Caller.calls(
            self.box,
            line,
            say=True,
            press=self.dice.choice(KEYS),
            press_after_s=self.dice.uniform(3, 6),
            hang_up_after_s=self.dice.uniform(2, 20),
        )

    def look(self) -> None:
        self.seen |= {call["call_id"] for call in self.box.live_calls()}

    def go_on_for(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self.keep_busy()
            self.look()
            time.sleep(0.1)

    def all_hang_up(self) -> None:
        for caller in self.callers.values():
            caller.hang_up()
        wait_for("no call left", self._is_quiet, 60)

    def _is_quiet(self) -> bool:
        snapshot = self.box.try_snapshot()
        return bool(snapshot) and snapshot["calls"] == []


def is_back(box: PracticeBox, module: str, killed: int) -> bool:
    children = box.processes()
    started = any(name.startswith(module) and pid != killed for pid, name in children.items())
    return started and box.lines_ready() and _all_connected(box)


def _all_connected(box: PracticeBox) -> bool:
    processes = box.try_snapshot().get("processes", [])
    return bool(processes) and all(view["connected"] for view in processes)


@pytest.mark.timeout(10 * 3600)
def test_hundreds_of_kills_lose_no_record_and_no_recording(own_box: PracticeBox) -> None:
    office = Office(own_box, random.Random(SEED))
    took_s: dict[str, list[float]] = defaultdict(list)
    for number in range(KILLS):
        office.go_on_for(office.dice.uniform(0.5, 8))
        victim = VICTIMS[number % len(VICTIMS)]
        killed = own_box.kill(victim)

        def back(victim: str = victim, killed: int = killed) -> bool:
            office.look()
            return is_back(own_box, victim, killed)

        took_s[victim].append(wait_for(f"{victim} back (kill {number})", back, BACK_WITHIN_S))
    office.all_hang_up()
    stories = all_stories(own_box)
    print_table(took_s, office, stories, own_box)

    assert office.seen <= {story.call.call_id for story in stories}, "a record is lost"
    assert [s.call.call_id for s in stories if s.call.ended_at is None] == []
    assert unplayable(own_box, stories) == []


def all_stories(box: PracticeBox) -> list[CallStory]:
    """Return every call of the archive once no recording waits to be packed."""
    archive = Archive(box.state / "tipring.db")

    def packed() -> bool:
        return all(one.recording is None or one.recording.state in SETTLED for one in read())

    def read() -> list[CallStory]:
        found: list[str] = []
        while page := archive.calls(before=found[-1] if found else None, limit=PAGE):
            found += [row.call_id for row in page]
        return [archive.story(call_id) for call_id in found]

    wait_for("every recording is packed", packed, 120)
    return read()


def unplayable(box: PracticeBox, stories: list[CallStory]) -> list[str]:
    """Name every recording that is lost, cannot be read or misses over a second of its length."""
    faults = []
    for story in stories:
        recording = story.recording
        if recording is None:
            continue
        file = box.state / "recordings" / recording.file
        if recording.state is RecordingState.LOST:
            steps = [step.what.code for step in story.steps]
            faults.append(f"{story.call.call_id} lost after {recording.duration_ms} ms: {steps}")
        elif abs(_length_ms(file) - recording.duration_ms) > 1000:
            faults.append(f"{file.name}: {_length_ms(file)} ms, not {recording.duration_ms}")
    return faults


def _length_ms(file: Path) -> int:
    sound = read_sound(file)
    assert sound.shape[1] == 2, file
    return len(sound) // 8


def print_table(
    took_s: dict[str, list[float]], office: Office, stories: list[CallStory], box: PracticeBox
) -> None:
    print(f"\nkill -9 at random moments, {KILLS} kills, seed {SEED}, load {os.getloadavg()[1]:.1f}")
    print(f"{'killed':<20}{'times':>6}{'back after s: median':>22}{'max':>6}")
    for victim, seconds in took_s.items():
        middle, longest = statistics.median(seconds), max(seconds)
        print(f"{victim:<20}{len(seconds):>6}{middle:>22.1f}{longest:>6.1f}")
    recordings = [story.recording for story in stories if story.recording is not None]
    lost = sum(recording.state is RecordingState.LOST for recording in recordings)
    minutes = sum(recording.duration_ms for recording in recordings) / 60_000
    print(
        f"{office.made} callers, {len(office.seen)} calls seen, {len(stories)} on record; "
        f"{len(recordings)} recordings of {minutes:.1f} minutes, {lost} lost, "
        f"{len(unplayable(box, stories)) - lost} unplayable"
    )
    short = sorted(filter(None, map(missing_s, stories)))
    print(f"missing of a recording, s: median {statistics.median(short):.1f}, max {short[-1]:.1f}")


def missing_s(story: CallStory) -> float | None:
    """Return how much of the call, from the recording's beginning to its end, is not in it."""
    if story.recording is None or story.call.ended_at is None:
        return None
    whole_s = (story.call.ended_at - story.call.began_at).total_seconds()
    return whole_s - (story.recording.began_ms + story.recording.duration_ms) / 1000
