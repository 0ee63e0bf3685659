"""What the network gives a modem: registration, its name, the signal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from drivers.gsm.at import parse_operator, parse_registration, parse_signal_dbm
from drivers.gsm.port import AtPort
from firmware.contract.texts import Text

T = TypeVar("T")
CAN_CALL: Final = frozenset({1, 5})
"""Home and roaming: the only <stat> of +CREG with voice."""
_OBSTACLES: Final[Mapping[int | None, str]] = {
    2: "gsm.searching",
    3: "gsm.registration-denied",
    6: "gsm.sms-only",
    7: "gsm.sms-only",
    8: "gsm.emergency-only",
}


@dataclass(frozen=True, slots=True)
class Service:
    registration: int | None = None
    operator: str | None = None
    signal_dbm: int | None = None

    def obstacle(self) -> Text | None:
        """Return why no call is possible, None when it is."""
        if self.registration in CAN_CALL:
            return None
        return Text(code=_OBSTACLES.get(self.registration, "gsm.not-registered"))


NO_SERVICE: Final = Service()


async def read_service(port: AtPort) -> Service:
    """Ask the modem; raises LineTimeout when it does not answer (this is the heartbeat too)."""
    signal = await port.ask("AT+CSQ")
    registered = await port.ask("AT+CREG?")
    registration = _first(map(parse_registration, registered.lines))
    operator = None
    if registration in CAN_CALL:  # while searching, +COPS? may take as long as the search
        operator = _first(map(parse_operator, (await port.ask("AT+COPS?")).lines))
    return Service(registration, operator, _first(map(parse_signal_dbm, signal.lines)))


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)
