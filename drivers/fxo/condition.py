"""How the line fares, in the words of the page."""

from dataclasses import dataclass
from typing import Final

from drivers.fxo.voice_modem import VoiceModem
from firmware.contract.errors import LineError
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.message import LineId
from firmware.contract.texts import Text

UNPLUGGED_VOLTS: Final = 3.0
"""A chip without a line reads 1.4 V; any exchange feeds 24 V at the least."""

_HEALTH_OF: Final = {
    "fxo.not-plugged-in": Health.ABSENT,
    "fxo.no-voice": Health.NEEDS_ATTENTION,
    "fxo.cannot-open": Health.NEEDS_ATTENTION,
}


@dataclass(frozen=True, slots=True)
class Condition:
    health: Health
    why: Text | None = None


STARTING: Final = Condition(Health.STARTING)


def of_error(error: LineError) -> Condition:
    """Return the condition of a line that could not be opened or has failed."""
    return Condition(_HEALTH_OF.get(error.text.code, Health.RECOVERING), error.text)


def of_volts(volts: float | None) -> Condition:
    """Return the condition of an idle line; None is a chip that cannot measure."""
    if volts is not None and volts < UNPLUGGED_VOLTS:
        return Condition(Health.NO_SERVICE, Text(code="fxo.no-line"))
    return Condition(Health.READY)


def line_state(
    line_id: LineId, serial: str, condition: Condition, modem: VoiceModem | None
) -> LineState:
    """Return the line as its card tells it; a half-duplex chip is READY and says why it is half."""
    identity = {"serial": serial}
    if modem is not None:
        identity["model"], identity["firmware"] = modem.model, modem.firmware
        identity["port"] = modem.port.path.name
    half = modem is not None and not modem.duplex
    return LineState(
        line_id=line_id,
        driver="fxo",
        health=condition.health,
        why=condition.why or (Text(code="fxo.half-duplex") if half else None),
        audio=Audio.HALF if half else Audio.FULL,
        abilities=frozenset({Ability.RECEIVE} if half else {Ability.RECEIVE, Ability.PLACE}),
        identity=identity,
    )
