"""What a line asks of its modem's sound, wherever that comes out."""

from typing import Protocol

from drivers.gains import Gains
from firmware.contract.line import SeizedTimeslot


class CallSound(Protocol):
    """The sound of one call at a time; AudioPort (serial PCM) or AnalogueSound (ALSA)."""

    heard_blocks: int
    """Blocks that came from the modem since `start`."""
    may_send: bool

    def start(self, timeslot: SeizedTimeslot, gains: Gains) -> None:
        """Carry sound from now on; what is older is thrown away. Started already is fine."""

    def stop(self) -> None: ...

    def set_gains(self, gains: Gains) -> None: ...

    def close(self) -> None: ...
