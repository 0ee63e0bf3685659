"""What practice.toml says about one simulated GSM modem."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from drivers.simulators.impairments import Impairments


class Family(StrEnum):
    SIM7600 = "sim7600"
    EC25 = "ec25"
    HUAWEI = "huawei"
    SIM800 = "sim800"


class ModemSettings(BaseModel):
    """One GSM modem of [[modems]]. Defaults make a healthy modem with a SIM at home."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    wire: Literal["at"] = "at"
    family: Family
    serial: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    """The links in the device folder are named <serial>-ifNN."""
    line: str = ""
    """The line of tipring.toml it plays, for `practice lines`."""
    number: Annotated[str, Field(pattern=r"^\+[0-9]{4,15}$")]
    imei: Annotated[str, Field(pattern=r"^[0-9]{15}$")]
    iccid: Annotated[str | None, Field(pattern=r"^[0-9F]{18,22}$")]
    """None: the SIM tray is empty."""
    imsi: Annotated[str, Field(pattern=r"^[0-9]{14,15}$")] = "234990000000001"
    pin: Annotated[str | None, Field(pattern=r"^[0-9]{4,8}$")] = None
    puk: Annotated[str, Field(pattern=r"^[0-9]{8}$")] = "12345678"
    operator: Annotated[str, Field(max_length=24)] = "Practice Mobile"
    registration: Annotated[int, Field(ge=0, le=10)] = 1
    """<stat> of +CREG once the SIM is open."""
    signal_dbm: Annotated[int, Field(ge=-113, le=-51)] = -71
    voice: bool = True
    """False: a data-only firmware that refuses the voice commands."""
    call_waiting: bool = False
    stored_sms: tuple[Annotated[str, Field(pattern=r"^([0-9A-F]{2})+$")], ...] = ()
    """Stored SMS as PDUs in hex, SMSC part included."""
    ring_period_s: Annotated[float | None, Field(gt=0, le=10)] = None
    """None: the family's own."""
    answer_delay_s: Annotated[float, Field(ge=0, le=5)] = 0.0
    """How long the modem thinks before each final result."""
    impairments: Impairments = Impairments()
    lockstep: bool = False
    """Frames follow the computer's answers instead of the crystal: long checks in short time."""
