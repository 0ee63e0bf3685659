"""What the lines of one GSM card have in common."""

from dataclasses import dataclass

from drivers.gsm.bay import Bay
from drivers.gsm.port import PLAIN_S
from drivers.gsm.sim_access import PinMemory


@dataclass(frozen=True, slots=True)
class Timing:
    heartbeat_s: float = 30.0
    poll_s: float = 0.5
    """Between two looks at the call list during a call."""
    answer_s: float = PLAIN_S
    """How long the modem may take to answer a plain command."""
    sound_patience_s: float = 3.0
    """How long an ordered sound may take to come."""


@dataclass(frozen=True, slots=True)
class Shared:
    bay: Bay
    pins: PinMemory
    timing: Timing
