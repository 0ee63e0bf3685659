"""What a test may break in a simulated modem."""

from enum import Enum, auto


class Fault(Enum):
    """What stops a modem from answering, and what brings it back."""

    NONE = auto()
    DEAF_UNTIL_RESET = auto()  # AT+CFUN=1,1 still gets through
    DEAF_UNTIL_POWER_CYCLE = auto()
