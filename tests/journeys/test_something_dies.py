"""Processes die in mid-call: others go on, records and recordings survive."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.store.archive import Archive
from firmware.store.rows import CallStory, Disposition, RecordingState
from tests.practice_box import PracticeBox, wait_for
from tests.sound import marker, read_sound, seconds_of, write_wav

CALLER_HZ = 620.0


def talk(box: PracticeBox, line: str, voice: Path) -> str:
    """Bring a caller and the workshop's phone together; return the call's id."""
    known = {call["call_id"] for call in box.live_calls()}
    box.call_menu(line, "0", say=voice, hangup_after=90)
    call = box.wait_for_call(
        lambda view: view["phase"] == "talking" and view["call_id"] not in known, 40
    )
    call_id: str = call["call_id"]
    return call_id


def story(box: PracticeBox, call_id: str) -> CallStory:
    return Archive(box.state / "tipring.db").story(call_id)


def recorded(box: PracticeBox, call_id: str) -> bool:
    recording = story(box, call_id).recording
    return recording is not None and recording.state is RecordingState.PACKED


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "caller.wav", marker(CALLER_HZ, 100))


def test_a_dead_card_ends_its_own_calls_only(own_box: PracticeBox, voice: Path) -> None:
    lost = talk(own_box, "gsm-1", voice)
    own_box.call_in("fxo-1", hangup_after=60)
    other = own_box.wait_for_call(lambda view: view["line_id"] == "fxo-1", 20)["call_id"]

    own_box.kill("drivers gsm")

    wait_for("the lost call is over", lambda: story(own_box, lost).call.ended_at is not None, 10)
    assert [call["call_id"] for call in own_box.live_calls()] == [other]
    wait_for("all lines back", own_box.lines_ready, 15)
    assert own_box.live_calls()[0]["call_id"] == other
    assert story(own_box, lost).call.cause == 41
    wait_for("the recording is packed", lambda: recorded(own_box, lost), 20)


def test_calls_do_not_notice_a_dead_page(own_box: PracticeBox, voice: Path) -> None:
    call = talk(own_box, "gsm-1", voice)

    own_box.kill("webui")

    wait_for(
        "the page is back",
        lambda: any(name.startswith("webui") for name in own_box.processes().values()),
        10,
    )
    assert own_box.live_calls()[0]["call_id"] == call


def test_a_dead_exchange_takes_the_talk_up_again(own_box: PracticeBox, voice: Path) -> None:
    call = talk(own_box, "gsm-1", voice)

    own_box.kill("firmware.exchange")

    took_s = wait_for("lines ready again", own_box.lines_ready, 15)
    print(f"exchange killed: lines ready after {took_s:.1f} s")  # noqa: T201  a figure to see
    live = own_box.wait_for_call(lambda view: view["call_id"] == call, 5)
    assert live["phase"] == "talking"
    own_box.phone("phone-2", "hangup")
    wait_for("the call is over", lambda: story(own_box, call).call.ended_at is not None, 15)
    assert story(own_box, call).call.disposition is Disposition.ANSWERED
    wait_for("the recording is packed", lambda: recorded(own_box, call), 20)
    recording = story(own_box, call).recording
    assert recording is not None
    sound = read_sound(own_box.state / "recordings" / recording.file)
    assert seconds_of(CALLER_HZ, sound[:, 0]) > 2


def test_a_dead_exchange_clears_a_caller_in_the_menu(own_box: PracticeBox) -> None:
    own_box.call_in("gsm-2", hangup_after=60)
    call = own_box.wait_for_call(lambda view: view["phase"] == "menu", 20)["call_id"]

    own_box.kill("firmware.exchange")

    wait_for("lines ready again", own_box.lines_ready, 15)
    wait_for("the call is over", lambda: story(own_box, call).call.ended_at is not None, 10)
    assert story(own_box, call).call.cause == 41
    assert own_box.live_calls() == []


def test_a_dead_switch_comes_back_with_the_talk(own_box: PracticeBox, voice: Path) -> None:
    call = talk(own_box, "gsm-1", voice)

    own_box.kill("firmware.switch")

    wait_for("the switch is back", lambda: _connected(own_box, "switch"), 10)
    assert own_box.live_calls()[0]["call_id"] == call
    own_box.phone("phone-2", "hangup")
    wait_for("the recording is packed", lambda: recorded(own_box, call), 30)


def _connected(box: PracticeBox, process: str) -> bool:
    states: dict[str, bool] = {
        view["name"]: view["connected"] for view in box.snapshot()["processes"]
    }
    return states.get(process, False)


def test_ten_kills_lose_no_record(own_box: PracticeBox) -> None:
    """kill -9 of the exchange while calls begin, end and are written; soak has hundreds."""
    archive = Archive(own_box.state / "tipring.db")
    lines = itertools.cycle(("gsm-1", "gsm-2", "gsm-3", "gsm-4"))
    seen: set[str] = set()
    for _kill in range(10):
        own_box.call_in(next(lines), hangup_after=30)
        seen.add(own_box.wait_for_call(lambda view: view["call_id"] not in seen, 20)["call_id"])
        own_box.kill("firmware.exchange")
        wait_for("lines ready again", own_box.lines_ready, 20)
        wait_for(
            "calls are closed",
            lambda: all(archive.story(call).call.ended_at is not None for call in seen),
            10,
        )
    assert {row.call_id for row in archive.calls(limit=100)} >= seen


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A state folder on a disk of its own that is easily filled."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(state)], check=True)
    yield state
    subprocess.run(["umount", "-l", str(state)], check=True)
    shutil.rmtree(state, ignore_errors=True)


def test_full_disk_gives_an_alarm_and_calls_go_on(small_disk: Path, voice: Path) -> None:
    box = PracticeBox.start(keep=small_disk)
    try:
        talk(box, "gsm-1", voice)
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as file:  # nothing is left to write when it is closed
            try:
                while True:
                    file.write(b"\0" * 65_536)
            except OSError:
                pass

        wait_for("an alarm about the disk", lambda: bool(box.snapshot()["alarms"]), 30)
        assert box.live_calls()[0]["phase"] == "talking"
        box.phone("phone-2", "hangup")
        second = box.call_in("gsm-2", hangup_after=6).outcome()
        assert second["answered"]
        filler.unlink()
        wait_for("the alarm is taken back", lambda: box.snapshot()["alarms"] == [], 40)
    finally:
        box.stop()
