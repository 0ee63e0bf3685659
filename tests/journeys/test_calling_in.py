"""Outside parties call over the real wire of each line and talk to a phone of the office."""

from pathlib import Path

import pytest

from firmware.store.archive import Archive
from firmware.store.rows import CallStory, Disposition, RecordingState
from tests.practice_box import PracticeBox, wait_for
from tests.sound import marker, read_sound, seconds_of, write_wav

CALLER_HZ = 620.0
PHONE_HZ = 1_000.0
"""The practice phones say this marker."""
FULL_DUPLEX_LINES = ("gsm-1", "gsm-3", "gsm-4", "fxo-1")


@pytest.mark.parametrize("line", FULL_DUPLEX_LINES)
def test_key_connects_to_a_phone_and_both_hear_each_other(
    box: PracticeBox, line: str, tmp_path: Path
) -> None:
    voice = write_wav(tmp_path / "caller.wav", marker(CALLER_HZ, 60))
    heard = tmp_path / "heard.wav"
    call = box.call_menu(line, "0", say=voice, hangup_after=16, record=heard)

    live = box.wait_for_call(lambda view: view["phase"] == "talking", 40)
    account = call.outcome(90)
    box.wait_until_idle()
    story = box.last_story()

    assert account["answered"]
    assert account["call_id"] == story.call.call_id == live["call_id"]
    assert story.call.disposition is Disposition.ANSWERED
    assert {leg.side.value for leg in story.legs} == {"outside", "office"}
    assert seconds_of(PHONE_HZ, read_sound(heard)[:, 0]) > 4, "the caller hears the phone"
    _check_recording(box, story)


def _check_recording(box: PracticeBox, story: CallStory) -> None:
    """Left is the caller, right is the office, and the announcement came first."""
    call_id = story.call.call_id

    def packed() -> bool:
        recording = Archive(box.state / "tipring.db").story(call_id).recording
        return recording is not None and recording.state is RecordingState.PACKED

    wait_for("the recording is packed", packed, 30)
    recording = Archive(box.state / "tipring.db").story(call_id).recording
    assert recording is not None
    assert recording.announcement_complete
    sound = read_sound(box.state / "recordings" / recording.file)
    assert sound.shape[1] == 2
    assert seconds_of(CALLER_HZ, sound[:, 0]) > 4, "left: the caller"
    assert seconds_of(PHONE_HZ, sound[:, 1]) > 4, "right: the phone"
    assert seconds_of(PHONE_HZ, sound[:, 0]) < 1, "nothing of the phone on the left"
