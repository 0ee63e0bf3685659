"""The families of modems as data: what to send, what to expect, where the sound is.

Sources and quirks are in README.md. To add a family: a Profile here, its USB
identifiers in LAYOUTS, and a simulated one in drivers/simulators/at_modem.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class SoundOrder(Enum):
    """When `sound_on` has to be sent."""

    BEFORE_CALL = auto()  # before dial and before answer
    AFTER_DIAL = auto()  # right after dial and right after answer
    WHEN_ACTIVE = auto()  # once the call is up; refused before


@dataclass(frozen=True, slots=True)
class Profile:
    family: str
    model: re.Pattern[str]
    """Recognises the family in the answers to +CGMI and +CGMM."""
    start: tuple[str, ...]
    """Sent at every open, after COMMON_START; a refusal is logged and ignored."""
    iccid: tuple[str, ...]
    """Asked one after another until one answers."""
    pin_attempts: tuple[str, ...]
    voice_check: str | None
    """Refused by firmware without voice; None: always has voice."""
    voice_answer: re.Pattern[str]
    """Some line of the answer must match, too."""
    sound_on: tuple[str, ...]
    sound_off: tuple[str, ...]
    sound_order: SoundOrder
    digit: str
    digits: str
    """The keys it can send."""
    reset: str
    analogue: bool = False
    """The sound is on pins (an ALSA device), not on a serial port."""


COMMON_START: Final = (
    "ATE0",
    "AT+CMEE=1",
    "AT+COLP=0",  # with 1 many modems keep ATD busy until the answer
    "AT+CRC=0",
    "AT+CLIP=1",
    "AT+CCWA=1",
    "AT+CREG=1",
    "AT+COPS=3,0",
)
"""No ATZ and no AT&F: they would change where the modem keeps its messages."""
KEEP_MESSAGES: Final = ("AT+CNMI=2,1,0,0,0", "AT+CNMI=1,1,0,0,0")
"""Store every SMS and say so (mt=1); the second form for firmware that refuses mode 2."""
ANY_ICCID: Final = ("AT+CCID", "AT+CRSM=176,12258,0,0,10")
ALL_KEYS: Final = "0123456789*#ABCD"
_ANYTHING: Final = re.compile("")

SIM7600: Final = Profile(
    family="SIM7600",
    model=re.compile(r"SIM7[56]\d\d|A76\d\d", re.IGNORECASE),
    start=("AT+CLCC=1", "AT+CPCMFRM=0", "AT+DDET=1"),
    iccid=("AT+CICCID", *ANY_ICCID),
    pin_attempts=("AT+SPIC", 'AT+CPINR="SIM PIN"'),
    voice_check="AT+CPCMREG=?",
    voice_answer=_ANYTHING,
    sound_on=("AT+CPCMREG=1",),
    sound_off=("AT+CPCMREG=0",),
    sound_order=SoundOrder.WHEN_ACTIVE,
    digit="AT+VTS={digit}",
    digits=ALL_KEYS,
    reset="AT+CRESET",
)
EC25: Final = Profile(
    family="EC25",
    model=re.compile(r"\b(EC2[015]|EG2\d|EG9\d|EG06|EP06|EG12|UC20|UC15)", re.IGNORECASE),
    start=(
        'AT+QGPSCFG="outport","none"',  # GPS text would come out of the audio port
        "AT+QAUDMOD=3",
        'AT+QINDCFG="ccinfo",1,0',
        'AT+QINDCFG="ring",0,0',
        "AT+QTONEDET=1",
    ),
    iccid=("AT+QCCID", *ANY_ICCID),
    pin_attempts=('AT+QPINC="SC"', 'AT+CPINR="SIM PIN"'),
    voice_check="AT+QPCMV=?",
    voice_answer=_ANYTHING,
    sound_on=("AT+QPCMV=0", "AT+QPCMV=1,0"),
    sound_off=("AT+QPCMV=0",),
    sound_order=SoundOrder.BEFORE_CALL,
    digit="AT+VTS={digit}",
    digits=ALL_KEYS,
    reset="AT+CFUN=1,1",
)
HUAWEI: Final = Profile(
    family="Huawei",
    model=re.compile(r"huawei|\bE1\d\d|\bE3\d\d|\bK[34]\d\d\d", re.IGNORECASE),
    start=("AT^CURC=1", "AT^PORTSEL=1", "AT^DDTMFCFG=0,1"),
    iccid=("AT^ICCID?", *ANY_ICCID),
    pin_attempts=("AT^CPIN?", 'AT+CPINR="SIM PIN"'),
    voice_check="AT^CVOICE?",
    voice_answer=re.compile(r"\^CVOICE: ?0"),
    sound_on=("AT^DDSETEX=2",),
    sound_off=(),
    sound_order=SoundOrder.AFTER_DIAL,
    digit="AT^DTMF={index},{digit}",
    digits="0123456789*#",
    reset="AT+CFUN=1,1",
)
SIM800: Final = Profile(
    family="SIM800",
    model=re.compile(r"SIM[89]00", re.IGNORECASE),
    start=("AT+DDET=1", "AT+CHFA=0", "AT+CLVL=100"),
    iccid=ANY_ICCID,
    pin_attempts=("AT+SPIC", 'AT+CPINR="SIM PIN"'),
    voice_check=None,
    voice_answer=_ANYTHING,
    sound_on=(),
    sound_off=(),
    sound_order=SoundOrder.WHEN_ACTIVE,
    digit="AT+VTS={digit}",
    digits=ALL_KEYS,
    reset="AT+CFUN=1,1",
    analogue=True,
)
PROFILES: Final = (SIM7600, EC25, HUAWEI, SIM800)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which USB interface answers AT, and which one carries the sound."""

    at: int
    audio: int | None


_SIMCOM: Final = Layout(2, 4)
_QUECTEL: Final = Layout(2, 1)
_ONE_PORT: Final = Layout(0, None)
LAYOUTS: Final[Mapping[str, Layout]] = {
    "1e0e:9001": _SIMCOM,
    "1e0e:9011": Layout(4, None),
    "2c7c:0125": _QUECTEL,
    "2c7c:0121": _QUECTEL,
    "2c7c:0191": _QUECTEL,
    "2c7c:0195": _QUECTEL,
    "2c7c:0306": _QUECTEL,
    "2c7c:0512": _QUECTEL,
    "05c6:9003": _QUECTEL,
    "05c6:9090": _QUECTEL,
    "12d1:1001": Layout(2, 1),
    "12d1:140c": Layout(3, 2),
    "12d1:1436": Layout(4, 3),
    "12d1:14ac": Layout(4, 3),
    "12d1:1506": Layout(3, 2),
}
"""USB vendor:product -> layout."""
ADAPTERS: Final = frozenset({"0403:6001", "067b:2303", "10c4:ea60", "1a86:7523"})
"""Bare USB serial adapters: a SIM800 may hang on one, or anything else."""
FAMILY_LAYOUTS: Final[Mapping[str, tuple[Layout, ...]]] = {
    "SIM7600": (_SIMCOM,),
    "EC25": (_QUECTEL,),
    "Huawei": (Layout(2, 1), Layout(3, 2), Layout(4, 3)),
    "SIM800": (_ONE_PORT,),
}
"""Where no USB identifier is known (a pty), the interface that answers AT tells the layout."""
USUAL_AT_INTERFACES: Final = (2, 3, 4)


def profile_of(maker: str, model: str) -> Profile | None:
    """Return the family that +CGMI and +CGMM name, None when it is none of ours."""
    about = f"{maker} {model}"
    return next((profile for profile in PROFILES if profile.model.search(about)), None)
