"""How two makers' voice modems differ, as data: formats, identities, labels, end codes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from drivers.simulators.v253.settings import Family


@dataclass(frozen=True)
class Dialect:
    identity: Mapping[str, str]
    """Answers to ATI0, ATI3, +FMI? and the like."""
    formats: Mapping[int, str]
    """+VSM number -> coding: `ulaw`, `alaw`, `unsigned8`, `signed8`; others only have a name."""
    vsm_list: tuple[str, ...]
    vsm_fields: frozenset[int]
    vls: frozenset[int]
    duplex_end: str
    """The code after DLE that ends +VTR."""
    caller_id_line: str
    has_voltage: bool
    countries: frozenset[str]
    frames_keys: bool
    """Whether a key is reported between / and ~, again and again while it lasts."""
    tells_breaks: bool
    duplex: bool


_EUROPE: Final = "0A 0F 1B 2E 31 3C 3D 42 46 51 57 59 69 7B 82 8A 8B 8E A0 A5 A6 B4"

_CONEXANT: Final = Dialect(
    identity={
        "I": "56000",
        "I3": "CX93001-EIS_V0.2013-V92",
        "+FMI?": "CONEXANT",
        "+GMI?": "CONEXANT",
        "+GMI": "CONEXANT",
        "+FMM?": "V90",
        "+GMM": "CX93001",
        "+FMR?": "CX93001-EIS_V0.2013-V92",
        "+GMR": "CX93001-EIS_V0.2013-V92",
    },
    formats={0: "signed8", 1: "unsigned8", 130: "unsigned8", 131: "ulaw", 132: "alaw"},
    vsm_list=(
        '0,"SIGNED PCM",8,0,8000,0,0',
        '1,"UNSIGNED PCM",8,0,8000,0,0',
        '129,"IMA ADPCM",4,0,8000,0,0',
        '130,"UNSIGNED PCM",8,0,8000,0,0',
        '131,"Mu-Law",8,0,8000,0,0',
        '132,"A-Law",8,0,8000,0,0',
        '133,"14 bit PCM",14,0,8000,0,0',
    ),
    vsm_fields=frozenset({4}),
    vls=frozenset({0, 1, 4, 5, 6, 8, 9, 11, 13, 20}),
    duplex_end="^",
    caller_id_line="{label} = {value}",
    has_voltage=True,
    countries=frozenset(f"{_EUROPE} 00 09 16 20 73 B5 B8".split()),
    frames_keys=True,
    tells_breaks=True,
    duplex=True,
)
_USR: Final = Dialect(
    identity={
        "I": "5601",
        "I3": "U.S. Robotics 56K FAX USB V1.2.23",
        "+FMI?": "U.S. Robotics",
        "+GMI?": "U.S. Robotics",
        "+GMI": "U.S. Robotics",
        "+FMM?": "U.S. Robotics 56K FAX USB V1.2.23",
        "+GMM": "U.S. Robotics 56K FAX USB",
        "+FMR?": "1.2.23",
        "+GMR": "1.2.23",
    },
    formats={128: "unsigned8", 130: "alaw", 131: "ulaw"},
    vsm_list=(
        '128,"8-BIT LINEAR",(7200,8000,11025)',
        '129,"16-BIT LINEAR",(7200,8000,11025)',
        '130,"8-BIT ALAW",(8000)',
        '131,"8-BIT ULAW",(8000)',
        '132,"IMA ADPCM",(8000)',
    ),
    vsm_fields=frozenset({2}),
    vls=frozenset(range(8)),
    duplex_end="\x03",
    caller_id_line="{label}={value}",
    has_voltage=False,
    countries=frozenset(f"{_EUROPE} 16 20 73 B2 B5 B8".split()),
    frames_keys=False,
    tells_breaks=False,
    duplex=True,
)

DIALECTS: Final[Mapping[Family, Dialect]] = MappingProxyType(
    {
        Family.CONEXANT: _CONEXANT,
        Family.CONEXANT_HALF: replace(_CONEXANT, duplex=False),
        Family.USR: _USR,
    }
)
