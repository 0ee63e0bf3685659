"""baresip phones, written by others, register with the practice office, call and are called."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.store.rows import CallStory, Disposition
from tests.peers.barephone import BarePhone, last_seconds, tone_snr_db
from tests.peers.registering import ended_story, phone_of, registered, secret_of, talking
from tests.practice_box import PracticeBox, wait_for
from tests.sound import marker, read_sound, seconds_of, write_wav

pytestmark = [pytest.mark.peer, pytest.mark.timeout(180)]

OFFICE_HZ, MEETING_HZ, CALLER_HZ, PRACTICE_HZ = 700.0, 440.0, 620.0, 1_000.0
SNR_DB = 25.0
"""G.711 alone leaves about 38 dB; a lost packet concealed costs some."""


@pytest.fixture(scope="module")
def box() -> Iterator[PracticeBox]:
    box = PracticeBox.start()
    yield box
    box.stop()
    box.remove()


@pytest.fixture(scope="module")
def office(box: PracticeBox) -> Iterator[BarePhone]:
    with phone_of(box, "sip-1", OFFICE_HZ) as phone:
        registered(box, "sip-1", phone)
        yield phone


@pytest.fixture(scope="module")
def meeting(box: PracticeBox) -> Iterator[BarePhone]:
    with phone_of(box, "sip-2", MEETING_HZ) as phone:
        registered(box, "sip-2", phone)
        yield phone


def hang_up(box: PracticeBox, phone: BarePhone) -> CallStory:
    """End the call; return its story."""
    phone.hang_up()
    return ended_story(box)


def quality_of(box: PracticeBox) -> float:
    """Return the worse of what the E-model says of the last call's legs; 0 while nothing is."""
    said = [
        float(step.what.args["mos"])
        for step in box.last_story().steps
        if step.what.code == "call.sound-quality"
    ]
    return min(said, default=0.0)


def test_two_phones_call_each_other_and_both_hear_clean_sound(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    office.dial("104")
    assert meeting.wait("CALL_INCOMING")["peeruri"].startswith("sip:103@")
    meeting.answer()
    talking(box)
    meeting.listen(4)
    story = hang_up(box, meeting)
    office.wait("CALL_CLOSED")

    assert tone_snr_db(last_seconds(office.heard(), 2), MEETING_HZ) > SNR_DB
    assert tone_snr_db(last_seconds(meeting.heard(), 2), OFFICE_HZ) > SNR_DB
    assert story.call.disposition is Disposition.ANSWERED
    assert {leg.line_id for leg in story.legs} == {"sip-1", "sip-2"}
    wait_for("its quality is told", lambda: quality_of(box) > 3.5, 10)


def test_keys_of_a_phone_lead_through_the_menu(box: PracticeBox, office: BarePhone) -> None:
    office.dial("700")
    box.wait_for_call(lambda view: view["phase"] == "menu", 20)
    office.listen(2)
    office.press("0")
    talking(box)
    office.listen(3)
    story = hang_up(box, office)

    assert seconds_of(PRACTICE_HZ, last_seconds(office.heard(), 2)) > 1
    assert {leg.line_id for leg in story.legs} == {"sip-1", "phone-2"}


def test_a_phone_calls_out_over_a_mobile_line(box: PracticeBox, office: BarePhone) -> None:
    office.dial("01632960100")
    talking(box)
    office.listen(3)
    story = hang_up(box, office)

    assert seconds_of(PRACTICE_HZ, last_seconds(office.heard(), 2)) > 1
    assert story.call.disposition is Disposition.ANSWERED
    first, second = story.legs
    assert first.line_id == "sip-1"
    assert second.side.value == "outside"


def test_a_call_from_outside_reaches_a_phone(
    box: PracticeBox, meeting: BarePhone, tmp_path: Path
) -> None:
    voice = write_wav(tmp_path / "caller.wav", marker(CALLER_HZ, 60))
    heard = tmp_path / "heard.wav"
    call = box.call_menu("gsm-1", "104", say=voice, hangup_after=25, record=heard)
    meeting.wait("CALL_INCOMING", deadline_s=40)
    meeting.answer()
    talking(box)
    meeting.listen(4)
    story = hang_up(box, meeting)
    account = call.outcome()

    assert account["call_id"] == story.call.call_id
    assert seconds_of(CALLER_HZ, last_seconds(meeting.heard(), 2)) > 1
    assert seconds_of(MEETING_HZ, read_sound(heard)[:, 0]) > 2


def test_a_caller_hears_when_the_phone_called_is_busy(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    office.dial("104")
    meeting.wait("CALL_INCOMING")
    meeting.hang_up()
    office.wait("CALL_CLOSED", deadline_s=40)

    assert ended_story(box).call.disposition is not Disposition.ANSWERED


def test_a_wrong_password_is_no_phone_and_shuts_nobody_out(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    with BarePhone("103", "not the password", box.sip_port, OFFICE_HZ) as stranger:
        wait_for("refused", lambda: stranger.trace().count("SIP/2.0 401") > 1, 20)
        assert "200 OK" not in stranger.trace()

    office.dial("104")
    meeting.wait("CALL_INCOMING")
    hang_up(box, office)


def test_a_phone_without_a_codec_of_ours_is_one_clear_sentence(box: PracticeBox) -> None:
    secret = secret_of(box, "sip-2")
    with BarePhone("104", secret, box.sip_port, MEETING_HZ, codecs="g722/16000/1") as deaf:
        wait_for("both are registered", lambda: deaf.trace().count("SIP/2.0 200 OK") > 0, 20)
        deaf.dial("102")
        deaf.wait("CALL_CLOSED")
        wait_for("it is said", lambda: box.health()["sip-2"] == "needs-attention", 10)
        (line,) = (
            view["line"] for view in box.snapshot()["lines"] if view["line"]["line_id"] == "sip-2"
        )

        assert line["why"]["code"] == "sip.no-common-codec"
