"""Outside parties leave a message, or leave before anybody took their call."""

from pathlib import Path

import pytest

from firmware.store.archive import Archive
from firmware.store.rows import Disposition
from tests.practice_box import PracticeBox, wait_for
from tests.sound import loud_seconds, read_sound, speech, write_wav

LINES = ("gsm-1", "gsm-3", "gsm-4", "fxo-1", "fxo-2")


@pytest.mark.parametrize("line", LINES)
def test_a_message_is_taken(box: PracticeBox, line: str, tmp_path: Path) -> None:
    voice = write_wav(tmp_path / "caller.wav", speech(30))
    archive = Archive(box.state / "tipring.db")
    before = archive.new_voicemails()

    if line == "fxo-2":  # it can only announce and record, so it goes there by itself
        call = box.call_in(line, say=voice, hangup_after=22)
    else:
        call = box.call_menu(line, "2", say=voice, hangup_after=22)
    account = call.outcome(120)
    box.wait_until_idle()
    # A message appears when it is packed and can be played, moments after the call.
    wait_for("the message is packed", lambda: bool(box.last_story().voicemails), 30)
    story = box.last_story()

    assert account["answered"]
    assert story.call.disposition is Disposition.VOICEMAIL, [s.what.code for s in story.steps]
    wait_for("the message is there", lambda: archive.new_voicemails() == before + 1, 10)
    story = archive.story(story.call.call_id)
    message = read_sound(box.state / "voicemail" / story.voicemails[0].file)
    assert loud_seconds(message[:, 0]) > 4


def test_caller_who_hangs_up_in_the_menu_is_abandoned(box: PracticeBox) -> None:
    box.call_in("gsm-1", hangup_after=5).outcome()
    box.wait_until_idle()

    story = box.last_story()

    assert story.call.disposition is Disposition.ABANDONED
    assert story.call.calling is not None
    assert "7700900123" in story.call.calling
