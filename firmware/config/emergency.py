"""Emergency numbers per country: data, because a wrong rule here can cost a life.

The country "" is for countries not in the table: what every GSM phone knows.
`tests/firmware/config/test_emergency.py` compares with phonenumbers' own list.
"""

import json
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).parent / "emergency_numbers.json"


@cache
def emergency_numbers(country: str) -> frozenset[str]:
    """Return the emergency numbers of an ISO country, as they are dialled."""
    table: dict[str, list[str]] = json.loads(TABLE.read_text("utf-8"))
    return frozenset(table.get(country, table[""]))
