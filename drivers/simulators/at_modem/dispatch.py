"""From one command to what the simulated modem does and answers."""

from typing import TYPE_CHECKING

from drivers.simulators.at_modem import call_commands, commands, vendor
from drivers.simulators.at_modem.command import Refused

if TYPE_CHECKING:
    from drivers.simulators.at_modem.modem import Modem


def answer_to(modem: "Modem", command: str) -> list[str]:
    """Return the information lines of one command; raises Refused."""
    for table in (vendor.TABLES[modem.settings.family], call_commands.TABLE, commands.TABLE):
        for pattern, handler in table:
            match = pattern.fullmatch(command)
            if match is not None:
                return handler(modem, match)
    raise Refused
