"""Practice phones flash: three talk, callers are handed on twice, a second caller waits."""

import time
from collections.abc import Callable
from pathlib import Path

from firmware.contract.pcm import SAMPLE_RATE_HZ
from firmware.store.archive import Archive
from firmware.store.rows import CallStory, RecordingState
from tests.practice_box import Json, PracticeBox, wait_for
from tests.sound import marker, read_sound, seconds_of, write_wav

CALLER_HZ = 620.0
PHONE_HZ = 1_000.0
"""What the practice phones and subscribers say."""
SOME_TALK_S = 3.0


def told(view: Json, code: str, times: int = 1) -> bool:
    return [step["what"]["code"] for step in view["story"]].count(code) >= times


def tells(code: str, times: int = 1) -> Callable[[Json], bool]:
    return lambda view: told(view, code, times)


def rings(line: str) -> Callable[[Json], bool]:
    return lambda view: any(
        leg["line_id"] == line and leg["state"] == "call-delivered" for leg in view["legs"]
    )


def talk_a_while() -> None:
    """Let people be heard; how long they are is judged afterwards."""
    time.sleep(SOME_TALK_S)


def flash_and_dial(box: PracticeBox, phone: str, number: str, times: int = 1) -> None:
    box.phone(phone, "flash")
    box.wait_for_call(tells("transfer.begins", times))
    box.phone(phone, "press", number)


def clear(box: PracticeBox, call_id: str) -> None:
    with box.control() as control:
        control.ask("clear-call", call_id=call_id, who="test")
    box.wait_until_idle()


def packed(box: PracticeBox, call_id: str) -> CallStory:
    archive = Archive(box.state / "tipring.db")

    def is_packed() -> bool:
        recording = archive.story(call_id).recording
        return recording is not None and recording.state is RecordingState.PACKED

    wait_for("the recording is packed", is_packed, 30)
    return archive.story(call_id)


def test_a_caller_handed_on_twice_is_one_call_and_one_file(
    box: PracticeBox, tmp_path: Path
) -> None:
    voice = write_wav(tmp_path / "caller.wav", marker(CALLER_HZ, 120))
    call = box.call_menu("gsm-1", "0", say=voice)
    live = box.wait_for_call(lambda view: view["phase"] == "talking", 40)
    talk_a_while()
    flash_and_dial(box, "phone-2", "101")
    box.wait_for_call(rings("phone-1"))
    box.phone("phone-1", "answer")
    box.wait_for_call(tells("transfer.consulting"))
    box.phone("phone-2", "flash")
    box.wait_for_call(tells("conference.begins"))
    talk_a_while()
    box.phone("phone-2", "hangup")
    box.wait_for_call(tells("conference.left"))
    flash_and_dial(box, "phone-1", "01632960100#", times=2)
    box.wait_for_call(tells("transfer.consulting", 2), 40)
    box.phone("phone-1", "hangup")
    box.wait_for_call(tells("transfer.done"))
    talk_a_while()
    clear(box, live["call_id"])
    assert call.outcome()["answered"]

    story = packed(box, live["call_id"])
    assert len(story.legs) == 4
    assert {"gsm-1", "phone-1", "phone-2"} < {leg.line_id for leg in story.legs}
    recording = story.recording
    assert recording is not None
    files = sorted(box.state.glob(f"recordings/**/{story.call.call_id}*"))
    assert files == [box.state / "recordings" / recording.file]
    sound = read_sound(files[0])
    assert seconds_of(CALLER_HZ, sound[:, 0]) > 2 * SOME_TALK_S, "left: the caller, all along"
    assert seconds_of(PHONE_HZ, sound[:, 1]) > 1.5 * SOME_TALK_S, "right: the two phones"
    end = sound[-int(SOME_TALK_S * SAMPLE_RATE_HZ) :]
    assert seconds_of(PHONE_HZ, end[:, 0], share=0.1) > 1, "left, at the end: who is outside"
    assert seconds_of(PHONE_HZ, end[:, 1]) < 1, "right, at the end: nobody of the office"


def test_a_second_caller_waits_and_a_flash_goes_between_the_two(box: PracticeBox) -> None:
    first = box.call_menu("gsm-1", "101", "07700900123")
    box.wait_for_call(rings("phone-1"), 40)
    box.phone("phone-1", "answer")
    held = box.wait_for_call(lambda view: view["phase"] == "talking", 20)["call_id"]
    second = box.call_menu("gsm-3", "101", "07700900124")
    waiting = box.wait_for_call(tells("call.waits"), 40)["call_id"]
    box.phone("phone-1", "flash")
    box.wait_for_call(lambda view: view["call_id"] == waiting and view["phase"] == "talking")
    box.wait_for_call(
        lambda view: (
            view["call_id"] == held and (view["where"] or {}).get("code") == "where.on-hold"
        )
    )

    second.forget()
    with box.control() as control:
        control.ask("clear-call", call_id=waiting, who="test")

    box.wait_for_call(lambda view: view["call_id"] == held and told(view, "call.retrieved"))
    clear(box, held)
    assert first.outcome()["answered"]


def test_who_is_rejected_elsewhere_comes_back_to_the_phone_that_handed_them_on(
    box: PracticeBox,
) -> None:
    call = box.call_menu("gsm-1", "0")
    live = box.wait_for_call(lambda view: view["phase"] == "talking", 40)
    flash_and_dial(box, "phone-2", "01632960104#")
    box.wait_for_call(tells("call.dials"), 20)
    box.phone("phone-2", "hangup")

    box.wait_for_call(tells("transfer.recall"), 40)
    back = box.wait_for_call(lambda view: view["phase"] == "talking", 30)

    assert back["call_id"] == live["call_id"]
    clear(box, live["call_id"])
    assert call.outcome()["answered"]
