"""What is different about each make of voice chip, as data.

A chip we do not know is driven as a Conexant: most no-name sticks are one.
"""

import re
from dataclasses import dataclass
from typing import Final

from drivers.fxo.v253 import Format


@dataclass(frozen=True, slots=True)
class Chip:
    name: str
    identity: re.Pattern[str]
    """Found in the answers to ATI3 and +FMI?."""
    duplex_end: str
    """Code after DLE that ends +VTR."""
    record_end: str = "!"
    format_fields: int = 4
    """How many values +VSM= wants; some refuse the others' number."""
    silence_off: str = "0,0"
    """Value of +VSD that switches the silence detector off."""
    play_gain: int | None = 128
    record_gain: int | None = None
    """None leaves it alone (Conexant: automatic)."""
    line_sense: str | None = None
    """Command that makes the far end's hang-up known by the line voltage (DLE P)."""
    has_voltage: bool = False
    countries: tuple[tuple[str, str], ...] = ()
    """+GCI codes (ISO country, hex) that differ from the common table."""


CONEXANT: Final = Chip(
    name="Conexant CX930xx",
    identity=re.compile(r"CX9|CONEXANT|V90", re.IGNORECASE),
    duplex_end="^",
    line_sense="AT-STE=4",
    has_voltage=True,
)
USR: Final = Chip(
    name="U.S. Robotics USR5637",
    identity=re.compile(r"U\.?S\.? ?ROBOTICS", re.IGNORECASE),
    duplex_end="\x03",
    format_fields=2,
    silence_off="128,0",
    record_gain=128,
    countries=(("HR", "F5"), ("SK", "C5"), ("SI", "C6"), ("UA", "B2")),
)
CHIPS: Final = (USR, CONEXANT)


def chip_of(answers: list[str]) -> Chip:
    """Return the chip that names itself so."""
    said = " ".join(answers)
    return next((chip for chip in CHIPS if chip.identity.search(said)), CONEXANT)


def format_commands(chip: Chip, chosen: Format) -> tuple[str, str]:
    """Return the +VSM command for the chip, and the other maker's form to try when it refuses."""
    short, full = f"AT+VSM={chosen.number},8000", f"AT+VSM={chosen.number},8000,0,0"
    return (short, full) if chip.format_fields == 2 else (full, short)
