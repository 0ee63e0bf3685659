"""A small office for routing tests: two GSM lines, an analogue one, two phones."""

from collections.abc import Mapping

from firmware.calls.line_book import LineBook
from firmware.config.load import load
from firmware.config.model import Config
from firmware.contract.line_state import Ability, Audio, Health, LineState

OFFICE = """
[office]
name = "Test office"
country = "GB"
timezone = "Europe/London"
languages = ["en"]
numbers = ["+441632960011"]

[[lines]]
id = "gsm-1"
driver = "gsm"
imei = "860000000000011"
number = "+447700900001"

[[lines]]
id = "gsm-2"
driver = "gsm"
imei = "860000000000022"

[[lines]]
id = "fxo-1"
driver = "fxo"
serial = "conexant-d1"
number = "+441632960011"

[[lines]]
id = "phone-1"
driver = "virtual"
serial = "phone-f1"

[[lines]]
id = "phone-2"
driver = "virtual"
serial = "phone-f2"

[[extensions]]
id = "101"
name = "Front desk"
devices = ["phone-1"]
ring_s = 5
voicemail = "office"

[[extensions]]
id = "102"
name = "Workshop"
devices = ["phone-2"]
ring_s = 5

[[mailboxes]]
id = "office"
name = "Office"
max_s = 30
"""

TRUNK = frozenset({Ability.PLACE, Ability.RECEIVE})
PHONE = frozenset({Ability.PHONE})


def office(more: str = "") -> Config:
    return load(OFFICE + more)


def book(
    config: Config,
    busy: Mapping[str, int] | None = None,
    health: Mapping[str, Health] | None = None,
    audio: Mapping[str, Audio] | None = None,
) -> LineBook:
    """Return the lines of `config`, ready and free but for those named."""
    used = busy or {}
    lines = LineBook(lambda line_id: used.get(line_id, 0))
    lines.configure(config)
    for line in config.lines:
        state = LineState(
            line_id=line.id,
            driver=line.driver,
            health=(health or {}).get(line.id, Health.READY),
            audio=(audio or {}).get(line.id, Audio.FULL),
            abilities=PHONE if line.driver == "virtual" else TRUNK,
        )
        lines.update(state, line.driver, line.driver)
    return lines
