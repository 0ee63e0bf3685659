"""A stick into a box fresh from the factory; the owner's next one is taken by phone."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.bundle.bundle import make_bundle
from firmware.bundle.owner import BundleOwner, hash_of
from tests.firmware.bundle.bundle_maker import MADE_AT, OWNER, public_line
from tests.firmware.bundle.test_fat import make_stick
from tests.journeys.test_codes import uses_code
from tests.practice_box import PracticeBox, wait_for
from tests.practice_prompts import PRACTICE

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


@pytest.fixture
def box() -> Iterator[PracticeBox]:
    running = PracticeBox.start()
    yield running
    running.stop()
    running.remove()


def plug_in(box: PracticeBox, folder: Path, name: str, serial: int) -> None:
    """Put in a stick that names the office, and let the reader of sticks see to it."""
    practice = PRACTICE.read_text("utf-8")
    live = (box.state / "tipring.toml").read_text("utf-8") if serial > 1 else practice
    text = live.replace(office_name(live), name, 1)
    owner = BundleOwner(
        name="Ana Costa", public_key=public_line(OWNER), password=hash_of("seven wires in a duct")
    )
    data = make_bundle(text, {}, serial=serial, made_at=MADE_AT, key=OWNER, owner=owner)
    stick = make_stick(folder / f"{serial}.img", "32", "office.tipring", content=data)
    command = [sys.executable, "-m", "firmware.bundle.stick", str(stick)]
    subprocess.run([*command, "--state", str(box.state)], check=True, timeout=60)


def office_name(text: str) -> str:
    line = next(one for one in text.splitlines() if one.startswith("name = "))
    return line.split('"')[1]


def is_called(box: PracticeBox, name: str) -> bool:
    return bool(box.snapshot()["office"] == name)


def test_it_is_claimed_and_set_up_by_a_stick_and_changed_by_phone(
    box: PracticeBox, tmp_path: Path
) -> None:
    plug_in(box, tmp_path, "Harbour office", 1)
    wait_for("the owner's office is live", lambda: is_called(box, "Harbour office"), 60)
    wait_for("the owner's key is known", lambda: public_line(OWNER) in toml(box), 20)

    plug_in(box, tmp_path, "Riverside office", 2)
    wait_for("the next one waits", lambda: waits(box), 40)
    assert is_called(box, "Harbour office")
    box.phone("phone-1", "dial", "*#3")
    box.wait_for_call(
        lambda view: "feature.bundle-asked" in [one["what"]["code"] for one in view["story"]], 40
    )
    box.phone("phone-1", "press", "1")
    wait_for("the phone took it", lambda: is_called(box, "Riverside office"), 60)
    box.wait_until_idle()
    box.phone("phone-1", "hangup")

    (asked,) = [
        step.what for step in box.last_story().steps if step.what.code == "feature.bundle-asked"
    ]
    assert asked.args["name"] == "Ana Costa"
    assert "feature.speaks" in uses_code(box, "phone-2", "*#4")


def toml(box: PracticeBox) -> str:
    return (box.state / "tipring.toml").read_text("utf-8")


def waits(box: PracticeBox) -> bool:
    with box.control() as control:
        listed = control.ask("list-bundles")["ok"]["bundles"]
    return [one["signed_by"] for one in listed] == ["Ana Costa"]
