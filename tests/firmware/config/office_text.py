"""The practice office as text, and small changes to it."""

from pathlib import Path
from typing import Final

import firmware.config

FOLDER: Final = Path(firmware.config.__file__).parent
PRACTICE: Final = (FOLDER / "practice.toml").read_text("utf-8")
EXAMPLE: Final = (FOLDER / "example.toml").read_text("utf-8")
MINIMAL: Final = (FOLDER / "minimal.toml").read_text("utf-8")


def changed(old: str, new: str, text: str = PRACTICE) -> str:
    """Return the text with the first `old` replaced; it must be there."""
    assert old in text
    return text.replace(old, new, 1)


def flow(nodes: str, start: str = "a") -> str:
    """Return a small office whose one flow has these nodes."""
    return f"""
[office]
name = "Test"
country = "GB"
timezone = "Europe/London"
languages = ["en"]
[[lines]]
id = "phone-1"
driver = "virtual"
serial = "phone-x1"
[[extensions]]
id = "101"
name = "Desk"
devices = ["phone-1"]
[[mailboxes]]
id = "office"
[timetables.always]
weekly = []
[flows.main]
start = "{start}"
{nodes}
"""
