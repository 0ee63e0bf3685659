"""What practice.toml says about one simulated voice modem and the analogue line it hangs on.

Echo, noise and loss belong to the subscriber line: the network's impairments.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from drivers.simulators.impairments import Impairments


class Family(StrEnum):
    CONEXANT = "cx930xx"
    CONEXANT_HALF = "cx930xx-half"
    """Firmware that answers ERROR to +VTR."""
    USR = "usr5637"


class ClearSignal(StrEnum):
    """What the exchange does on the line when the far end has hung up."""

    BUSY = "busy"
    CONGESTION = "congestion"
    DIAL = "dial"
    CPC = "cpc"
    """Battery taken away for half a second, then dial tone."""
    SILENCE = "silence"


class CallerId(StrEnum):
    BETWEEN_RINGS = "between-rings"
    BEFORE_RING = "before-ring"
    NONE = "none"


class V253ModemSettings(BaseModel):
    """One voice modem: a [[modems]] table with wire = "v253"."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    wire: Literal["v253"] = "v253"
    family: Family = Family.CONEXANT
    serial: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    """The port appears as <serial>-if00 below the device folder."""
    line: str = ""
    """The line of tipring.toml it plays, for `practice lines`."""
    number: Annotated[str, Field(pattern=r"^\+?[0-9]{2,20}$")]
    impairments: Impairments = Impairments()
    clock_ppm: Annotated[int, Field(ge=-5000, le=5000)] = 3000
    """The chip's crystal, to which the impairments' drift is added; sticks on the bench gave
    8018 to 8030 bytes a second."""
    reports_tones: bool = True
    """Whether the chip's own detectors tell busy and dial tone (DLE b, DLE d)."""
    reports_digits: bool = True
    caller_id: CallerId = CallerId.BETWEEN_RINGS
    clear_signal: ClearSignal = ClearSignal.BUSY
    clear_tone_dbm0: Annotated[float, Field(ge=-40, le=0)] = -15.0
    ring_period_s: Annotated[float | None, Field(ge=0.2, le=8)] = None
    """From ring to ring; None is the country's cadence."""
    dtr_resets: bool = True
    """Whether closing the port (DTR low, &D2) ends whatever the chip was doing."""
    line_volts: Annotated[float, Field(ge=0, le=60)] = 48.0
    """On hook; below 3 V the cable is out."""
