"""Outside parties call the practice office over the real wire of each line."""

from pathlib import Path

import pytest

from firmware.store.archive import Archive
from firmware.store.rows import CallStory, Disposition, RecordingState
from tests.practice_box import PracticeBox, wait_for
from tests.sound import loud_seconds, marker, read_sound, seconds_of, speech, write_wav

CALLER_HZ = 620.0
PHONE_HZ = 1_000.0
"""The practice phones say this marker."""
FULL_DUPLEX_LINES = ("gsm-1", "gsm-3", "gsm-4", "fxo-1")


def last_story(box: PracticeBox) -> CallStory:
    archive = Archive(box.state / "tipring.db")
    return archive.story(archive.calls(limit=1)[0].call_id)


def codes(story: CallStory) -> list[str]:
    return [step.what.code for step in story.steps]


def wait_until_idle(box: PracticeBox) -> None:
    wait_for("no call left", lambda: box.live_calls() == [], 20)


@pytest.mark.parametrize("line", FULL_DUPLEX_LINES)
def test_key_connects_to_a_phone_and_both_hear_each_other(
    box: PracticeBox, line: str, tmp_path: Path
) -> None:
    voice = write_wav(tmp_path / "caller.wav", marker(CALLER_HZ, 60))
    heard = tmp_path / "heard.wav"
    call = box.call_in(line, press="0", press_after=8, say=voice, hangup_after=30, record=heard)

    live = box.wait_for_call(lambda view: view["phase"] == "talking", 40)
    account = call.outcome(90)
    wait_until_idle(box)
    story = last_story(box)

    assert account["answered"]
    assert story.call.call_id == live["call_id"]
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


@pytest.mark.parametrize("line", [*FULL_DUPLEX_LINES, "fxo-2"])
def test_a_message_is_taken(box: PracticeBox, line: str, tmp_path: Path) -> None:
    voice = write_wav(tmp_path / "caller.wav", speech(40))
    before = Archive(box.state / "tipring.db").new_voicemails()
    options: dict[str, object] = {"say": voice, "hangup_after": 45}
    if line != "fxo-2":  # it can only announce and record, so it goes there by itself
        options |= {"press": "2", "press_after": 8}

    account = box.call_in(line, "07700900123", **options).outcome(120)
    wait_until_idle(box)
    # A message appears when it is packed and can be played, moments after the call.
    wait_for("the message is packed", lambda: bool(last_story(box).voicemails), 30)
    story = last_story(box)

    assert account["answered"]
    assert story.call.disposition is Disposition.VOICEMAIL, codes(story)
    assert Archive(box.state / "tipring.db").new_voicemails() == before + 1
    message = read_sound(box.state / "voicemail" / story.voicemails[0].file)
    assert loud_seconds(message[:, 0]) > 4


def test_caller_who_hangs_up_in_the_menu_is_abandoned(box: PracticeBox) -> None:
    box.call_in("gsm-1", hangup_after=8).outcome()
    wait_until_idle(box)

    story = last_story(box)

    assert story.call.disposition is Disposition.ABANDONED
    assert story.call.calling is not None
    assert "7700900123" in story.call.calling
