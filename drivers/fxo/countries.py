"""+GCI country codes: ITU-T T.35 as voice chips use it (t35.json).

The country profile sets dial and busy tone detection, ring frequencies, DTMF
level, impedance, caller id and the redialling rules. A wrong one shows as NO
DIALTONE or as callers without numbers.
"""

import json
from pathlib import Path
from typing import Final

from drivers.fxo.chips import Chip

T35: Final[dict[str, str]] = json.loads(Path(__file__).with_name("t35.json").read_text("utf-8"))
"""ISO 3166-1 code -> hexadecimal T.35 code."""


def gci_code(chip: Chip, country: str) -> str | None:
    """Return the hexadecimal value for +GCI, or None for a country without a profile."""
    return dict(chip.countries).get(country, T35.get(country))
