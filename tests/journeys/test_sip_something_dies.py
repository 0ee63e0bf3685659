"""What carries SIP is killed in mid-call: phones come back by themselves, the rest goes on."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.contract.causes import Cause
from tests.peers.barephone import BarePhone, last_seconds, tone_snr_db
from tests.peers.registering import ended_story, phone_of, registered, talking
from tests.practice_box import PracticeBox, wait_for

pytestmark = pytest.mark.peer
OFFICE_HZ, MEETING_HZ = 700.0, 440.0
SNR_DB = 20.0
CARD = "drivers sip"


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


def child_of_card(box: PracticeBox, word: str) -> int:
    """Return the process id of the SIP card's child in whose command line `word` stands."""
    card = box.pid_of(CARD)
    children = Path(f"/proc/{card}/task/{card}/children").read_text().split()
    for pid in children:
        if word in Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "):
            return int(pid)
    raise LookupError(word)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def they_talk(box: PracticeBox, office: BarePhone, meeting: BarePhone) -> str:
    """Have a call of the two phones; return its id."""
    for line in ("sip-1", "sip-2"):
        registered(box, line)
    wait_for("a call is taken", lambda: is_taken(office), 30)
    meeting.wait("CALL_INCOMING")
    meeting.answer()
    talking(box, "sip-1", "sip-2")
    meeting.listen(1)
    return str(box.wait_for_call(lambda view: view["phase"] == "talking")["call_id"])


def is_taken(phone: BarePhone) -> bool:
    """Call the other phone; while the box starts a process again it says 503, try again later."""
    phone.dial("104")
    kind: str = phone.wait("CALL_ESTABLISHED", "CALL_CLOSED")["type"]
    return kind == "CALL_ESTABLISHED"


def they_hear_each_other(box: PracticeBox, office: BarePhone, meeting: BarePhone) -> None:
    """The call that is up sounds well, and ends when one hangs up."""
    meeting.listen(3)
    office.listen(1)
    meeting.hang_up()
    office.wait("CALL_CLOSED")
    box.wait_until_idle()
    assert tone_snr_db(last_seconds(office.heard(), 1), MEETING_HZ) > SNR_DB
    assert tone_snr_db(last_seconds(meeting.heard(), 1), OFFICE_HZ) > SNR_DB


def both_phones_are_on_hook(box: PracticeBox, *phones: BarePhone) -> None:
    for phone in phones:
        phone.hang_up()
    box.wait_until_idle()


def test_a_worker_dies_and_the_next_call_finds_another(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    call_id = they_talk(box, office, meeting)
    kill(child_of_card(box, "drivers.sip.signalling"))
    story = ended_story(box)
    both_phones_are_on_hook(box, office, meeting)

    assert story.call.call_id == call_id
    assert Cause.TEMPORARY_FAILURE in [leg.cause for leg in story.legs]
    they_talk(box, office, meeting)
    they_hear_each_other(box, office, meeting)


def test_the_rtp_process_dies_and_the_call_goes_on(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    call_id = they_talk(box, office, meeting)
    kill(child_of_card(box, "drivers.sip.rtp"))
    they_hear_each_other(box, office, meeting)

    assert ended_story(box).call.call_id == call_id


def test_kamailio_dies_and_the_call_goes_on(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    call_id = they_talk(box, office, meeting)
    kamailio = child_of_card(box, "kamailio")
    kill(kamailio)
    wait_for("Kamailio is back", lambda: _another_kamailio(box, kamailio), 20)
    they_hear_each_other(box, office, meeting)

    assert ended_story(box).call.call_id == call_id
    they_talk(box, office, meeting)
    they_hear_each_other(box, office, meeting)


def _another_kamailio(box: PracticeBox, than: int) -> bool:
    try:
        return child_of_card(box, "kamailio") != than
    except LookupError:
        return False


def test_the_card_dies_and_phones_call_again_without_registering_anew(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    call_id = they_talk(box, office, meeting)
    box.kill(CARD)
    story = ended_story(box)
    both_phones_are_on_hook(box, office, meeting)

    assert story.call.call_id == call_id
    assert {leg.cause for leg in story.legs} == {Cause.TEMPORARY_FAILURE}
    they_talk(box, office, meeting)
    they_hear_each_other(box, office, meeting)


def test_the_exchange_dies_and_the_call_goes_on(
    box: PracticeBox, office: BarePhone, meeting: BarePhone
) -> None:
    call_id = they_talk(box, office, meeting)
    box.kill("firmware.exchange")
    talking(box, "sip-1", "sip-2")
    they_hear_each_other(box, office, meeting)

    assert ended_story(box).call.call_id == call_id
