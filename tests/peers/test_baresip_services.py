"""What people do with a baresip phone: hold, resume, hand on with and without asking first."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from firmware.contract.causes import Cause
from firmware.store.archive import Archive
from firmware.store.rows import RecordingState
from tests.peers.bare_dialog import Answer200, HookFlash
from tests.peers.barephone import BarePhone, last_seconds, tone_snr_db
from tests.peers.registering import ended_story, phone_of, registered, talking
from tests.practice_box import Json, PracticeBox, wait_for
from tests.sound import read_sound, seconds_of

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]

OFFICE_HZ, MEETING_HZ, PRACTICE_HZ = 700.0, 440.0, 1_000.0
SNR_DB = 25.0


@pytest.fixture(scope="module")
def box() -> Iterator[PracticeBox]:
    box = PracticeBox.start()
    yield box
    box.stop()
    box.remove()


@pytest.fixture
def office(box: PracticeBox) -> Iterator[BarePhone]:
    with phone_of(box, "sip-1", OFFICE_HZ) as phone:
        registered(box, "sip-1", phone)
        yield phone
    box.wait_until_idle()


@pytest.fixture
def meeting(box: PracticeBox) -> Iterator[BarePhone]:
    with phone_of(box, "sip-2", MEETING_HZ) as phone:
        registered(box, "sip-2", phone)
        yield phone


def connected(box: PracticeBox, office: BarePhone, meeting: BarePhone) -> None:
    office.dial("104")
    meeting.wait("CALL_INCOMING")
    meeting.answer()
    talking(box, "sip-1", "sip-2")


def on(box: PracticeBox, number: str) -> str:
    return f"<sip:{number}@127.0.0.1:{box.sip_port}>"


def replacing(phone: BarePhone, number: str) -> str:
    """Return the Replaces parameter that names the phone's call to `number`."""
    answer = Answer200(phone.trace(), number)
    far, own = answer.find(r"^To: .*tag=([^;\s]+)"), answer.find(r"^From: .*tag=([^;\s]+)")
    call_id = answer.find(r"^Call-ID: (\S+)")
    return quote(f"{call_id};to-tag={far};from-tag={own}", safe="")


def test_hold_and_resume(box: PracticeBox, office: BarePhone, meeting: BarePhone) -> None:
    connected(box, office, meeting)
    office.listen(1)
    office.command("hold")
    meeting.listen(3)
    held = last_seconds(meeting.heard(), 1.5, before_end_s=0)
    office.command("resume")
    meeting.listen(3)
    # baresip 1.0 writes no more of what it hears once it has held; its meter still runs.
    wait_for("sound flows both ways", lambda: min(office.meters()) > 60_000, 20)
    office.hang_up()
    meeting.wait("CALL_CLOSED")

    assert seconds_of(OFFICE_HZ, held) < 0.5, "who is held does not hear the phone"
    assert tone_snr_db(last_seconds(meeting.heard(), 1.5), OFFICE_HZ) > SNR_DB


def test_the_called_phone_hands_its_caller_on(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    connected(box, office, meeting)
    meeting.listen(1)
    meeting.command("transfer", on(box, "102"))
    talking(box, "sip-1", "phone-2")
    office.listen(3)
    office.hang_up()
    box.wait_until_idle()

    assert seconds_of(PRACTICE_HZ, last_seconds(office.heard(), 1.5)) > 1


def test_the_calling_phone_hands_whom_it_called_on(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    connected(box, office, meeting)
    office.listen(1)
    office.command("transfer", on(box, "102"))
    talking(box, "sip-2", "phone-2")
    meeting.listen(3)
    meeting.hang_up()
    box.wait_until_idle()

    assert seconds_of(PRACTICE_HZ, last_seconds(meeting.heard(), 1.5)) > 1


def test_handing_on_after_asking(box: PracticeBox, office: BarePhone, meeting: BarePhone) -> None:
    connected(box, office, meeting)
    office.listen(1)
    office.command("hold")
    office.dial("102")
    talking(box, "sip-1", "phone-2")
    office.listen(2)
    call = on(box, "102").replace(">", f"?Replaces={replacing(office, '102')}>")
    office.command("line", "1")  # the call on hold is the one to hand on
    office.command("transfer", call)
    talking(box, "sip-2", "phone-2")
    meeting.listen(3)
    meeting.hang_up()
    box.wait_until_idle()

    assert seconds_of(PRACTICE_HZ, last_seconds(meeting.heard(), 1.5)) > 1


def test_three_talk_together_once_the_phone_has_flashed_twice(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    connected(box, office, meeting)
    office.listen(1)
    flash = HookFlash(office.trace(), "104")
    flash.press()
    box.wait_for_call(lambda view: "transfer.begins" in steps(view), 20)
    office.listen(1)
    office.press("102")
    box.wait_for_call(lambda view: "phone-2" in active_lines(view), 30)
    office.listen(2)
    flash.press()
    box.wait_for_call(lambda view: "conference.begins" in steps(view), 20)
    meeting.listen(3)
    meeting.hang_up()
    office.listen(2)
    box.wait_for_call(lambda view: "sip-2" not in active_lines(view), 20)
    office.hang_up()
    box.wait_until_idle()

    heard = last_seconds(meeting.heard(), 1.5)
    assert seconds_of(OFFICE_HZ, heard, share=0.1) > 1
    assert seconds_of(PRACTICE_HZ, heard, share=0.1) > 1


def steps(view: Json) -> list[str]:
    return [step["what"]["code"] for step in view["story"]]


def active_lines(view: Json) -> list[str]:
    return [leg["line_id"] for leg in view["legs"] if leg["state"] == "active"]


def test_a_twice_transferred_call_is_one_recording(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    call = box.call_menu("gsm-1", "104", hangup_after=60)
    meeting.wait("CALL_INCOMING", deadline_s=40)
    meeting.answer()
    talking(box, "gsm-1", "sip-2")
    meeting.listen(3)
    meeting.command("transfer", on(box, "103"))
    office.wait("CALL_INCOMING")
    office.answer()
    talking(box, "gsm-1", "sip-1")
    office.listen(3)
    office.command("transfer", on(box, "102"))
    talking(box, "gsm-1", "phone-2")
    call.process.terminate()
    story = ended_story(box)
    archive = Archive(box.state / "tipring.db")

    def packed() -> bool:
        recording = archive.story(story.call.call_id).recording
        return recording is not None and recording.state is RecordingState.PACKED

    wait_for("the recording is packed", packed, 30)
    recording = archive.story(story.call.call_id).recording
    assert recording is not None
    right = read_sound(box.state / "recordings" / recording.file)[:, 1]
    assert seconds_of(MEETING_HZ, right) > 2
    assert seconds_of(OFFICE_HZ, right) > 2
    assert {leg.line_id for leg in story.legs} >= {"gsm-1", "sip-1", "sip-2", "phone-2"}


def test_a_phone_unplugged_while_it_talks_is_noticed(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    connected(box, office, meeting)
    office.listen(1)
    office.unplug()
    meeting.wait("CALL_CLOSED", deadline_s=60)
    story = ended_story(box)

    assert "call.far-end-gone" in [step.what.code for step in story.steps]
    causes = {leg.line_id: leg.cause for leg in story.legs}
    assert causes["sip-1"] is Cause.RECOVERY_ON_TIMER_EXPIRY
