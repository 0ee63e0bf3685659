"""Which processes a state folder needs, and in which order they stop."""

import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.supervisor.child import Program

REAL_DEVICES: Final = Path("/dev/serial/by-id")
WITHOUT_CONFIGURATION: Final = frozenset({"gsm", "fxo"})
"""With no line configured these cards still show what is plugged in."""
PRACTICE_PHONES: Final = frozenset({"virtual"})
"""So does this one, where there is a practice network with phones."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where this box keeps its state and shows its page."""

    state: Path
    port: int
    listen: str
    practice: bool
    sip_port: int = 5060
    https_port: int = 8443
    """Of the page, where it listens beyond loopback."""

    @property
    def devices(self) -> Path:
        return self.state / "practice" / "dev" if self.practice else REAL_DEVICES

    def options_of(self, kind: str) -> dict[str, str]:
        """What a card of that kind must know besides."""
        return {"listen": self.listen, "sip-port": str(self.sip_port)} if kind == "sip" else {}


def base_programs(place: Place) -> list[Program]:
    """The processes every box runs, in the order of their start."""
    state = ("--state", str(place.state))
    page = ("--port", str(place.port), "--listen", place.listen)
    phones = ("--https-port", str(place.https_port), "--sip-port", str(place.sip_port))
    programs = [
        _python("switch", "firmware.switch", *state),
        _python("exchange", "firmware.exchange", *state),
        _python("web", "webui", *state, *page, *phones),
    ]
    if place.practice:
        programs.insert(0, _python("simulators", "drivers.simulators", *state))
    return programs


def card_program(kind: str, place: Place) -> Program:
    devices = ("--devices", str(place.devices))
    options = [word for option in place.options_of(kind).items() for word in _option(*option)]
    return _python(f"card-{kind}", "drivers", kind, "--state", str(place.state), *devices, *options)


def cards_needed(configuration: Path, *, practice: bool = False) -> frozenset[str] | None:
    """Return the kinds of line in the configuration; None while it cannot be read."""
    try:
        lines = tomllib.loads(configuration.read_text("utf-8")).get("lines", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    entries = lines.values() if isinstance(lines, dict) else lines
    return _drivers(entries) or WITHOUT_CONFIGURATION | (PRACTICE_PHONES if practice else set())


def stop_order(name: str) -> int:
    """The exchange ends its calls while cards and switch still do as told; far ends go last."""
    return {"web": 0, "exchange": 1, "switch": 3, "simulators": 3}.get(name, 2)


def _drivers(entries: Iterable[object]) -> frozenset[str]:
    names = (entry.get("driver") for entry in entries if isinstance(entry, dict))
    return frozenset(name for name in names if isinstance(name, str))


def _option(name: str, value: str) -> tuple[str, str]:
    return "--option", f"{name}={value}"


def _python(name: str, module: str, *arguments: str) -> Program:
    return Program(name, (sys.executable, "-m", module, *arguments))
