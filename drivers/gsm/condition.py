"""How a GSM line fares, from everything known about modem, SIM and network."""

from dataclasses import dataclass
from typing import Final

from drivers.gsm.bay import Found
from drivers.gsm.service import NO_SERVICE, Service
from firmware.contract.line_state import Ability, Audio, Health, LineState
from firmware.contract.message import LineId
from firmware.contract.settings import GsmLineSettings
from firmware.contract.texts import Text

CALLS: Final = frozenset({Ability.PLACE, Ability.RECEIVE, Ability.SMS})
MESSAGES_ONLY: Final = frozenset({Ability.SMS})


@dataclass(frozen=True, slots=True)
class Condition:
    found: Found | None = None
    iccid: str | None = None
    is_open: bool = False
    absent: Text | None = None
    """Why there is no modem to open."""
    recovering: Text | None = None
    sim: Text | None = None
    """What keeps the SIM shut."""
    no_voice: Text | None = None
    service: Service = NO_SERVICE

    def health(self) -> tuple[Health, Text | None]:
        if self.recovering is not None:
            return Health.RECOVERING, self.recovering
        if not self.is_open:
            absent = self.absent
            return (Health.STARTING, None) if absent is None else (Health.ABSENT, absent)
        obstacle = self.service.obstacle()
        if self.sim is not None or (self.no_voice is not None and obstacle is None):
            return Health.NEEDS_ATTENTION, self.sim or self.no_voice
        return (Health.READY, None) if obstacle is None else (Health.NO_SERVICE, obstacle)

    def state(self, settings: GsmLineSettings) -> LineState:
        health, why = self.health()
        return LineState(
            line_id=settings.id,
            driver="gsm",
            health=health,
            why=why,
            audio=Audio.FULL if self.no_voice is None else Audio.NONE,
            abilities=CALLS if self.no_voice is None else MESSAGES_ONLY,
            identity=self._identity(settings),
            signal_dbm=self.service.signal_dbm,
        )

    def _identity(self, settings: GsmLineSettings) -> dict[str, str]:
        told: dict[str, str | None] = {
            "imei": settings.imei,
            "iccid": self.iccid or settings.iccid,
            "number": settings.number,
            "operator": self.service.operator,
        }
        if self.found is not None:
            told |= modem_identity(self.found) | {"iccid": self.iccid or settings.iccid}
        return {name: value for name, value in told.items() if value}


def unassigned(line_id: LineId, found: Found) -> LineState:
    """Return what a modem that is no line yet could do, as far as one can tell from outside."""
    identity, why = found.identity, None
    if not identity.has_voice:
        why = Text(code="gsm.no-voice", args={"model": identity.model})
    elif found.audio is None:
        code = "gsm.no-sound-device" if identity.profile.analogue else "gsm.no-audio-port"
        why = Text(code=code, args={"model": identity.model})
    told = modem_identity(found) | {"number": identity.number}
    return LineState(
        line_id=line_id,
        driver="gsm",
        health=Health.UNASSIGNED,
        why=why,
        audio=Audio.FULL if why is None else Audio.NONE,
        abilities=CALLS if why is None else MESSAGES_ONLY,
        identity={name: value for name, value in told.items() if value},
    )


def modem_identity(found: Found) -> dict[str, str | None]:
    """What names a modem, for the page."""
    identity = found.identity
    return {
        "imei": identity.imei,
        "iccid": identity.iccid,
        "model": identity.model,
        "firmware": identity.firmware,
        "port": found.ports.name,
    }
