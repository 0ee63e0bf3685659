"""How the families of simulated modems differ on the wire, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from drivers.simulators.at_modem.settings import Family


class SoundNeeds(Enum):
    """What must have been said before PCM flows on the audio port."""

    ORDER_IN_CALL = auto()  # AT+CPCMREG=1, refused without a call
    ORDER_ANY_TIME = auto()  # AT+QPCMV=1,0, forgotten at the end of the call
    ORDER_PER_CALL = auto()  # AT^DDSETEX=2, counts for the call that is up or being set up
    ANALOGUE = auto()  # no audio port: the sound is on two pins


@dataclass(frozen=True, slots=True)
class Traits:
    maker: str
    model: str
    firmware: str
    at_interface: int
    audio_interface: int | None
    other_interfaces: tuple[int, ...]
    """Ports that exist and never answer AT (diagnostics, GPS)."""
    sound: SoundNeeds
    ring_period_s: float
    report_end: str
    """Line end of unsolicited call reports; some firmware doubles the CR."""


TRAITS: Final[Mapping[Family, Traits]] = {
    Family.SIM7600: Traits(
        "SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H", "LE20B04SIM7600M22",
        2, 4, (0, 1), SoundNeeds.ORDER_IN_CALL, 3.0, "\r\r\n",
    ),
    Family.EC25: Traits(
        "Quectel", "EC25", "EC25EFAR06A06M4G",
        2, 1, (0,), SoundNeeds.ORDER_ANY_TIME, 3.0, "\r\n",
    ),
    Family.HUAWEI: Traits(
        "huawei", "E171", "11.126.29.00.00",
        3, 2, (0,), SoundNeeds.ORDER_PER_CALL, 5.0, "\r\n",
    ),
    Family.SIM800: Traits(
        "SIMCOM_Ltd", "SIMCOM_SIM800L", "Revision:1418B05SIM800L24",
        0, None, (), SoundNeeds.ANALOGUE, 3.0, "\r\n",
    ),
}  # fmt: skip

TONE_REPORTS: Final[Mapping[Family, tuple[str, str, bool]]] = {
    Family.SIM7600: ("+RXDTMF", "+DDET", False),
    Family.EC25: ("+QTONEDET", "+QTONEDET", True),
    Family.HUAWEI: ("^DDTMF", "^DDTMFCFG", False),
    Family.SIM800: ("+DTMF", "+DDET", False),
}
"""How the modem's own detector tells a key: report, the switch that turns it on, as a code."""
