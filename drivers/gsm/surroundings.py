"""What a modem tells of its SIM and its network; asking is the heartbeat, too."""

from dataclasses import dataclass

from drivers.gsm.bay import same_sim
from drivers.gsm.identity import read_iccid
from drivers.gsm.modem import OpenModem
from drivers.gsm.service import NO_SERVICE, Service, read_service
from drivers.gsm.sim_access import PinMemory, open_sim
from firmware.contract.settings import GsmLineSettings
from firmware.contract.texts import Text


@dataclass(frozen=True, slots=True)
class Surroundings:
    iccid: str | None
    sim: Text | None
    """What keeps the SIM shut."""
    service: Service


async def look_around(
    modem: OpenModem, settings: GsmLineSettings, pins: PinMemory, iccid: str | None
) -> Surroundings:
    """Open the SIM if that may be tried, and read what the network gives.

    Raises LineTimeout when the modem does not answer.
    """
    sim = strange_sim(settings, iccid)
    if sim is None:
        known_as = iccid or modem.found.identity.imei
        sim = await open_sim(modem.port, modem.profile, known_as, settings.sim_pin, pins)
    if sim is not None:
        return Surroundings(iccid, sim, NO_SERVICE)
    if iccid is None:
        iccid = await read_iccid(modem.port, modem.profile)
    return Surroundings(iccid, None, await read_service(modem.port))


def strange_sim(settings: GsmLineSettings, iccid: str | None) -> Text | None:
    """Return what is wrong when another SIM is in the modem than the settings name."""
    wanted = settings.iccid
    if wanted is None or iccid is None or same_sim(wanted, iccid):
        return None
    return Text(code="gsm.other-sim", args={"iccid": iccid, "wanted": wanted})
