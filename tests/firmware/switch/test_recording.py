"""Recordings: what is on which channel, what a crash or a full disk costs, what packing makes."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.contract.errors import StorageFault
from firmware.contract.message import Message
from firmware.contract.pcm import FRAME_MS, Samples
from firmware.contract.switching import (
    ConnectLeg,
    Record,
    Recorded,
    SpanSeen,
    Stop,
    SwitchAlarm,
)
from firmware.dsp import g711
from firmware.switch import recording_files
from firmware.switch.disk_thread import DiskThread
from firmware.switch.pack import pack
from firmware.switch.part import FILE_HEADER, FRAME_BYTES, pack_piece
from firmware.switch.recorders import DESERTED_FRAMES, WAITING_PIECES
from tests.firmware.switch.board import Board, level
from tests.firmware.switch.process import CardStand, SwitchProcess, Talk, short_folder


class Studio:
    """A board whose recordings really go to the disk, a round of the disk thread at a time."""

    def __init__(self, folder: Path, reserve_bytes: int = 0) -> None:
        self.folder = folder
        self.part = folder / "recordings" / "call.part"
        self.told: list[Message] = []
        self.disk = DiskThread(self.told.append, reserve_bytes)
        self.board = Board()
        self._now_s = 0.0

    def order(self, outside: str, office: str, **more: object) -> Record:
        fields = {"record_id": "r-1", "file": str(self.part)} | more
        return Record.model_validate(
            fields | {"outside": frozenset(outside), "office": frozenset(office)}
        )

    def record(self, order: Record) -> None:
        self.board.record(order, self.disk.sink(order))

    def work(self) -> None:
        self._now_s += 1
        self.disk.work(self._now_s)

    def stop(self, record_id: str = "r-1") -> Recorded:
        self.board.switchboard.apply(Stop(record_id=record_id))
        self.work()
        (recorded,) = [n for n in self.told if isinstance(n, Recorded)]
        return recorded

    def sound(self) -> tuple[Samples, int]:
        """Return the packed recording, shape (samples, 2), and its length in ms."""
        out = self.folder / "call.flac"
        length_ms = pack(self.part, out)
        sound, rate = soundfile.read(str(out), dtype="int16")
        assert rate == 8000
        return np.asarray(sound, np.int16), length_ms


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    studio = Studio(tmp_path)
    for leg in "abc":
        studio.board.connect(leg, "room")
    return studio


def as_recorded(value: int) -> int:
    return int(g711.from_alaw(g711.to_alaw(np.array([value], np.int16)))[0])


def test_left_is_the_outside_and_right_the_office(studio: Studio) -> None:
    studio.record(studio.order("a", "bc"))
    for _ in range(25):
        studio.board.step({"a": level(1000), "b": level(200), "c": level(-3000)})

    recorded = studio.stop()
    sound, length_ms = studio.sound()

    assert recorded == Recorded(record_id="r-1", duration_ms=500)
    assert length_ms == 500
    assert sound.shape == (4000, 2)
    assert (sound[:, 0] == as_recorded(1000)).all()
    assert (sound[:, 1] == as_recorded(-2800)).all()


def test_what_the_box_plays_to_the_caller_is_on_the_right(studio: Studio) -> None:
    studio.record(studio.order("a", "b"))
    studio.board.play("a", "p-1", np.full(10 * 160, 700, np.int16))
    studio.board.play("c", "p-2", np.full(10 * 160, 900, np.int16))
    for _ in range(20):
        studio.board.step({"a": level(1000), "b": level(200)})

    studio.stop()
    sound, _ = studio.sound()

    assert (sound[:, 0] == as_recorded(1000)).all()
    assert (sound[:1600, 1] == as_recorded(900)).all(), "the prompt and the leg, summed"
    assert (sound[1600:, 1] == as_recorded(200)).all()


def test_a_transfer_goes_on_in_the_same_file_with_other_legs(studio: Studio) -> None:
    studio.record(studio.order("a", "b"))
    studio.board.step({"b": level(500)})
    studio.record(studio.order("a", "c"))
    studio.board.disconnect("b")
    studio.board.step({"c": level(-500)})
    studio.stop()

    sound, _ = studio.sound()
    assert [int(sound[0, 1]), int(sound[160, 1])] == [as_recorded(500), as_recorded(-500)]


def test_a_pause_leaves_silence_of_its_length(studio: Studio) -> None:
    for paused in (False, True, False, True):
        studio.record(studio.order("a", "b", paused=paused))
        studio.board.step({"a": level(700)})
    recorded = studio.stop()

    sound, _ = studio.sound()
    assert recorded.duration_ms == 80
    assert sound[::160, 0].tolist() == [as_recorded(700), 0, as_recorded(700), 0]


def test_a_recording_ends_at_its_longest_length_by_itself(studio: Studio) -> None:
    studio.record(studio.order("a", "b", max_s=1))
    for _ in range(60):
        studio.board.step()
    studio.work()

    assert studio.told == [Recorded(record_id="r-1", duration_ms=1000)]


def test_each_recording_ends_at_its_own_longest_length(studio: Studio) -> None:
    studio.record(studio.order("a", "b", max_s=1))
    for _ in range(7):
        studio.board.step()
    other = studio.folder / "other.part"
    studio.record(studio.order("c", "b", record_id="r-2", file=str(other), max_s=1))
    for _ in range(60):
        studio.board.step()
    studio.work()

    assert studio.told == [
        Recorded(record_id="r-1", duration_ms=1000),
        Recorded(record_id="r-2", duration_ms=1000),
    ]


def test_a_recording_that_all_legs_have_left_ends_by_itself(studio: Studio) -> None:
    studio.record(studio.order("a", "b"))
    studio.board.step()
    for leg in "ab":
        studio.board.disconnect(leg)
    for _ in range(DESERTED_FRAMES + 1):
        studio.board.step()
        studio.work()

    duration_ms = (DESERTED_FRAMES + 1) * FRAME_MS
    assert studio.told == [Recorded(record_id="r-1", duration_ms=duration_ms)]


def test_many_recordings_reach_the_disk_in_one_stroke(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    for number in range(5):
        file = str(studio.folder / f"{number}.part")
        studio.record(studio.order("a", "b", record_id=f"r-{number}", file=file))
    for _ in range(20):
        studio.board.step({"a": level(100)})
    studio.work()

    assert synced == [], "a sync for each file would be a write of the journal for each"
    studio.board.switchboard.apply(Stop(record_id="r-0"))
    for _ in range(10):
        studio.board.step({"a": level(100)})
    studio.work()
    assert len(synced) == 1, "the last words of the one that ended"


def test_a_disk_that_fails_to_sync_is_told_once_for_all(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        file = str(studio.folder / f"{number}.part")
        studio.record(studio.order("a", "b", record_id=f"r-{number}", file=file))
    for _ in range(10):
        studio.board.step({"a": level(100)})

    def broken(_fd: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(recording_files, "_sync_disk", broken)
        studio.work()
    studio.work()

    alarms = [n for n in studio.told if isinstance(n, SwitchAlarm)]
    assert [(alarm.text.code, alarm.raised) for alarm in alarms] == [
        ("recording.disk-fault", True),
        ("recording.disk-fault", False),
    ]


def test_two_recordings_do_not_mix(studio: Studio) -> None:
    other = studio.folder / "other.part"
    studio.record(studio.order("a", "b"))
    studio.record(studio.order("c", "b", record_id="r-2", file=str(other)))
    studio.board.step({"a": level(100), "b": level(200), "c": level(300)})
    studio.board.switchboard.apply(Stop(record_id="r-2"))
    studio.work()
    studio.told.clear()
    studio.stop()

    first, _ = studio.sound()
    studio.part = other
    second, _ = studio.sound()
    assert first[0].tolist() == [as_recorded(100), as_recorded(200)]
    assert second[0].tolist() == [as_recorded(300), as_recorded(200)]


def test_a_switch_that_restarted_goes_on_in_the_file(studio: Studio) -> None:
    studio.record(studio.order("a", "b"))
    for _ in range(10):
        studio.board.step({"a": level(100)})
    studio.work()
    with studio.part.open("ab") as torn:
        torn.write(pack_piece(10, bytes(3200))[:1000])

    again = Studio(studio.folder)
    again.board.connect("a")
    again.record(again.order("a", ""))
    for _ in range(5):
        again.board.step({"a": level(-100)})
    recorded = again.stop()

    sound, _ = again.sound()
    assert recorded.duration_ms == 300
    assert sound[::160, 0].tolist() == [as_recorded(100)] * 10 + [as_recorded(-100)] * 5


def test_a_file_that_is_something_else_is_left_alone(studio: Studio) -> None:
    studio.part.parent.mkdir()
    studio.part.write_text("the only copy of my novel")
    studio.record(studio.order("a", "b"))
    studio.board.step()
    recorded = studio.stop()

    assert studio.part.read_text() == "the only copy of my novel"
    assert recorded.fault is not None
    assert recorded.fault.code == "recording.not-a-recording"


# ---- full and broken disks


def test_a_disk_fault_raises_one_alarm_and_everything_else_goes_on(studio: Studio) -> None:
    no_folder = studio.folder / "file"
    no_folder.touch()
    good = studio.folder / "good.part"
    studio.record(studio.order("a", "b", file=str(no_folder / "a.part")))
    studio.record(studio.order("a", "b", record_id="r-2", file=str(good)))
    for _ in range(20):
        heard = studio.board.step({"a": level(10)})
    studio.work()
    studio.work()

    assert heard["b"][0] == 10
    assert good.stat().st_size > 20 * FRAME_BYTES
    codes = [(n.text.code, n.raised) for n in studio.told if isinstance(n, SwitchAlarm)]
    assert codes == [("recording.disk-fault", True)]


def test_recording_goes_on_when_there_is_space_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True
    write = os.pwrite

    def pwrite(fd: int, data: bytes, offset: int) -> int:
        if full and offset:
            raise OSError(28, "No space left on device")
        return write(fd, data, offset)

    monkeypatch.setattr(os, "pwrite", pwrite)
    studio.record(studio.order("a", "b"))
    for _ in range(20):
        studio.board.step({"a": level(10)})
    studio.work()
    assert [type(n) for n in studio.told] == [SwitchAlarm]

    full = False
    studio.work()
    recorded = studio.stop()

    assert recorded.fault is None
    assert recorded.duration_ms == 400
    alarms = [(n.text.code, n.raised) for n in studio.told if isinstance(n, SwitchAlarm)]
    assert alarms == [("recording.disk-full", True), ("recording.disk-full", False)]


def test_the_alarm_is_taken_back_when_there_is_space_though_nothing_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_room = False
    real = os.statvfs

    def statvfs(path: Path) -> os.statvfs_result:
        space = list(real(path))
        return os.statvfs_result([*space[:4], 1 << 40 if has_room else 0, *space[5:]])

    monkeypatch.setattr(os, "statvfs", statvfs)
    studio = Studio(tmp_path, reserve_bytes=1 << 50)
    studio.board.connect("a")
    studio.record(studio.order("a", ""))
    studio.board.step()
    studio.work()
    studio.stop()
    studio.work()
    assert [n.raised for n in studio.told if isinstance(n, SwitchAlarm)] == [True]
    has_room = True
    studio.work()

    alarms = [(n.text.code, n.raised) for n in studio.told if isinstance(n, SwitchAlarm)]
    assert alarms == [("recording.disk-full", True), ("recording.disk-full", False)]


def test_the_last_space_is_left_to_the_database(tmp_path: Path) -> None:
    studio = Studio(tmp_path, reserve_bytes=1 << 60)
    studio.board.connect("a")
    studio.record(studio.order("a", ""))
    for _ in range(20):
        studio.board.step()
    studio.work()

    assert studio.part.stat().st_size == len(FILE_HEADER)
    recorded = studio.stop()
    assert recorded.fault is not None
    assert recorded.fault.code == "recording.disk-full"


def test_a_disk_that_stalls_costs_a_gap_and_no_memory(studio: Studio) -> None:
    order = studio.order("a", "b")
    sink = studio.disk.sink(order)
    studio.record(order)
    for _ in range(WAITING_PIECES * 10 + 30):
        studio.board.step({"a": level(10)})

    assert len(sink.pieces) == WAITING_PIECES
    studio.work()
    for _ in range(10):
        studio.board.step({"a": level(10)})
    recorded = studio.stop()
    sound, _ = studio.sound()

    assert recorded.duration_ms == (WAITING_PIECES * 10 + 40) * FRAME_MS
    assert recorded.fault is not None
    assert recorded.fault.code == "recording.disk-slow"
    kept = (sound[::160, 0] == as_recorded(10)).tolist()
    assert kept == [True] * 500 + [False] * 30 + [True] * 10
    assert not sound[500 * 160 : 530 * 160].any()


# ---- packing


def frames(count: int, value: int) -> bytes:
    codes = g711.to_alaw(np.full(FRAME_BYTES, value, np.int16))
    return codes.tobytes() * count


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4000), st.binary(max_size=300))
def test_a_torn_file_packs_to_whole_frames(cut: int, garbage: bytes) -> None:
    with short_folder() as folder:
        whole = FILE_HEADER + pack_piece(0, frames(5, 100)) + pack_piece(5, frames(5, 200))
        part, out = folder / "a.part", folder / "a.flac"
        part.write_bytes(whole[:cut] + garbage)
        try:
            length_ms = pack(part, out)
        except StorageFault:
            assert not out.exists()
            assert cut < len(FILE_HEADER) + 16 + 5 * FRAME_BYTES
        else:
            assert length_ms in (100, 200)
            assert soundfile.info(str(out)).frames == length_ms * 8
        assert not list(folder.glob("*.new"))


def test_packing_again_what_is_packed_already_is_no_fault(tmp_path: Path) -> None:
    part, out = tmp_path / "a.part", tmp_path / "a.flac"
    part.write_bytes(FILE_HEADER + pack_piece(0, frames(50, 100)))
    first = pack(part, out)
    part.unlink()

    assert pack(part, out) == first == 1000


def test_packing_as_its_own_process_prints_the_length_or_the_fault(tmp_path: Path) -> None:
    part, out = tmp_path / "a.part", tmp_path / "a.flac"
    part.write_bytes(FILE_HEADER + pack_piece(0, frames(50, 100)))
    command = [sys.executable, "-m", "firmware.switch.pack"]
    good = subprocess.run([*command, part, out], capture_output=True, check=False)
    none = [tmp_path / "no.part", tmp_path / "no.flac"]
    bad = subprocess.run([*command, *none], capture_output=True, check=False)

    assert (good.returncode, good.stdout) == (0, b"1000\n")
    assert bad.returncode == 1
    assert b"recording.disk-fault" in bad.stderr


# ---- the real process


@pytest.fixture
def switch() -> Iterator[SwitchProcess]:
    with short_folder() as state, SwitchProcess(state) as process:
        process.exchange.accept()
        yield process


def start_recording(switch: SwitchProcess, card: CardStand) -> tuple[Talk, Path]:
    """Record two legs; each block says its own number, so that its time can be read back."""
    card.connect()
    switch.exchange.wait(SpanSeen)
    talk = Talk(card, {"a": lambda frame: level(100 * (1 + frame % 300)), "b": lambda _: level(9)})
    for leg, timeslot in talk.timeslots.items():
        switch.exchange.send(
            ConnectLeg(leg_id=leg, span="virtual", timeslot=timeslot.index, room="r")
        )
    part = switch.state / "recordings" / "call.part"
    switch.exchange.send(
        Record(record_id="r-1", file=str(part), outside=frozenset("a"), office=frozenset("b"))
    )
    return talk, part


def test_a_killed_switch_loses_less_than_the_last_second(switch: SwitchProcess) -> None:
    card = CardStand(switch.state)
    talk, part = start_recording(switch, card)
    for _ in range(150):
        talk.step()
    switch.signal(signal.SIGKILL)
    out = switch.state / "call.flac"
    length_ms = pack(part, out)
    sound, _ = soundfile.read(str(out), dtype="int16")
    card.close()

    last_said = 100 * (talk.frame)
    last_kept = int(sound[-1, 0])
    assert length_ms >= 1000
    assert (last_said - last_kept) / 100 * FRAME_MS < 1000


def test_a_stopped_recording_says_its_length_and_so_does_a_switch_that_stops(
    switch: SwitchProcess,
) -> None:
    card = CardStand(switch.state)
    talk, part = start_recording(switch, card)
    for _ in range(30):
        talk.step()
    assert switch.signal(signal.SIGTERM) == 0
    recorded = switch.exchange.wait(Recorded)
    card.close()

    assert recorded.fault is None
    assert recorded.duration_ms == pack(part, switch.state / "call.flac")
