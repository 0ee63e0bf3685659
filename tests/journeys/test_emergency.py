"""The country's emergency number gets a line even when every line is taken."""

from typing import Final

from firmware.contract.causes import Cause
from firmware.store.archive import Archive
from tests.practice_box import Json, PracticeBox, wait_for

LINES: Final = ("gsm-1", "gsm-2", "gsm-3", "gsm-4", "fxo-1")
EMERGENCY: Final = "999"
"""Dialled inside the simulated network only; a box with a real line has no practice network."""


def test_another_call_is_cleared_for_it(own_box: PracticeBox) -> None:
    for line in LINES:
        own_box.call_in(line, hangup_after=80)
    wait_for("every line is taken", lambda: len(own_box.live_calls()) == len(LINES), 30)
    taken = {call["call_id"] for call in own_box.live_calls()}

    own_box.phone("phone-1", "dial", EMERGENCY)
    emergency = own_box.wait_for_call(_is_out_over_a_line, 30)

    archive = Archive(own_box.state / "tipring.db")
    wait_for(
        "one call gave way",
        lambda: any(archive.story(call).call.ended_at is not None for call in taken),
        10,
    )
    gone = [archive.story(call) for call in taken if archive.story(call).call.ended_at]
    assert [story.call.cause for story in gone] == [Cause.PREEMPTION]
    assert gone[0].call.line_id in {leg["line_id"] for leg in emergency["legs"]}


def _is_out_over_a_line(call: Json) -> bool:
    lines = {leg["line_id"] for leg in call["legs"]}
    return "phone-1" in lines and len(lines) > 1
