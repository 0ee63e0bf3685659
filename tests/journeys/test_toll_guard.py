"""A practice phone dials where it may not, and hears why; emergency goes out all the same."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

import firmware.config
from firmware.contract.pcm import Samples
from tests.practice_box import ControlLine, PracticeBox, wait_for
from tests.sound import marker, write_wav

DTMF_HZ: Final = {"2": (697, 1336), "5": (770, 1336), "8": (852, 1336), "0": (941, 1336)}
SPOKEN: Final = "2580"
"""What the refusal says here: keys, because the practice phone's ear understands them."""
HASH: Final = "5e" * 32
EMERGENCY: Final = "999"
"""Dialled inside the simulated network only."""


def keys(digits: str) -> Samples:
    """Return the sound of keys, a tenth of a second each."""
    tones = [
        np.concatenate([marker(low, 0.12) // 2 + marker(high, 0.12) // 2, marker(low, 0.1) * 0])
        for low, high in (DTMF_HZ[digit] for digit in digits)
    ]
    return np.concatenate(tones).astype(np.int16)


@pytest.fixture
def spent_box() -> Iterator[PracticeBox]:
    """A box whose day's money is used up, and whose refusal of countries is told in keys."""
    state = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    (state / "prompts").mkdir()
    write_wav(state / "prompts" / f"{HASH}.wav", keys(SPOKEN))
    practice = Path(firmware.config.__file__).with_name("practice.toml").read_text("utf-8")
    toml = practice.replace("[toll_guard]\n", "[toll_guard]\nmoney_per_day = 0\n", 1)
    toml += f'\n[prompts.country-closed]\nen.sound = "{HASH}"\npt-BR.sound = "{HASH}"\n'
    box = PracticeBox.start(toml, keep=state)
    yield box
    box.stop()
    box.remove()


def heard_at(box: PracticeBox, phone: str) -> dict[str, Any]:
    """Return what the phone's ear has understood since it was lifted."""
    control = ControlLine(box.state / "practice/control")
    try:
        control.send(json.dumps({"do": "phone", "line_id": phone, "action": "state"}).encode())
        answer: dict[str, Any] = control.read()
    finally:
        control.close()
    return answer


def dial(box: PracticeBox, number: str, code: str) -> None:
    """Dial, and wait until the call's story has that step."""
    box.phone("phone-1", "dial", number)
    box.wait_for_call(lambda view: code in [step["what"]["code"] for step in view["story"]], 30)


def test_a_refused_call_hears_why_and_emergency_goes_out_with_all_money_spent(
    spent_box: PracticeBox,
) -> None:
    dial(spent_box, "00493023125001", "toll.country-closed")
    wait_for(
        "the phone hears why",
        lambda: SPOKEN in str(heard_at(spent_box, "phone-1").get("digits_heard")),
        20,
    )
    spent_box.phone("phone-1", "hangup")
    spent_box.wait_until_idle()

    dial(spent_box, "01632960100", "toll.money-of-day")
    spent_box.phone("phone-1", "hangup")
    spent_box.wait_until_idle()

    dial(spent_box, EMERGENCY, "call.dials")
    (dialled,) = [
        step["what"]["args"]["number"]
        for call in spent_box.live_calls()
        for step in call["story"]
        if step["what"]["code"] == "call.dials"
    ]
    assert dialled == EMERGENCY
