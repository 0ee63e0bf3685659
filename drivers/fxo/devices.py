"""Finds voice modems among the serial devices of the box, by their by-id names."""

import re
from pathlib import Path
from typing import Final

_INTERFACE: Final = re.compile(r"-if[0-9a-f]{2}$")
_FIRST_INTERFACE: Final = "-if00"
_VOICE_MODEM: Final = re.compile(
    r"conexant|\busr|u\.?s\.?_?robotics|cx930|rd02-d400|56k|v\.?92", re.IGNORECASE
)
"""What makers write into the names of sticks that may be voice modems."""


def device_of(devices: Path, serial: str) -> Path | None:
    """Return the port of the modem whose name has `serial` in it, or None if it is not there."""
    exact = devices / f"{serial}{_FIRST_INTERFACE}"
    if exact.exists():
        return exact
    found = [path for path in _ports(devices) if serial in _serial(path)]
    return found[0] if len(found) == 1 else None


def voice_modems(devices: Path) -> dict[str, Path]:
    """Return what looks like a voice modem: serial -> port."""
    return {_serial(path): path for path in _ports(devices) if _VOICE_MODEM.search(path.name)}


def _ports(devices: Path) -> list[Path]:
    try:
        entries = sorted(devices.iterdir())
    except OSError:
        return []
    return [path for path in entries if path.name.endswith(_FIRST_INTERFACE)]


def _serial(path: Path) -> str:
    return _INTERFACE.sub("", path.name)
