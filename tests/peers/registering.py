"""The practice office's softphones as baresip plays them."""

import tomllib

from firmware.store.rows import CallStory
from tests.peers.barephone import BarePhone
from tests.practice_box import PracticeBox, wait_for

USER_OF = {"sip-1": "103", "sip-2": "104"}


def secret_of(box: PracticeBox, line: str) -> str:
    secrets = tomllib.loads((box.state / "secrets.toml").read_text("utf-8"))
    return str(secrets["lines"][line]["secret"])


def phone_of(box: PracticeBox, line: str, tone_hz: float) -> BarePhone:
    """Return the phone of that line, not yet started."""
    return BarePhone(USER_OF[line], secret_of(box, line), box.sip_port, tone_hz)


def registered(box: PracticeBox, line: str, phone: BarePhone | None = None) -> None:
    """Wait until the line is ready and, when given, this very phone (not one before it) its own."""
    if phone is not None:
        wait_for(f"{line}'s phone registers", lambda: "binding" in phone.trace(), 20)
    wait_for(f"{line} is ready", lambda: box.health().get(line) == "ready", 20)


def talking(box: PracticeBox, *lines: str) -> None:
    """Wait until a call is talking, with these lines in it."""
    box.wait_for_call(
        lambda view: (
            view["phase"] == "talking"
            and set(lines) <= {leg["line_id"] for leg in view["legs"] if leg["state"] == "active"}
        ),
        30,
    )


def ended_story(box: PracticeBox) -> CallStory:
    """Wait until no call is left; return the story of the last one, complete."""
    box.wait_until_idle()
    wait_for("its record is written", lambda: box.last_story().call.ended_at is not None, 20)
    return box.last_story()
