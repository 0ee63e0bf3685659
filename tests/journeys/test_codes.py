"""People use codes on the practice phones: nobody is disturbed, calls are taken elsewhere."""

import pytest

from firmware.store.archive import Archive
from firmware.store.rows import Disposition
from tests.journeys.test_phones import story_after
from tests.practice_box import Json, PracticeBox, wait_for


def uses_code(box: PracticeBox, phone: str, keys: str) -> list[str]:
    """Dial a code and listen to its end; return the steps of that call."""
    before = [row.call_id for row in Archive(box.state / "tipring.db").calls(limit=1)]
    box.phone(phone, "dial", keys)

    def is_over() -> bool:
        rows = Archive(box.state / "tipring.db").calls(limit=1)
        return bool(rows) and rows[0].call_id not in before and rows[0].ended_at is not None

    wait_for(f"{keys} is over", is_over, 40)
    box.wait_until_idle()
    box.phone(phone, "hangup")
    return [step.what.code for step in box.last_story().steps]


def extension(box: PracticeBox, number: str) -> Json:
    return next(one for one in box.snapshot()["extensions"] if one["extension"] == number)


def rings_at(view: Json, line: str) -> bool:
    return any(leg["line_id"] == line and leg["state"] == "call-delivered" for leg in view["legs"])


def talks_with(view: Json, line: str) -> bool:
    active = {leg["line_id"] for leg in view["legs"] if leg["state"] == "active"}
    return view["phase"] == "talking" and line in active


def test_who_does_not_want_to_be_disturbed_is_busy(box: PracticeBox) -> None:
    assert "feature.do-not-disturb-on" in uses_code(box, "phone-2", "*78")
    assert extension(box, "102")["do_not_disturb"]
    box.phone("phone-1", "dial", "102")
    box.wait_for_call(
        lambda view: "ivr.busy" in [step["what"]["code"] for step in view["story"]], 30
    )

    story = story_after(box, "phone-1")

    assert story.call.disposition is Disposition.BUSY
    assert {leg.line_id for leg in story.legs} == {"phone-1"}
    assert "feature.do-not-disturb-off" in uses_code(box, "phone-2", "*79")
    assert not extension(box, "102")["do_not_disturb"]


def test_an_unanswered_call_goes_to_the_mailbox(box: PracticeBox) -> None:
    assert "feature.forward-set" in uses_code(box, "phone-1", "*52*97")
    assert extension(box, "101")["forward_no_answer"] == "voicemail"
    box.phone("phone-2", "dial", "101")
    live = box.wait_for_call(
        lambda view: "voicemail.begins" in [step["what"]["code"] for step in view["story"]], 60
    )
    wait_for("a message that is long enough", lambda: message_s(box) > 2, 30)
    with box.control() as control:  # at once: what the phone says is no voice, silence would end it
        control.ask("clear-call", call_id=live["call_id"], who="test")

    story = story_after(box, "phone-2")

    assert "feature.forward-no-answer" in [step.what.code for step in story.steps]
    assert story.call.disposition is Disposition.VOICEMAIL
    assert "feature.forward-cleared" in uses_code(box, "phone-1", "*53")


def message_s(box: PracticeBox) -> float:
    """Return the length of the message being left, by the size of its file of two channels."""
    sizes = [part.stat().st_size for part in (box.state / "voicemail").glob("*.part")]
    return max(sizes, default=0) / 32_000


def test_a_call_that_rings_elsewhere_is_picked_up(box: PracticeBox) -> None:
    call = box.call_menu("gsm-1", "1", hangup_after=30)
    box.wait_for_call(lambda view: rings_at(view, "phone-1"), 40)
    box.phone("phone-2", "dial", "**101")

    taken = box.wait_for_call(lambda view: talks_with(view, "phone-2"), 30)

    box.phone("phone-2", "hangup")
    assert call.outcome(60)["call_id"] == taken["call_id"]
    box.wait_until_idle()
    assert box.last_story().call.extension == "102"


def test_a_parked_call_is_taken_at_the_other_phone(box: PracticeBox) -> None:
    call = box.call_menu("gsm-1", "0", hangup_after=60)
    box.wait_for_call(lambda view: talks_with(view, "phone-2"), 40)
    box.phone("phone-2", "press", "*68")
    parked = box.wait_for_call(
        lambda view: (
            view["where"] is not None
            and view["where"]["code"] == "where.parked"
            and not any(
                leg["line_id"] == "phone-2" and leg["state"] == "active" for leg in view["legs"]
            )
        ),
        30,
    )
    place = parked["where"]["args"]["place"]
    box.phone("phone-1", "dial", f"*85{place}")

    taken = box.wait_for_call(lambda view: talks_with(view, "phone-1"), 30)

    assert taken["call_id"] == parked["call_id"]
    box.phone("phone-1", "hangup")
    call.outcome(60)
    box.wait_until_idle()
    story = box.last_story()
    assert "feature.taken-from-park" in [step.what.code for step in story.steps]
    assert (story.call.incoming, story.call.extension) == (True, "101")


def test_an_office_switched_closed_takes_messages(box: PracticeBox) -> None:
    assert "feature.office-closed" in uses_code(box, "phone-1", "*28")
    assert box.snapshot()["opening"] == "closed"
    box.call_in("gsm-1", hangup_after=8).outcome()
    box.wait_until_idle()

    nodes = [
        step.what.args["node"] for step in box.last_story().steps if step.what.code == "ivr.node"
    ]

    assert nodes == ["hours", "message"]
    assert "feature.office-by-hours" in uses_code(box, "phone-1", "*29")
    assert box.snapshot()["opening"] == "by-hours"


@pytest.mark.parametrize("code", ["*#1", "*#2", "*65"])
def test_the_box_speaks_of_itself(box: PracticeBox, code: str) -> None:
    assert "feature.speaks" in uses_code(box, "phone-1", code)
