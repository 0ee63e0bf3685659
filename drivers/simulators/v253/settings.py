"""What practice.toml says about one simulated voice modem and the analogue line it hangs on."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class Chip(StrEnum):
    CONEXANT = "conexant"
    USR = "usr"


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


class V253Settings(BaseModel):
    """One voice modem; a [[modems]] table with kind = "v253"."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["v253"] = "v253"
    serial: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    number: Annotated[str, Field(pattern=r"^\+?[0-9]{2,20}$")]
    chip: Chip = Chip.CONEXANT
    duplex: bool = True
    """False for the firmware that answers ERROR to +VTR."""
    clock_ppm: Annotated[int, Field(ge=-5000, le=5000)] = 3000
    """The chip's crystal; sticks on the bench gave 8018 to 8030 bytes a second."""
    reports_tones: bool = True
    """Whether the chip's own detectors tell busy and dial tone (DLE b, DLE d)."""
    reports_digits: bool = True
    caller_id: CallerId = CallerId.BETWEEN_RINGS
    clear_signal: ClearSignal = ClearSignal.BUSY
    clear_tone_dbm0: Annotated[float, Field(ge=-40, le=0)] = -15.0
    echo_return_loss_db: Annotated[float | None, Field(ge=3, le=60)] = 14.0
    """How far below what is sent the hybrid's echo comes back; None has no echo."""
    echo_seed: int = 1
    noise_dbm0: Annotated[float, Field(ge=-90, le=-20)] = -65.0
    line_volts: Annotated[float, Field(ge=0, le=60)] = 48.0
    """On hook; below 3 V the cable is out."""
