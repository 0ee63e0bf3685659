"""People in the office lift a practice phone and dial."""

import pytest

from firmware.store.archive import Archive
from firmware.store.rows import CallStory, Disposition
from tests.practice_box import PracticeBox, wait_for


def story_after(box: PracticeBox, phone: str) -> CallStory:
    """Hang the phone up and return the story of the call it had."""
    box.phone(phone, "hangup")
    box.wait_until_idle()
    return box.last_story()


def test_one_phone_calls_the_other(box: PracticeBox) -> None:
    box.phone("phone-1", "dial", "102")
    live = box.wait_for_call(lambda view: view["phase"] == "talking", 30)
    story = story_after(box, "phone-1")

    assert story.call.call_id == live["call_id"]
    assert {leg.line_id for leg in story.legs} == {"phone-1", "phone-2"}
    assert story.call.disposition is Disposition.ANSWERED


def test_phone_reaches_an_outside_number(box: PracticeBox) -> None:
    box.phone("phone-1", "dial", "01632960100")
    box.wait_for_call(lambda view: view["phase"] == "talking", 30)
    story = story_after(box, "phone-1")

    assert not story.call.incoming
    assert story.call.disposition is Disposition.ANSWERED
    assert {leg.side.value for leg in story.legs} == {"outside", "office"}


@pytest.mark.parametrize(
    ("number", "disposition"),
    [("01632960101", Disposition.BUSY), ("07700900124", Disposition.FAILED)],
)
def test_outside_number_that_is_not_reached(
    box: PracticeBox, number: str, disposition: Disposition
) -> None:
    box.phone("phone-1", "dial", number)
    called = box.wait_for_call(lambda view: bool(view["legs"]), 20)["call_id"]
    archive = Archive(box.state / "tipring.db")
    wait_for(
        "the outside leg is over",
        lambda: any(
            leg.side.value == "outside" and leg.ended_ms is not None
            for leg in archive.story(called).legs
        ),
        40,
    )
    assert story_after(box, "phone-1").call.disposition is disposition


def test_premium_number_is_refused_and_no_line_is_seized(box: PracticeBox) -> None:
    box.phone("phone-1", "dial", "0909 8790000".replace(" ", ""))
    box.wait_for_call(lambda view: bool(view["legs"]), 20)
    story = story_after(box, "phone-1")

    assert {leg.line_id for leg in story.legs} == {"phone-1"}
